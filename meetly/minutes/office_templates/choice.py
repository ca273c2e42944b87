"""Which form of its own an office uses now."""

from __future__ import annotations

from sqlalchemy import select

from meetly.extensions import db
from meetly.minutes.office_templates.models import OfficeTemplate


def in_use(unit_id: int) -> dict[str, str]:
    """Return the SHA-256 of the form of each kind; what is missing is written on Meetly's own."""
    query = select(OfficeTemplate).where(
        OfficeTemplate.unit_id == unit_id,
        OfficeTemplate.used_from.is_not(None),
        OfficeTemplate.retired_at.is_(None),
    )
    return {template.kind: template.sha256 for template in db.session.scalars(query)}
