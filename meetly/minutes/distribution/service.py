"""Verbs of distribution: who received a document, who opened it, and who is still to be told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import or_, select, update

from meetly import audit, clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, Unit, User
from meetly.errors import BadInput, NotAllowed, NotFound, WrongState
from meetly.extensions import db
from meetly.folding import fold
from meetly.meetings import service as meetings
from meetly.minutes.distribution import opening
from meetly.minutes.distribution.models import Channel, Delivery, DeliveryStatus
from meetly.minutes.distribution.opening import deliveries_of
from meetly.minutes.distribution.organ_id import organ_id
from meetly.minutes.distribution.reading import READERS, reading_units
from meetly.minutes.issuing.models import DocumentStatus, OfficialDocument
from meetly.minutes.issuing.names import KIND_WORDS
from meetly.notices import service as notices
from meetly.register.service import written

KEEPERS = (Role.SECRETARY, Role.LEADER)
LONGEST_RECIPIENT = 200

# -- the document ----------------------------------------------------------------------------


def get_to_keep(user: User, document_id: int, *roles: Role) -> OfficialDocument:
    """Return a document of the person's own unit; NotFound otherwise.

    NotAllowed when the person keeps it but holds none of these roles (any keeper's when none).
    """
    document = db.session.get(OfficialDocument, document_id)
    if document is None:
        raise NotFound()
    held = accounts.roles_in(user, document.minutes.meeting.unit_id)
    if not held & set(KEEPERS):
        raise NotFound()
    if roles and not held & set(roles):
        raise NotAllowed()
    return document


def paper_of(document: OfficialDocument) -> tuple[str, str]:
    """Return SHA-256 and ending of what readers get: the PDF, with its signatures, or the .docx."""
    if document.shown_sha256:
        return document.shown_sha256, "pdf"
    return document.docx_sha256, "docx"


# -- receipts --------------------------------------------------------------------------------


def note_opened(user: User, document: OfficialDocument, sha256: str = "") -> int:
    """Note that the person opened these bytes of an issued document, for each unit of theirs.

    Only the first opening of a unit counts; returns for how many units this was it. Without a
    hash it is the paper that readers are shown.
    """
    if document.status != DocumentStatus.ISSUED:
        return 0
    first = (
        update(Delivery)
        .where(
            Delivery.document_id == document.id,
            Delivery.unit_id.in_(reading_units(user)),
            Delivery.opened_at.is_(None),
        )
        .values(
            opened_at=clock.now(), opened_by_id=user.id,
            opened_sha256=sha256 or paper_of(document)[0],
        )
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    opened = list(db.session.scalars(first))
    for delivery_id in opened:
        delivery = db.session.get_one(Delivery, delivery_id, populate_existing=True)
        audit.record(user.id, "distribution.open", delivery, sha256=delivery.opened_sha256)
    return len(opened)


@dataclass(frozen=True)
class Distribution:
    """How far a document has come, recipient by recipient."""

    document: OfficialDocument
    deliveries: Sequence[Delivery]
    #: of each delivery, by its id, what outside systems reported, newest first
    statuses: dict[int, list[DeliveryStatus]]
    #: lines of "Nơi nhận" that name no unit of the directory: to be sent by other ways
    unmatched: Sequence[str]

    @property
    def inside(self) -> list[Delivery]:
        """Those who read in Meetly."""
        return [each for each in self.deliveries if each.channel == Channel.MEETLY]

    @property
    def outside(self) -> list[Delivery]:
        """Those who are reached by an edXML package."""
        return [each for each in self.deliveries if each.channel == Channel.EDXML]

    @property
    def opened(self) -> list[Delivery]:
        """Those inside who opened it, the first opening first."""
        found = [(each.opened_at, each) for each in self.inside if each.opened_at]
        return [each for _at, each in sorted(found, key=lambda pair: pair[0])]

    @property
    def unopened(self) -> list[Delivery]:
        """Those inside who have not."""
        return [each for each in self.inside if each.opened_at is None]


def distribution(document: OfficialDocument) -> Distribution:
    """Gather who received the document and what is known of each; asks no permission."""
    deliveries = deliveries_of(document)
    statuses: dict[int, list[DeliveryStatus]] = {each.id: [] for each in deliveries}
    query = select(DeliveryStatus).where(DeliveryStatus.delivery_id.in_(list(statuses)))
    newest = (DeliveryStatus.reported_at.desc(), DeliveryStatus.id.desc())
    for status in db.session.scalars(query.order_by(*newest)):
        statuses[status.delivery_id].append(status)
    return Distribution(document, deliveries, statuses, _unmatched(document, deliveries))


def _unmatched(document: OfficialDocument, deliveries: Iterable[Delivery]) -> list[str]:
    known = {fold(each.recipient) for each in deliveries}
    for each in deliveries:
        if each.unit is not None:
            known |= {fold(name) for name in (each.unit.name, *each.unit.aliases)}
    return [line for line in opening.lines_of(document) if fold(line) not in known]


# -- further recipients ----------------------------------------------------------------------


def addable(document: OfficialDocument) -> list[Unit]:
    """List the living units of the province that have not received the document."""
    host = document.minutes.meeting.unit
    received = {each.unit_id for each in deliveries_of(document)}
    return [unit for unit in meetings.invitable(host) if unit.id not in received]


def add_units(user: User, document: OfficialDocument, units: Iterable[Unit]) -> list[Delivery]:
    """Send an issued document to further units; they are told."""
    _hold_issued(user, document)
    allowed = {unit.id for unit in addable(document)}
    return opening.send_to(user, document, [unit for unit in units if unit.id in allowed])


def add_outside(user: User, document: OfficialDocument, name: str, organ: str) -> Delivery:
    """Add an organisation outside Meetly, to be reached by an edXML package."""
    _hold_issued(user, document)
    called, identifier = " ".join(name.split())[:LONGEST_RECIPIENT], organ_id(organ)
    if not called or not identifier:
        raise BadInput("Cần tên cơ quan và mã định danh đúng dạng, ví dụ H37.02.02.")
    taken = select(Delivery.id).where(
        Delivery.document_id == document.id,
        or_(Delivery.recipient == called, Delivery.organ_id == identifier),
    )
    if db.session.scalar(taken.limit(1)) is not None:
        raise BadInput("Cơ quan này đã có trong nơi nhận.")
    delivery = Delivery(
        document_id=document.id, recipient=called, channel=Channel.EDXML, organ_id=identifier,
        sent_at=clock.now(), opened_sha256="",
    )  # fmt: skip
    db.session.add(delivery)
    db.session.flush()
    audit.record(user.id, "distribution.send", delivery, recipient=called, organ_id=identifier)
    return delivery


def remind(user: User, document: OfficialDocument) -> int:
    """Remind the people of the units that have not opened the document, once a day.

    Returns how many people were told.
    """
    _hold_issued(user, document)
    today = clock.today()
    missing = [
        each for each in distribution(document).unopened
        if each.reminded_at is None or clock.local(each.reminded_at).date() != today
    ]  # fmt: skip
    told = notices.tell(
        accounts.people_of([each.unit_id for each in missing if each.unit_id], *READERS),
        key=f"document:{document.id}:remind:{today}",
        subject=lambda: _(
            "Nhắc mở văn bản: %(kind)s số %(code)s",
            kind=KIND_WORDS[document.kind], code=written(document.entry),
        ),
        body=lambda: document.entry.subject,
        link=f"/documents/{document.id}",
    )  # fmt: skip
    for each in missing:
        each.reminded_at = clock.now()
    if missing:
        audit.record(user.id, "distribution.remind", document, recipients=len(missing), told=told)
    return told


# -- open to everybody -----------------------------------------------------------------------


def publish(user: User, document: OfficialDocument) -> None:
    """Let anybody read an issued document without an account."""
    _hold_issued(user, document, *KEEPERS)
    if document.public_at is None:
        document.public_at = clock.now()
        audit.record(user.id, "distribution.publish", document, sha256=paper_of(document)[0])


def unpublish(user: User, document: OfficialDocument) -> None:
    """Close the public page of a document; copies that were made cannot be called back."""
    _hold_issued(user, document, *KEEPERS)
    if document.public_at is not None:
        document.public_at = None
        audit.record(user.id, "distribution.unpublish", document)


def _hold_issued(user: User, document: OfficialDocument, *roles: Role) -> None:
    """Lock a document that the person keeps; WrongState unless it is issued."""
    held = accounts.roles_in(user, document.minutes.meeting.unit_id)
    if not held & set(roles or (Role.SECRETARY,)):
        raise NotAllowed()
    db.session.refresh(document, with_for_update={"of": OfficialDocument})
    if document.status != DocumentStatus.ISSUED:
        raise WrongState("Văn bản chưa phát hành nên chưa gửi đi đâu được.")
