"""Opening the deliveries of a document that is issued: one a recipient, and telling its people."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from sqlalchemy import select

from meetly import audit, clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Unit, User
from meetly.extensions import db
from meetly.meetings import service as meetings
from meetly.meetings.models import Meeting
from meetly.minutes.distribution.models import Channel, Delivery
from meetly.minutes.distribution.organ_id import organ_id
from meetly.minutes.distribution.reading import READERS
from meetly.minutes.issuing.models import OfficialDocument
from meetly.minutes.issuing.names import KIND_WORDS
from meetly.notices import service as notices
from meetly.register.service import written

#: Lines of "Nơi nhận" about what is kept, and about those to whom it is addressed above.
_NO_RECIPIENTS = ("Lưu", "Như trên")
#: Letters of a recipient's name that a row holds.
_LONGEST_NAME = 200


def open_deliveries(user: User, document: OfficialDocument) -> list[Delivery]:
    """Open a delivery for the host, each invited unit and each unit under "Nơi nhận"; tell them.

    Once a unit: called again, it adds and tells what is missing. The caller holds the document.
    """
    meeting = document.minutes.meeting
    opened = send_to(user, document, _units_of(meeting, document))
    named = [person for person in (meeting.chair, meeting.secretary) if person]
    tell(document, [*named, *meetings.invited_people(meeting)])
    return opened


def send_to(user: User, document: OfficialDocument, units: Iterable[Unit]) -> list[Delivery]:
    """Open a delivery for each of these units that has none, and tell the people of all."""
    standing = deliveries_of(document)
    known = {delivery.unit_id for delivery in standing}
    names = {delivery.recipient for delivery in standing}
    wanted = list(units)
    new = []
    for unit in wanted:
        if unit.id not in known:
            new.append(_delivery(document, unit, names))
            known.add(unit.id)
    db.session.flush()
    for delivery in new:
        audit.record(user.id, "distribution.send", delivery, recipient=delivery.recipient)
    tell(document, accounts.people_of([unit.id for unit in wanted], *READERS))
    return new


def deliveries_of(document: OfficialDocument) -> list[Delivery]:
    """List the deliveries of a document in the order they were opened."""
    query = select(Delivery).where(Delivery.document_id == document.id).order_by(Delivery.id)
    return list(db.session.scalars(query))


def lines_of(document: OfficialDocument) -> list[str]:
    """Return what stands under "Nơi nhận" in the register, one recipient each, as written."""
    pieces = document.entry.recipients.replace(";", "\n").splitlines()
    lines = [piece.strip().lstrip("-–+• ").rstrip(".; ") for piece in pieces]
    return [line for line in lines if line and not line.startswith(_NO_RECIPIENTS)]


def tell(document: OfficialDocument, people: Iterable[User]) -> int:
    """Tell people once that the document is there; returns how many were told now."""
    code, corrected = written(document.entry), document.corrects
    return notices.tell(
        people,
        key=f"document:{document.id}:issued",
        subject=lambda: _(
            "%(kind)s số %(code)s: %(subject)s",
            kind=KIND_WORDS[document.kind], code=code, subject=document.entry.subject,
        ),
        body=lambda: _("Văn bản đã phát hành, gửi đến đơn vị của bạn.")
        + (" " + _("Văn bản này thay cho số %(code)s.", code=written(corrected.entry)) if corrected
           else ""),
        link=f"/documents/{document.id}",
    )  # fmt: skip


def _units_of(meeting: Meeting, document: OfficialDocument) -> list[Unit]:
    asked = {meeting.unit_id} | meetings.invited_unit_ids(meeting)
    named = [accounts.unit_named(line) for line in lines_of(document)]
    within = meeting.unit.path.split("/")[1]  # names repeat across provinces
    asked |= {unit.id for unit in named if unit and unit.path.split("/")[1] == within}
    found = db.session.scalars(select(Unit).where(Unit.id.in_(asked)))
    return sorted(found, key=meetings.tree_place)


def _delivery(document: OfficialDocument, unit: Unit, names: set[str]) -> Delivery:
    name = unit.name if unit.name not in names else f"{unit.name} ({unit.code})"
    name = name[:_LONGEST_NAME]
    names.add(name)
    delivery = Delivery(
        document_id=document.id, unit_id=unit.id, unit=unit, recipient=name,
        channel=Channel.MEETLY, organ_id=organ_id(unit.code), sent_at=clock.now(),
        opened_sha256="",
    )  # fmt: skip
    db.session.add(delivery)
    return delivery
