"""An office whose people act at random on what their tabs show; it checks after every step.

The signer is a stand-in: it appends bytes to the PDF its tab shows, as an incremental revision of a
PDF does. What is never allowed raises: approved bytes nobody saw, a signed byte that changed, an
accepted edit that was written over, a number that is missing or there twice.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select

from meetly import clock
from meetly.accounts.models import User
from meetly.errors import MeetlyError, NotFound
from meetly.extensions import db
from meetly.meetings.models import Meeting, MeetingStatus
from meetly.minutes import approval, kept_papers, service
from meetly.minutes.blocks import Assignment, Block, BlockKind
from meetly.minutes.issuing import service as issuing
from meetly.minutes.issuing import states
from meetly.minutes.issuing.models import DocumentKind, DocumentStatus, OfficialDocument
from meetly.minutes.models import Approval, Minutes, MinutesStatus
from meetly.minutes.versions import keep, version_of
from meetly.register.models import Book, Entry
from tests.cast import Cast
from tests.minutes.issuing import papers
from tests.minutes.issuing.papers import DATED

SIGNATURES = 2
ACTS = (
    "edit", "submit", "withdraw", "give_back", "approve", "register", "sign", "issue", "correct",
    "cancel", "rename",
)  # fmt: skip
#: what gets on with it, by where the minutes and their documents stand; tried three times in four
_USUAL = {
    MinutesStatus.DRAFT: ("edit", "edit", "submit"),
    MinutesStatus.RETURNED: ("edit", "edit", "submit"),
    MinutesStatus.SUBMITTED: ("approve", "approve", "approve", "withdraw", "give_back"),
}
_USUAL_OF_DOCUMENTS = {
    DocumentStatus.REGISTERED: ("sign", "sign", "sign", "register", "issue"),
    DocumentStatus.SIGNING: ("sign",),
    DocumentStatus.SIGNED: ("issue", "issue", "issue", "sign", "correct"),
    DocumentStatus.ISSUED: ("correct", "correct", "register"),
    DocumentStatus.CANCELLED: ("register",),
}
_BLOCKS = (
    Block("b1", BlockKind.ASSESSMENT, "Công tác giải ngân đạt kết quả tích cực."),
    Block(
        "b2", BlockKind.DIRECTION, "Giao Sở Tài chính báo cáo.",
        assignment=Assignment(lead=("Sở Tài chính",)),
    ),
)  # fmt: skip


class Violation(AssertionError):
    """Something happened that must never happen."""


class Unseen(Violation):
    """Bytes were approved that the leader had not been shown."""


class Lost(Violation):
    """An accepted change was written over by somebody who had not seen it."""


class Changed(Violation):
    """A byte that was signed, numbered or issued is another now."""


class Miscounted(Violation):
    """A number is missing, there twice, or held by what no longer counts."""


@dataclass
class Tab:
    """One browser tab: the person and exactly what they have before their eyes."""

    user: User
    version: int = 0
    texts: dict[str, str] = field(default_factory=dict)
    hashes: tuple[str, str] = ("", "")
    papers: tuple[bytes, bytes] = (b"", b"")
    #: document id -> the PDF shown
    pdfs: dict[int, bytes] = field(default_factory=dict)


class Bureau:
    """One meeting's minutes on their way, again and again."""

    def __init__(self, cast: Cast) -> None:
        """Begin with a fresh draft."""
        self.cast, self.count, self.accepted, self.refused = cast, 0, 0, 0
        self.done = dict.fromkeys(ACTS, 0)
        self.tabs = [Tab(cast.nam), Tab(cast.nam), Tab(cast.khai), Tab(cast.khai)]
        self.signed: dict[int, list[bytes]] = {}
        self.frozen: dict[int, tuple[object, ...]] = {}
        self.minutes = _draft(cast)
        self.truth = {b.id: b.text for b in _BLOCKS}
        for tab in self.tabs:
            self.load(tab)
        db.session.commit()

    def load(self, tab: Tab) -> None:
        """Show a tab what there is now."""
        db.session.refresh(self.minutes)
        kept = version_of(self.minutes)
        tab.version = self.minutes.version
        tab.texts = {b.id: b.text for b in service.blocks_of(self.minutes)}
        # Only a page of submitted minutes shows papers, and carries their hashes.
        tab.hashes, tab.papers = ("", ""), (b"", b"")
        if self.minutes.status == MinutesStatus.SUBMITTED:
            tab.hashes = kept.minutes_sha256, kept.notice_sha256
            tab.papers = _both(self.minutes)
        tab.pdfs = {
            d.id: kept_papers.read(d.shown_sha256, "pdf")
            for d in issuing.documents_of(self.minutes)
        }

    def step(self, act: str, first: int, second: int, looks: int) -> None:
        """Let some tabs look (`looks` is a mask), one person act, and check everything."""
        self.count += 1
        for number, tab in enumerate(self.tabs):
            if looks >> number & 1:
                self.load(tab)
        try:
            getattr(self, act)(first, second)
            db.session.commit()
            self.done[act] += 1
        except MeetlyError:
            self.refused += 1
            db.session.rollback()
        self.check()

    def act(self, chance: random.Random) -> None:
        """Take one random step, most often one that gets on."""
        act = chance.choice(self._usual() if chance.random() < 0.75 else ACTS)
        self.step(act, chance.randrange(4), chance.randrange(4), chance.randrange(16))

    def _usual(self) -> tuple[str, ...]:
        if self.minutes.status != MinutesStatus.APPROVED:
            return _USUAL[MinutesStatus(self.minutes.status)]
        newest = next(iter(self._living()), None)
        return _USUAL_OF_DOCUMENTS[DocumentStatus(newest.status)] if newest else ("register",)

    # -- what people do ----------------------------------------------------------------------

    def edit(self, first: int, second: int) -> None:
        """Write into a block, as a tab of the secretary shows it."""
        tab, block_id = self.tabs[first % 2], f"b{second % 2 + 1}"
        text = f"{tab.texts[block_id]} Sửa {self.count}."
        service.edit_block(tab.user, self.minutes, tab.version, block_id, text)
        if tab.texts[block_id] != self.truth[block_id]:
            raise Lost(f"step {self.count} wrote over words its author had not seen")
        self.truth[block_id] = text
        self.accepted += 1

    def submit(self, first: int, _second: int) -> None:
        """Ask for approval of what a tab shows."""
        tab = self.tabs[first % 2]
        service.submit(tab.user, self.minutes, tab.version)

    def withdraw(self, _first: int, _second: int) -> None:
        """Take the minutes back."""
        service.withdraw(self.cast.nam, self.minutes)

    def give_back(self, first: int, _second: int) -> None:
        """Return what a leader's tab shows."""
        tab = self.tabs[2 + first % 2]
        service.give_back(tab.user, self.minutes, tab.version, "Xem lại.")

    def approve(self, first: int, _second: int) -> None:
        """Approve what a leader's tab shows."""
        tab = self.tabs[2 + first % 2]
        service.approve(tab.user, self.minutes, tab.version, *tab.hashes)
        if _both(self.minutes) != tab.papers:
            raise Unseen(f"step {self.count} approved bytes the leader had not seen")

    def register(self, first: int, _second: int) -> None:
        """Take a number, and print the paper."""
        kind = list(DocumentKind)[first % 2]
        document = issuing.register(self.cast.nam, self.minutes, kind, DATED)
        papers.leave_print(document)

    def sign(self, first: int, second: int) -> None:
        """Sign the PDF a tab shows; the last of the signatures makes it signed."""
        tab, document = self.tabs[first % 4], self._document(second)
        if document is None:
            raise NotFound()
        if document.id not in tab.pdfs:
            self.load(tab)
        signed = tab.pdfs[document.id] + f" signed in step {self.count}".encode()
        last = len(self.signed.get(document.id, [])) + 1 == SIGNATURES
        states.signature_added(document, kept_papers.store(signed, "pdf"), last=last)
        self.signed.setdefault(document.id, []).append(signed)

    def issue(self, first: int, second: int) -> None:
        """Hand a document out."""
        if document := self._document(second):
            by_hand = document.status == DocumentStatus.REGISTERED and first == 3
            issuing.issue(self.cast.nam, document, on_paper=by_hand)

    def correct(self, first: int, _second: int) -> None:
        """Open the approved minutes again."""
        issuing.reopen(self.tabs[first % 4].user, self.minutes, f"Đính chính {self.count}")

    def cancel(self, _first: int, second: int) -> None:
        """Give a document up."""
        if document := self._document(second):
            issuing.cancel(self.cast.nam, document, f"Hủy {self.count}")

    def rename(self, _first: int, _second: int) -> None:
        """Change what the calendar says of the meeting."""
        self.minutes.meeting.title = f"Hội nghị lần {self.count}"

    # -- what must hold ----------------------------------------------------------------------

    def check(self) -> None:
        """Raise if anything is as it must never be."""
        db.session.refresh(self.minutes)
        written = [b for b in service.blocks_of(self.minutes) if not service.is_derived(b)]
        if {b.id: b.text for b in written} != self.truth:
            raise Lost("the minutes are not what the accepted changes made of them")
        documents = issuing.documents_of(self.minutes)
        for document in documents:
            self._check_bytes(document)
            self._check_standing(document)
        self._check_numbers()

    def _check_bytes(self, document: OfficialDocument) -> None:
        kept_papers.read(document.docx_sha256)
        shown = kept_papers.read(document.shown_sha256, "pdf")
        for earlier in self.signed.get(document.id, []):
            if not shown.startswith(earlier):
                raise Changed(f"a signature of {document.id} no longer covers its bytes")
        entry = document.entry
        fixed: tuple[object, ...] = document.docx_sha256, document.entry_id, entry.number
        if document.status == DocumentStatus.ISSUED:
            fixed += (document.status, document.signed_sha256, document.corrects_id, entry.dated)
        known = self.frozen.setdefault(document.id, fixed)
        if fixed[: len(known)] != known:
            raise Changed(f"document {document.id} was {known} and is {fixed}")
        self.frozen[document.id] = fixed

    def _check_standing(self, document: OfficialDocument) -> None:
        approval_row = db.session.get_one(Approval, document.approval_id)
        over = (DocumentStatus.ISSUED, DocumentStatus.CANCELLED)
        if approval_row.voided_at is not None and document.status not in over:
            raise Miscounted(f"document {document.id} lives on an approval that is void")

    def _check_numbers(self) -> None:
        books: dict[int, list[int]] = {}
        for book, number in db.session.execute(select(Entry.book_id, Entry.number)):
            books.setdefault(book, []).append(number)
        for book, numbers in books.items():
            last = db.session.scalar(select(Book.last).where(Book.id == book))
            if sorted(numbers) != list(range(1, len(numbers) + 1)) or last != len(numbers):
                raise Miscounted(f"book {book} holds {sorted(numbers)} and counts {last}")

    def _document(self, number: int) -> OfficialDocument | None:
        """Pick one of the documents under way, or any where there is none."""
        found = self._living() or issuing.documents_of(self.minutes)
        return found[number % len(found)] if found else None

    def _living(self) -> list[OfficialDocument]:
        """List the documents of the approval that counts, those under way before the issued."""
        valid = service.approval_of(self.minutes)
        if valid is None:
            return []
        found = [
            document
            for document in issuing.documents_of(self.minutes)
            if document.approval_id == valid.id and document.status != DocumentStatus.CANCELLED
        ]
        return sorted(found, key=lambda each: each.status == DocumentStatus.ISSUED)


def _draft(cast: Cast) -> Minutes:
    now = clock.now()
    meeting = Meeting(
        unit_id=cast.office.id, title="Giao ban", starts_at=now - timedelta(hours=3),
        ends_at=now - timedelta(hours=1), status=MeetingStatus.HELD, chair_id=cast.khai.id,
        secretary_id=cast.nam.id, place="Phòng họp số 1", created_at=now, created_by_id=cast.nam.id,
    )  # fmt: skip
    db.session.add(meeting)
    db.session.flush()
    minutes = Minutes(meeting_id=meeting.id, created_at=now, version=0)
    db.session.add(minutes)
    db.session.flush()
    keep(None, minutes, _BLOCKS, "Dự thảo")
    return minutes


def _both(minutes: Minutes) -> tuple[bytes, bytes]:
    return approval.document_of(minutes, "minutes")[0], approval.document_of(minutes, "notice")[0]
