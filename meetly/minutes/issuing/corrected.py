"""Which issued document a new one takes the place of, and how it names it."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from meetly.extensions import db
from meetly.minutes.facts import MeetingFacts
from meetly.minutes.issuing.models import DocumentKind, DocumentStatus, OfficialDocument
from meetly.minutes.models import Minutes
from meetly.paper_wording import day

_NAMES = {DocumentKind.MINUTES: "Biên bản", DocumentKind.NOTICE: "Thông báo"}


def issued_last(minutes: Minutes, kind: DocumentKind) -> OfficialDocument | None:
    """Return the newest issued document of a kind; none before the first."""
    query = select(OfficialDocument).where(
        OfficialDocument.minutes_id == minutes.id,
        OfficialDocument.kind == kind,
        OfficialDocument.status == DocumentStatus.ISSUED,
    )
    return db.session.scalar(query.order_by(OfficialDocument.id.desc()).limit(1))


def naming_replaced(minutes: Minutes, facts: MeetingFacts) -> MeetingFacts:
    """Return the facts with the issued documents that the next ones replace."""
    return replace(
        facts,
        minutes_replaces=_named(issued_last(minutes, DocumentKind.MINUTES)),
        notice_replaces=_named(issued_last(minutes, DocumentKind.NOTICE)),
    )


def _named(document: OfficialDocument | None) -> str:
    if document is None:
        return ""
    entry = document.entry
    name = _NAMES[DocumentKind(document.kind)]
    return f"{name} số {entry.number:02d}/{entry.notation} ngày {day(entry.dated)}"
