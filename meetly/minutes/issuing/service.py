"""Verbs of issuing: give an approved document its number, hand it out, cancel, open again.

What is approved stays as it is. A correction opens the minutes again, and what comes of it is a new
document with a number of its own that names the old one.
"""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import exists, select

from meetly import audit, clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, User
from meetly.errors import BadInput, NotFound, WrongState
from meetly.extensions import db
from meetly.minutes import kept_papers
from meetly.minutes import service as minutes_service
from meetly.minutes.distribution.opening import open_deliveries
from meetly.minutes.distribution.reading import received_by
from meetly.minutes.facts import Person, facts_from_json
from meetly.minutes.gathering import signer_of
from meetly.minutes.issuing import states
from meetly.minutes.issuing.corrected import issued_last
from meetly.minutes.issuing.final_paper import ApprovedPaper
from meetly.minutes.issuing.models import (
    DocumentKind,
    DocumentStatus,
    OfficialDocument,
    Reopening,
)
from meetly.minutes.models import Approval, Minutes, MinutesStatus
from meetly.minutes.printing import service as printing
from meetly.minutes.signing import planning, turns
from meetly.minutes.signing.models import Signature
from meetly.minutes.versions import blocks_of, hold, index, require, version_of
from meetly.notices import service as notices
from meetly.register import service as register_service
from meetly.register.models import DocumentType, Entry

TYPES = {
    DocumentKind.MINUTES: DocumentType.MINUTES,
    DocumentKind.NOTICE: DocumentType.NOTICE,
}
LONGEST_REASON = 1000

# -- numbers ---------------------------------------------------------------------------------


def register(user: User, minutes: Minutes, kind: DocumentKind, dated: date) -> OfficialDocument:
    """Give an approved document its number and keep it with number and date.

    WrongState when the minutes are not approved or this document has its number already.
    """
    require(user, minutes, Role.SECRETARY)
    hold(minutes)
    approval = minutes_service.approval_of(minutes)
    if minutes.status != MinutesStatus.APPROVED or approval is None:
        raise WrongState("Chỉ văn bản đã duyệt mới lấy số được.")
    _require_none(approval, kind)
    paper = ApprovedPaper(minutes, approval, kind)
    entry = _reserve(user, minutes, paper, dated)
    corrects = issued_last(minutes, kind)
    document = OfficialDocument(
        minutes_id=minutes.id, approval_id=approval.id, kind=kind, entry_id=entry.id,
        status=DocumentStatus.REGISTERED, registered_at=clock.now(), registered_by_id=user.id,
        docx_sha256=kept_papers.store(paper.numbered(entry.number, dated)),
        corrects_id=corrects.id if corrects else None,
    )  # fmt: skip
    document.minutes, document.approval, document.entry = minutes, approval, entry
    document.corrects = corrects
    db.session.add(document)
    db.session.flush()
    register_service.describe(user, entry, link(document))
    printing.ask(document.docx_sha256)
    planning.plan(document)
    turns.tell_next(document)
    audit.record(
        user.id, "document.register", document, number=entry.number,
        docx_sha256=document.docx_sha256, approval=approval.id,
    )  # fmt: skip
    return document


def doubts(minutes: Minutes, kind: DocumentKind, dated: date) -> list[str]:
    """Say what speaks against this date; the secretary may write it all the same."""
    held = clock.local(minutes.meeting.starts_at).date()
    said = []
    if dated < held:
        said.append(_("Ngày này trước ngày họp, %(day)s.", day=f"{held:%d/%m/%Y}"))
    signer = signer_of(minutes.meeting, dated)
    frozen = facts_from_json(version_of(minutes).facts).signer
    if kind is DocumentKind.NOTICE and signer != frozen:
        said.append(
            _(
                "Ngày này người ký là %(now)s, bản đã duyệt ghi %(then)s; hãy mở lại để sửa.",
                now=_in_line(signer),
                then=_in_line(frozen),
            )
        )
    return said + register_service.doubts(minutes.meeting.unit_id, TYPES[kind], dated)


def _in_line(person: Person) -> str:
    return " ".join([*person.position.split("\n"), person.name or "…"])


def _require_none(approval: Approval, kind: DocumentKind) -> None:
    there = select(OfficialDocument).where(
        OfficialDocument.approval_id == approval.id, OfficialDocument.kind == kind,
        OfficialDocument.status != DocumentStatus.CANCELLED,
    )  # fmt: skip
    found = db.session.scalar(there)
    if found is not None:
        raise WrongState(
            "Văn bản này đã có số %(number)s.", number=register_service.written(found.entry)
        )


def _reserve(user: User, minutes: Minutes, paper: ApprovedPaper, dated: date) -> Entry:
    facts = paper.facts
    if paper.kind is DocumentKind.MINUTES:
        subject, signer = facts.title, facts.chair.name
    else:
        subject = f"Kết luận của {facts.chair.position or 'chủ trì'} tại {facts.title}"
        signer = facts.signer.name
    kind = TYPES[paper.kind]
    return register_service.reserve(
        user, minutes.meeting.unit, kind, notation=f"{kind}-{facts.agency_code}", dated=dated,
        subject=subject, signer=signer, recipients="; ".join(facts.recipients),
    )  # fmt: skip


# -- handing out and giving up ---------------------------------------------------------------


