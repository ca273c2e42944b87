"""Verbs of office templates: upload a form, look at it filled in, use it, go back to Meetly's."""

from __future__ import annotations

from sqlalchemy import select

from meetly import audit, clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, Unit, User
from meetly.errors import NotAllowed, NotFound, WrongState
from meetly.extensions import db
from meetly.materials import formats
from meetly.minutes import kept_papers
from meetly.minutes.office_templates import filling, judging, sample, starting
from meetly.minutes.office_templates.models import OfficeTemplate

KINDS = ("minutes", "notice")


def upload(user: User, unit: Unit, kind: str, filename: str, document: bytes) -> OfficeTemplate:
    """Keep an office's own form; it is used only once somebody says so.

    BadInput when it carries harm; judging.Refused, with the paragraphs, when it asks for what no
    form may ask for; filling.Unfilled when the sample cannot be filled into it.
    """
    _require(user, unit.id)
    if kind not in KINDS:
        raise NotFound()
    judgement = judging.judge(document, kind)
    filling.fill(document, kind, sample.FACTS, sample.BLOCKS)
    template = OfficeTemplate(
        unit_id=unit.id, kind=kind, filename=formats.clean_name(filename, formats.DOCX),
        sha256=kept_papers.store(document), placeholders=list(judgement.placeholders),
        uploaded_at=clock.now(), uploaded_by_id=user.id,
    )  # fmt: skip
    db.session.add(template)
    db.session.flush()
    audit.record(user.id, "template.upload", template, kind=kind, sha256=template.sha256)
    return template


def keeping(user: User) -> list[Unit]:
    """List the units whose forms the person may change."""
    return accounts.units_as(user, Role.SECRETARY)


def of_unit(unit: Unit, kind: str) -> list[OfficeTemplate]:
    """List the forms of an office, newest first."""
    query = select(OfficeTemplate).where(
        OfficeTemplate.unit_id == unit.id, OfficeTemplate.kind == kind
    )
    return list(db.session.scalars(query.order_by(OfficeTemplate.id.desc())))


def get(user: User, template_id: int) -> OfficeTemplate:
    """Return a form of an office the person keeps the papers of; NotFound otherwise."""
    template = db.session.get(OfficeTemplate, template_id)
    if template is None or template.unit_id not in {unit.id for unit in keeping(user)}:
        raise NotFound()
    return template


def use(user: User, template: OfficeTemplate) -> None:
    """Write the next papers on this form; the one used before is kept."""
    _require(user, template.unit_id)
    filling.fill(kept_papers.read(template.sha256), template.kind, sample.FACTS, sample.BLOCKS)
    for other in of_unit(template.unit, template.kind):
        if other.id != template.id and other.in_use:
            other.retired_at = clock.now()
    template.used_from, template.retired_at = clock.now(), None
    db.session.flush()
    audit.record(user.id, "template.use", template, kind=template.kind, sha256=template.sha256)


def retire(user: User, template: OfficeTemplate) -> None:
    """Go back to Meetly's own form."""
    _require(user, template.unit_id)
    if not template.in_use:
        raise WrongState("Mẫu này không còn được dùng.")
    template.retired_at = clock.now()
    db.session.flush()
    audit.record(user.id, "template.retire", template, kind=template.kind)


def preview(template: OfficeTemplate) -> bytes:
    """Return the form filled in with the sample meeting."""
    form = kept_papers.read(template.sha256)
    return filling.fill(form, template.kind, sample.FACTS, sample.BLOCKS)


def start(kind: str) -> bytes:
    """Return Meetly's own form with placeholders, to begin one's own from."""
    return starting.form(kind)


def _require(user: User, unit_id: int) -> None:
    if Role.SECRETARY not in accounts.roles_in(user, unit_id):
        raise NotAllowed()
