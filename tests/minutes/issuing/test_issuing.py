"""What is numbered is what was approved; what is issued never changes; a correction names it."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from meetly import audit, clock
from meetly.accounts.models import User
from meetly.errors import BadInput, NotAllowed, NotFound, Stale, WrongState
from meetly.extensions import db
from meetly.minutes import kept_papers, service
from meetly.minutes.facts import canonical_facts, facts_from_json
from meetly.minutes.gathering import facts_of
from meetly.minutes.issuing import service as issuing
from meetly.minutes.issuing import states
from meetly.minutes.issuing.final_paper import NotTheApproved
from meetly.minutes.issuing.models import (
    DOCUMENT_TRANSITIONS,
    DocumentKind,
    DocumentStatus,
    OfficialDocument,
)
from meetly.minutes.models import Minutes, MinutesStatus
from meetly.minutes.signing import turns
from meetly.minutes.versions import version_of
from meetly.notices.models import Notice
from meetly.overview import today
from meetly.register.models import Entry, EntryStatus
from meetly.storage import files
from tests.cast import Cast
from tests.minutes import briefing
from tests.minutes.issuing import papers

KINDS = list(DocumentKind)


@pytest.fixture
def minutes(cast: Cast) -> Minutes:
    return papers.approved(cast)


def words(docx: bytes) -> list[str]:
    """Return the text of every paragraph."""
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        body = archive.read("word/document.xml").decode()
    found = re.findall(r"<w:p[ >].*?</w:p>", body, re.DOTALL)
    return ["".join(re.findall(r"<w:t[^>]*>([^<]*)</w:t>", each)) for each in found]


def told(user: User, about: str) -> bool:
    query = select(Notice.subject).where(Notice.user_id == user.id)
    return any(about in subject for subject in db.session.scalars(query))


# -- the numbered paper ----------------------------------------------------------------------


def test_frozen_facts_are_read_back_as_they_were(minutes: Minutes) -> None:
    facts = facts_of(minutes.meeting, draft=False)
    assert facts_from_json(json.loads(canonical_facts(facts))) == facts
    assert facts_from_json(version_of(minutes).facts) == facts


@pytest.mark.parametrize("kind", KINDS)
def test_the_numbered_paper_differs_in_number_and_date_alone(
    minutes: Minutes, cast: Cast, kind: DocumentKind
) -> None:
    before = service.document(cast.nam, minutes, kind.value)[0]
    document = papers.numbered(cast, minutes, kind)
    after = kept_papers.read(document.docx_sha256)
    changed = [
        (old, new) for old, new in zip(words(before), words(after), strict=True) if old != new
    ]
    if kind is DocumentKind.MINUTES:
        assert [new for _old, new in changed] == ["Số: 01/BB-VP"]
    else:
        assert [new for _old, new in changed] == [
            "Số: 01/TB-VP", "Lam Giang, ngày 25 tháng 11 năm 2026"
        ]  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(before)) as old, zipfile.ZipFile(io.BytesIO(after)) as new:
        others = set(old.namelist()) - {"word/document.xml"}
        assert others | {"word/document.xml"} == set(new.namelist())
        assert all(old.read(name) == new.read(name) for name in others)


def test_facts_that_changed_since_do_not_reach_the_paper(minutes: Minutes, cast: Cast) -> None:
    title = minutes.meeting.title
    minutes.meeting.title = "Hội nghị đã đổi tên"
    document = papers.numbered(cast, minutes, DocumentKind.MINUTES)
    text = " ".join(words(kept_papers.read(document.docx_sha256)))
    assert title in text and "đổi tên" not in text


def test_a_paper_that_would_not_be_the_approved_one_gets_no_number(
    minutes: Minutes, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = kept_papers.rendered

    def newer_software(kind: str, facts: object, blocks: list[object], form: str) -> bytes:
        return original(kind, facts, blocks[:-1], form)  # type: ignore[arg-type]

    monkeypatch.setattr(kept_papers, "rendered", newer_software)
    with pytest.raises(NotTheApproved):
        papers.numbered(cast, minutes)
    assert db.session.scalars(select(Entry)).all() == []


def test_changed_approved_bytes_get_no_number(minutes: Minutes, cast: Cast) -> None:
    approval = service.approval_of(minutes)
    assert approval is not None
    key = kept_papers.key(approval.notice_sha256)
    files.write(key, [files.read(key) + b"!"])
    with pytest.raises(kept_papers.Tampered):
        papers.numbered(cast, minutes)


# -- numbers and states ----------------------------------------------------------------------


def test_each_document_gets_one_number_of_its_own_book(minutes: Minutes, cast: Cast) -> None:
    notice = papers.numbered(cast, minutes)
    record = papers.numbered(cast, minutes, DocumentKind.MINUTES)
    assert (notice.entry.number, notice.entry.notation) == (1, "TB-VP")
    assert (record.entry.number, record.entry.notation) == (1, "BB-VP")
    assert notice.entry.link == f"/documents/{notice.id}"
    assert notice.entry.subject.startswith("Kết luận của")
    with pytest.raises(WrongState):
        papers.numbered(cast, minutes)


def test_a_cancelled_document_leaves_its_number_and_the_next_takes_another(
    minutes: Minutes, cast: Cast
) -> None:
    first = papers.numbered(cast, minutes)
    with pytest.raises(BadInput):
        issuing.cancel(cast.nam, first, "  ")
    issuing.cancel(cast.nam, first, "Ghi sai ngày")
    assert (first.entry.status, first.entry.reason) == (EntryStatus.CANCELLED, "Ghi sai ngày")
    assert papers.numbered(cast, minutes).entry.number == 2


def test_only_the_secretary_of_the_host_numbers_and_issues(minutes: Minutes, cast: Cast) -> None:
    for other in (cast.khai, cast.long, cast.quan, cast.la):
        with pytest.raises(NotAllowed):
            issuing.register(other, minutes, DocumentKind.NOTICE, papers.DATED)
    document = papers.numbered(cast, minutes)
    for other in (cast.khai, cast.long, cast.quan, cast.la):
        with pytest.raises(NotAllowed):
            issuing.issue(other, document, on_paper=True)
    for other in (cast.long, cast.quan, cast.la):
        with pytest.raises(NotAllowed):
            issuing.cancel(other, document, "Không")
        with pytest.raises(NotAllowed):
            issuing.reopen(other, minutes, "Không")


def test_unapproved_minutes_get_no_number(cast: Cast) -> None:
    draft = briefing.drafted(cast)
    with pytest.raises(WrongState):
        papers.numbered(cast, draft)


def test_signed_by_everybody_it_goes_out_and_never_changes_again(
    minutes: Minutes, cast: Cast
) -> None:
    document = papers.numbered(cast, minutes)
    papers.sign(document, last=False)
    assert document.status == DocumentStatus.SIGNING
    with pytest.raises(WrongState):
        issuing.issue(cast.nam, document)
    papers.sign(document, last=True)
    issuing.issue(cast.nam, document)
    assert (document.status, document.entry.status) == (DocumentStatus.ISSUED, EntryStatus.ISSUED)
    assert told(cast.sinh, "Thông báo kết luận số 01/TB-VP") and not told(cast.la, "01/TB-VP")
    refused: list[Callable[[], object]] = [
        lambda: issuing.issue(cast.nam, document),
        lambda: issuing.cancel(cast.nam, document, "Muộn"),
        lambda: papers.sign(document, last=True),
    ]
    for step in refused:
        with pytest.raises(WrongState):
            step()
    assert DOCUMENT_TRANSITIONS[DocumentStatus.ISSUED] == set()


def test_on_paper_it_goes_out_without_a_signature_in_the_pdf(minutes: Minutes, cast: Cast) -> None:
    document = papers.numbered(cast, minutes)
    with pytest.raises(WrongState):
        issuing.issue(cast.nam, document)
    issuing.issue(cast.nam, document, on_paper=True)
    assert document.on_paper and document.status == DocumentStatus.ISSUED


def test_a_signature_that_changes_a_byte_before_it_is_refused(minutes: Minutes, cast: Cast) -> None:
    document = papers.numbered(cast, minutes)
    first = papers.sign(document, last=False)
    signed = kept_papers.read(first, "pdf")
    for other in (b"X" + signed[1:] + b"more", signed[:-1], signed):
        with pytest.raises(Stale):
            states.signature_added(document, kept_papers.store(other, "pdf"), last=True)
    assert document.signed_sha256 == first and document.status == DocumentStatus.SIGNING


# -- correction ------------------------------------------------------------------------------


def corrected(cast: Cast, minutes: Minutes) -> OfficialDocument:
    issuing.reopen(cast.khai, minutes, "Sai thời hạn")
    block = service.blocks_of(minutes)[-1]
    service.edit_block(
        cast.nam, minutes, minutes.version, block.id, f"{block.text} Đã đính chính.",
    )  # fmt: skip
    papers.approve(cast, minutes)
    return papers.numbered(cast, minutes, dated=papers.DATED + timedelta(days=1))


def test_a_correction_is_a_new_document_that_names_the_old_one(
    minutes: Minutes, cast: Cast
) -> None:
    old = papers.issued(cast, papers.numbered(cast, minutes))
    frozen = old.docx_sha256, old.signed_sha256, old.entry.number
    new = corrected(cast, minutes)
    assert new.corrects_id == old.id and new.entry.number == 2
    assert "(Thay thế Thông báo số 01/TB-VP ngày 25/11/2026)" in words(
        kept_papers.read(new.docx_sha256)
    )
    assert (old.docx_sha256, old.signed_sha256, old.entry.number) == frozen
    assert old.status == DocumentStatus.ISSUED
    assert issuing.corrections_of(old) == [new]
    record = papers.numbered(cast, minutes, DocumentKind.MINUTES)
    assert record.corrects_id is None  # no minutes were issued before
    assert not any("Thay thế" in line for line in words(kept_papers.read(record.docx_sha256)))


def test_reopening_needs_a_reason_and_cancels_what_was_not_issued(
    minutes: Minutes, cast: Cast
) -> None:
    signing = papers.numbered(cast, minutes)
    papers.sign(signing, last=False)
    waiting = papers.numbered(cast, minutes, DocumentKind.MINUTES)
    with pytest.raises(BadInput):
        issuing.reopen(cast.nam, minutes, " ")
    reopening = issuing.reopen(cast.nam, minutes, "Thiếu một ý kiến")
    assert minutes.status == MinutesStatus.RETURNED and reopening.approval.voided_at is not None
    assert service.approval_of(minutes) is None
    for document in (signing, waiting):
        assert document.status == DocumentStatus.CANCELLED
        assert "Thiếu một ý kiến" in document.entry.reason
    assert told(cast.khai, "được mở lại") and not told(cast.sinh, "được mở lại")
    with pytest.raises(WrongState):
        issuing.reopen(cast.nam, minutes, "Lần nữa")
    with pytest.raises(WrongState):
        papers.sign(signing, last=True)


def test_people_hear_of_the_second_submission_and_approval_too(
    minutes: Minutes, cast: Cast
) -> None:
    issuing.reopen(cast.nam, minutes, "Gửi lại nguyên văn")
    papers.approve(cast, minutes)
    query = select(Notice.subject).where(Notice.user_id.in_([cast.khai.id]))
    subjects = list(db.session.scalars(query))
    assert sum("chờ duyệt" in subject for subject in subjects) == 2
    assert sum("Đã duyệt" in subject for subject in subjects) == 2


def test_the_invited_keep_the_issued_document_and_lose_the_draft(
    minutes: Minutes, cast: Cast
) -> None:
    document = papers.numbered(cast, minutes)
    for reader in (cast.sinh, cast.la):
        with pytest.raises(NotFound):
            issuing.get(reader, document.id)
    papers.issued(cast, document)
    assert service.get(cast.sinh, minutes.id) and issuing.get(cast.sinh, document.id)
    issuing.reopen(cast.khai, minutes, "Sai số liệu")
    with pytest.raises(NotFound):
        service.get(cast.sinh, minutes.id)
    assert issuing.get(cast.sinh, document.id) is document
    for stranger in (cast.la, cast.quan):
        with pytest.raises(NotFound):
            issuing.get(stranger, document.id)
    with pytest.raises(NotFound):
        issuing.get_to_keep(cast.sinh, document.id)


def test_dates_that_do_not_follow_are_doubted(minutes: Minutes, cast: Cast) -> None:
    held = clock.local(minutes.meeting.starts_at).date()
    notice = DocumentKind.NOTICE
    assert issuing.doubts(minutes, notice, held) == []
    assert len(issuing.doubts(minutes, notice, held - timedelta(days=1))) == 1
    papers.numbered(cast, minutes, dated=papers.DATED)
    [doubt] = issuing.doubts(minutes, notice, papers.DATED - timedelta(days=1))
    assert "01/TB-VP" in doubt
    assert len(issuing.doubts(minutes, notice, date(2099, 1, 1))) == 1


def test_every_step_is_in_the_record(minutes: Minutes, cast: Cast) -> None:
    document = papers.issued(cast, papers.numbered(cast, minutes))
    assert [entry.verb for entry in audit.of(document)] == [
        "document.issue", "document.signed", "document.signed", "document.register",
    ]  # fmt: skip
    assert audit.verify() is None


# -- whose turn it is ------------------------------------------------------------------------


def test_each_signer_in_turn_is_told_and_finds_it_under_today(minutes: Minutes, cast: Cast) -> None:
    document = papers.numbered(cast, minutes, kind=DocumentKind.MINUTES)
    assert today.of(cast.nam).to_sign == [], "nothing is printed yet"
    papers.leave_print(document)
    assert [each.id for each in today.of(cast.nam).to_sign] == [document.id]
    assert today.of(cast.khai).to_sign == []
    assert told(cast.nam, "Chờ bạn ký: 01/BB-VP") and not told(cast.khai, "Chờ bạn ký")
    first, second, seal = turns.signatures_of(document)
    first.signed_at = clock.now()
    turns.tell_next(document)
    db.session.flush()
    assert today.of(cast.nam).to_sign == []
    assert [each.id for each in today.of(cast.khai).to_sign] == [document.id]
    assert told(cast.khai, "Chờ bạn ký: 01/BB-VP") and today.of(cast.sinh).to_sign == []
    second.signed_at = clock.now()
    db.session.flush()
    assert turns.next_of(document) == seal
    assert [each.id for each in today.of(cast.nam).to_sign] == [document.id], "he keeps the seal"
    seal.signed_at = clock.now()
    db.session.flush()
    assert turns.next_of(document) is None and today.of(cast.nam).to_sign == []