def issue(user: User, document: OfficialDocument, *, on_paper: bool = False) -> None:
    """Hand a document out, for good: once everybody signed it, or when it was signed by hand."""
    require(user, document.minutes, Role.SECRETARY)
    states.hold(document)
    if on_paper != (document.status == DocumentStatus.REGISTERED):
        raise WrongState("Văn bản chưa đủ chữ ký, hoặc đã phát hành. Hãy tải lại trang.")
    states.move(document, DocumentStatus.ISSUED)
    kept_papers.read(document.docx_sha256)
    if document.signed_sha256:
        kept_papers.read(document.signed_sha256, "pdf")
    document.on_paper = on_paper
    document.issued_at, document.issued_by_id = clock.now(), user.id
    pages = document.printed.page_count if document.printed else None
    register_service.mark_issued(user, document.entry, pages)
    audit.record(
        user.id, "document.issue", document, docx_sha256=document.docx_sha256,
        signed_sha256=document.signed_sha256, on_paper=on_paper,
    )  # fmt: skip
    open_deliveries(user, document)


def cancel(user: User, document: OfficialDocument, reason: str) -> None:
    """Give a document up before it goes out; its number stays in the register as cancelled."""
    require(user, document.minutes, Role.SECRETARY, Role.LEADER)
    if not reason.strip():
        raise BadInput("Hãy viết lý do hủy.")
    states.hold(document)
    states.move(document, DocumentStatus.CANCELLED)
    document.cancelled_at = clock.now()
    register_service.cancel(user, document.entry, reason)
    audit.record(user.id, "document.cancel", document, reason=reason.strip())


def reopen(user: User, minutes: Minutes, reason: str) -> Reopening:
    """Open approved minutes again to correct them.

    What was issued stays as it is; numbers that were taken and not issued are cancelled.
    """
    require(user, minutes, Role.SECRETARY, Role.LEADER)
    if not reason.strip():
        raise BadInput("Hãy viết vì sao phải mở lại.")
    hold(minutes)
    approval = minutes_service.approval_of(minutes)
    if minutes.status != MinutesStatus.APPROVED or approval is None:
        raise WrongState("Chỉ biên bản đã duyệt mới mở lại được.")
    approval.voided_at = clock.now()
    minutes.status = MinutesStatus.RETURNED
    reopening = Reopening(
        minutes_id=minutes.id, approval_id=approval.id, reason=reason.strip()[:LONGEST_REASON],
        reopened_at=clock.now(), reopened_by_id=user.id,
    )  # fmt: skip
    reopening.approval, reopening.reopened_by = approval, user
    db.session.add(reopening)
    audit.record(user.id, "minutes.reopen", minutes, reason=reopening.reason, approval=approval.id)
    for document in documents_of(minutes):
        if document.approval_id == approval.id and document.status not in (
            DocumentStatus.ISSUED, DocumentStatus.CANCELLED,
        ):  # fmt: skip
            cancel(user, document, f"Mở lại biên bản: {reopening.reason}")
    index(minutes, [], blocks_of(minutes))
    _tell_reopened(reopening, minutes)
    return reopening


# -- reading ---------------------------------------------------------------------------------


def get(user: User, document_id: int) -> OfficialDocument:
    """Return a document the person may read.

    The host's keepers and those who sign it read it always, the invited once it is issued, whatever
    becomes of the minutes afterwards.
    """
    document = db.session.get(OfficialDocument, document_id)
    if document is None or not _may_read(user, document):
        raise NotFound()
    return document


def get_to_keep(user: User, document_id: int) -> OfficialDocument:
    """Return a document of the person's own unit; NotFound otherwise."""
    document = db.session.get(OfficialDocument, document_id)
    if document is None or not minutes_service.is_keeper(user, document.minutes):
        raise NotFound()
    return document


def documents_of(minutes: Minutes) -> list[OfficialDocument]:
    """List the numbered documents of minutes, the newest first; asks no permission."""
    query = select(OfficialDocument).where(OfficialDocument.minutes_id == minutes.id)
    return list(db.session.scalars(query.order_by(OfficialDocument.id.desc())))


def corrections_of(document: OfficialDocument) -> list[OfficialDocument]:
    """List the documents that correct this one and still stand, the newest first."""
    query = select(OfficialDocument).where(
        OfficialDocument.corrects_id == document.id,
        OfficialDocument.status != DocumentStatus.CANCELLED,
    )
    return list(db.session.scalars(query.order_by(OfficialDocument.id.desc())))


def reopening_of(minutes: Minutes) -> Reopening | None:
    """Return the last reopening of minutes; none when they were approved once at most."""
    query = select(Reopening).where(Reopening.minutes_id == minutes.id)
    return db.session.scalar(query.order_by(Reopening.id.desc()).limit(1))


def link(document: OfficialDocument) -> str:
    """Return the page of a document inside Meetly."""
    return f"/documents/{document.id}"


def _may_read(user: User, document: OfficialDocument) -> bool:
    if minutes_service.is_keeper(user, document.minutes) or _signs(user, document):
        return True
    query = select(OfficialDocument.id).where(OfficialDocument.id == document.id, received_by(user))
    return db.session.scalar(query) is not None


def _signs(user: User, document: OfficialDocument) -> bool:
    mine = Signature.document_id == document.id, Signature.user_id == user.id
    return bool(db.session.scalar(select(exists().where(*mine))))


# -- telling ---------------------------------------------------------------------------------


def _tell_reopened(reopening: Reopening, minutes: Minutes) -> None:
    who, title = reopening.reopened_by, minutes.meeting.title
    people = accounts.people_of([minutes.meeting.unit_id], Role.LEADER, Role.SECRETARY)
    notices.tell(
        [person for person in people if person.id != who.id],
        key=f"minutes:{minutes.id}:reopened:{reopening.id}",
        subject=lambda: _("Biên bản đã duyệt được mở lại: %(title)s", title=title),
        body=lambda: f"{who.name}: {reopening.reason}",
        link=f"/minutes/{minutes.id}",
    )
