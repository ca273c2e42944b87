"""Papers on terms, as the tests of access and of guarding hand them out."""

from __future__ import annotations

import io

from meetly.accounts.models import User
from meetly.extensions import db
from meetly.materials import service as materials
from meetly.materials.access import Terms
from meetly.materials.models import Access, Guard, Material
from meetly.meetings.models import AgendaItem, Meeting
from tests.cast import Cast
from tests.materials import samples
from workers import preview_materials

CANARY = "chimhoangyen"


def for_units(cast: Cast) -> Terms:
    """Return terms for the commune Nậm Hoa alone."""
    return Terms(Access.UNITS, frozenset({cast.nam_hoa.id}))


CHAIR = Terms(Access.CHAIR)
STAMPED = Terms(guard=Guard.STAMPED)
VIEW_ONLY = Terms(guard=Guard.VIEW_ONLY)


def hand_out(
    user: User,
    meeting: Meeting,
    terms: Terms,
    content: bytes | None = None,
    *,
    name: str = "bao-cao.pdf",
    title: str = f"Báo cáo {CANARY}",
    item: AgendaItem | None = None,
) -> Material:
    """Hand a paper out, with its pictures made; committed."""
    content = samples.printed(f"Lời của {CANARY}", "Trang hai") if content is None else content
    material = materials.add(
        user, meeting, name, io.BytesIO(content), title=title, item=item, terms=terms
    )
    db.session.commit()
    preview_materials.run()
    db.session.refresh(material, ["versions"])
    for version in material.versions:
        db.session.refresh(version)
    return material


def add_version(user: User, material: Material, content: bytes, name: str = "b.pdf") -> None:
    """Add a newer version, with its pictures made; committed."""
    materials.add_version(user, material, name, io.BytesIO(content))
    db.session.commit()
    preview_materials.run()
    for version in material.versions:
        db.session.refresh(version)
