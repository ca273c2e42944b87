"""Verbs of exchange with outgoing-document systems: packages out, status messages in, as files."""

from __future__ import annotations

from collections.abc import Iterable

from meetly import audit, clock
from meetly.accounts.issuing import committee_above, issuer
from meetly.accounts.models import User
from meetly.errors import BadInput, WrongState
from meetly.extensions import db
from meetly.meetings.conference.keeping import insert
from meetly.minutes import kept_papers
from meetly.minutes.distribution import edxml, edxml_status
from meetly.minutes.distribution.models import Channel, Delivery, DeliveryStatus
from meetly.minutes.distribution.numbering import file_name
from meetly.minutes.distribution.opening import deliveries_of, lines_of
from meetly.minutes.distribution.organ_id import organ_id
from meetly.minutes.issuing.models import DocumentKind, DocumentStatus, OfficialDocument
from meetly.minutes.versions import version_of
from meetly.register.service import written

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
#: Names of the kinds as a document system knows them, whatever the reader's language.
_TYPE_NAMES = {DocumentKind.MINUTES: "Biên bản", DocumentKind.NOTICE: "Thông báo"}


def sender_organ(document: OfficialDocument) -> str:
    """Return the identifier of the sender: what was used before, or a unit's code that is one."""
    unit_id = document.minutes.meeting.unit_id
    own = next((each for each in deliveries_of(document) if each.unit_id == unit_id), None)
    return own.organ_id if own else organ_id(document.minutes.meeting.unit.code)


def package(user: User, document: OfficialDocument, sender: str) -> tuple[bytes, str]:
    """Return the edXML package for all recipients outside, and its file name.

    BadInput when the sender's identifier is none; WrongState unless issued and somebody is outside.
    """
    identifier = organ_id(sender)
    if not identifier:
        raise BadInput("Mã định danh của cơ quan gửi chưa đúng dạng, ví dụ H37.02.02.")
    deliveries = deliveries_of(document)
    outside = [each for each in deliveries if each.channel == Channel.EDXML]
    if document.status != DocumentStatus.ISSUED or not outside:
        raise WrongState("Chưa có gì để xuất: cần văn bản đã phát hành và nơi nhận ngoài Meetly.")
    _remember_sender(document, deliveries, identifier)
    content = edxml.write(_described(document, identifier, outside))
    audit.record(
        user.id, "distribution.package", document, sender=identifier,
        to=[each.organ_id for each in outside], sha256=_attached(document)[0],
    )  # fmt: skip
    return content, file_name(document, "edxml")


def import_statuses(user: User, document: OfficialDocument, raw: bytes) -> tuple[int, int]:
    """Keep what an outside system reported; return how many were new, and how many known before.

    All or nothing: BadInput when a message is about another document or from no recipient.
    """
    messages = edxml_status.read(raw)
    by_organ = {
        each.organ_id: each for each in deliveries_of(document) if each.channel == Channel.EDXML
    }
    rows = []
    for said in messages:
        _require_about(document, said)
        delivery = by_organ.get(said.organ_id)
        if delivery is None:
            raise BadInput("Mã định danh %(organ)s không có trong nơi nhận.", organ=said.organ_id)
        rows.append(_row(delivery, said))
    new = sum(insert(DeliveryStatus, [row]) for row in rows)
    if new:
        codes = [said.code for said in messages]
        audit.record(user.id, "distribution.import_status", document, codes=codes, new=new)
    return new, len(rows) - new


def _require_about(document: OfficialDocument, said: edxml_status.Status) -> None:
    code, dated = written(document.entry), document.entry.dated
    if said.document_id:
        ours = edxml.document_id(sender_organ(document), dated, code)
        about = said.document_id.upper() == ours.upper()
    else:
        about = said.code_of_document.upper() == code.upper() and said.dated == dated
    if not about:
        raise BadInput("Tệp này báo về một văn bản khác; chưa ghi gì.")


def _row(delivery: Delivery, said: edxml_status.Status) -> dict[str, object]:
    return {
        "delivery_id": delivery.id, "code": said.code, "note": said.note,
        "reported_at": said.reported_at, "imported_at": clock.now(),
    }  # fmt: skip


def _remember_sender(
    document: OfficialDocument, deliveries: Iterable[Delivery], identifier: str
) -> None:
    # Statuses name the document by it, so it is kept where the host's own delivery is.
    for each in deliveries:
        if each.unit_id == document.minutes.meeting.unit_id:
            each.organ_id = identifier
    db.session.flush()


def _attached(document: OfficialDocument) -> tuple[str, str]:
    """Return SHA-256 and ending of what is sent: the signed PDF, or the .docx signed on paper."""
    if document.signed_sha256 and not document.on_paper:
        return document.signed_sha256, "pdf"
    return document.docx_sha256, "docx"


def _described(
    document: OfficialDocument, sender: str, outside: Iterable[Delivery]
) -> edxml.Package:
    entry, unit = document.entry, document.entry.book.unit
    above, agency = committee_above(unit), issuer(unit)
    sha256, ending = _attached(document)
    # The office signs a notice, the chair the minutes; the register writes the name alone.
    who = "signer" if document.kind == DocumentKind.NOTICE else "chair"
    signer = version_of(document.minutes, document.approval.version).facts.get(who) or {}
    return edxml.Package(
        sender=edxml.Organ(sender, unit.name, above.name if above else ""),
        recipients=[edxml.Organ(each.organ_id, each.recipient) for each in outside],
        number=f"{entry.number:02d}",
        notation=entry.notation,
        place=agency.locality,
        dated=entry.dated,
        type_code=entry.book.document_type,
        type_name=_TYPE_NAMES[document.kind],
        subject=entry.subject,
        attachment=edxml.Attachment(
            file_name(document, ending), MEDIA_TYPES[ending], kept_papers.read(sha256, ending)
        ),
        sent_at=clock.local(clock.now()),
        signer=entry.signer or signer.get("name", ""),
        position=signer.get("position", "").split("\n")[-1],
        competence=document.approval.capacity,
        to_places=lines_of(document),
        page_count=entry.page_count,
    )
