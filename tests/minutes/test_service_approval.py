"""A leader approves exactly the bytes that were shown, and no accepted word is ever lost."""

from __future__ import annotations

import hashlib
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from flask import Flask
from sqlalchemy import select

from meetly import clock
from meetly.accounts.models import User
from meetly.errors import BadInput, MeetlyError, NotAllowed, Stale, WrongState
from meetly.extensions import db
from meetly.minutes import approval, service
from meetly.minutes.models import Approval, Minutes, MinutesStatus
from meetly.minutes.versions import hold_open, keep, version_of
from meetly.notices.models import Notice
from meetly.storage import files
from tests.cast import Cast
from tests.minutes import briefing, sample

SEED = 20261123


@pytest.fixture
def minutes(cast: Cast) -> Minutes:
    return briefing.drafted(cast)


def told(user: User) -> list[str]:
    query = select(Notice.subject).where(Notice.user_id == user.id, Notice.link.like("/minutes/%"))
    return list(db.session.scalars(query))


def test_submitting_freezes_both_documents_under_their_hashes(minutes: Minutes, cast: Cast) -> None:
    kept = service.submit(cast.nam, minutes, 1)
    for kind, sha256 in (("minutes", kept.minutes_sha256), ("notice", kept.notice_sha256)):
        document, name = service.document(cast.khai, minutes, kind)
        assert hashlib.sha256(document).hexdigest() == sha256
        assert name.endswith(".docx") and name.isascii()
    assert any("chờ duyệt" in subject for subject in told(cast.khai))
    assert minutes.status == MinutesStatus.SUBMITTED


def test_a_draft_is_rendered_afresh_and_says_that_it_is_one(minutes: Minutes, cast: Cast) -> None:
    before, name = service.document(cast.nam, minutes, "minutes")
    assert name.startswith("du-thao-")
    service.edit_block(cast.nam, minutes, 1, service.blocks_of(minutes)[0].id, "Khác hẳn.")
    assert service.document(cast.nam, minutes, "minutes")[0] != before


def test_approval_names_version_and_bytes_and_tells_everyone(minutes: Minutes, cast: Cast) -> None:
    kept = service.submit(cast.nam, minutes, 1)
    shown = service.document(cast.khai, minutes, "minutes")[0]
    service.approve(cast.khai, minutes, 1, kept.minutes_sha256, kept.notice_sha256)
    found = service.approval_of(minutes)
    assert found is not None and found.version == 1 and found.approved_by_id == cast.khai.id
    assert service.document(cast.sinh, minutes, "minutes")[0] == shown
    for person in (cast.nam, cast.long, cast.sinh, cast.hoa, cast.chau):
        assert any("Đã duyệt" in subject for subject in told(person))
    for person in (cast.la, cast.quan):
        assert not told(person)


@pytest.mark.parametrize("wrong", ["version", "minutes", "notice", "swapped", "nonsense"])
def test_anything_but_what_was_shown_is_refused(minutes: Minutes, cast: Cast, wrong: str) -> None:
    kept = service.submit(cast.nam, minutes, 1)
    one, two = kept.minutes_sha256, kept.notice_sha256
    given = {
        "version": (2, one, two),
        "minutes": (1, "0" * 64, two),
        "notice": (1, one, "0" * 64),
        "swapped": (1, two, one),
        "nonsense": (1, "' OR 1=1 --", two),
    }[wrong]
    with pytest.raises(Stale):
        service.approve(cast.khai, minutes, *given)
    assert minutes.status == MinutesStatus.SUBMITTED and service.approval_of(minutes) is None


def test_a_meeting_renamed_between_two_submissions_voids_what_was_shown(
    minutes: Minutes, cast: Cast
) -> None:
    shown = service.submit(cast.nam, minutes, 1)
    hashes = shown.minutes_sha256, shown.notice_sha256
    service.withdraw(cast.nam, minutes)
    minutes.meeting.title = "Hội nghị khác"
    service.submit(cast.nam, minutes, 1)
    with pytest.raises(Stale):
        service.approve(cast.khai, minutes, 1, *hashes)


def test_only_leaders_of_the_host_approve_and_return(minutes: Minutes, cast: Cast) -> None:
    kept = service.submit(cast.nam, minutes, 1)
    for other in (cast.nam, cast.long, cast.quan, cast.la):
        with pytest.raises(NotAllowed):
            service.approve(other, minutes, 1, kept.minutes_sha256, kept.notice_sha256)
        with pytest.raises(NotAllowed):
            service.give_back(other, minutes, 1, "Không.")


def test_approving_twice_is_refused_and_leaves_one_approval(minutes: Minutes, cast: Cast) -> None:
    kept = service.submit(cast.nam, minutes, 1)
    service.approve(cast.khai, minutes, 1, kept.minutes_sha256, kept.notice_sha256)
    with pytest.raises(WrongState):
        service.approve(cast.khai, minutes, 1, kept.minutes_sha256, kept.notice_sha256)
    with pytest.raises(WrongState):
        service.withdraw(cast.nam, minutes)
    assert len(db.session.scalars(select(Approval)).all()) == 1


def test_changed_bytes_are_never_handed_out_nor_approved(minutes: Minutes, cast: Cast) -> None:
    kept = service.submit(cast.nam, minutes, 1)
    key = f"documents/{kept.minutes_sha256}.docx"
    original = files.read(key)
    files.write(key, [original + b" "])
    with pytest.raises(service.Tampered):
        service.approve(cast.khai, minutes, 1, kept.minutes_sha256, kept.notice_sha256)
    db.session.rollback()
    service.submit(cast.nam, minutes, 1)
    files.write(key, [original])
    service.approve(cast.khai, minutes, 1, kept.minutes_sha256, kept.notice_sha256)
    files.write(key, [original[:-1]])
    with pytest.raises(service.Tampered):
        service.document(cast.sinh, minutes, "minutes")


def test_minutes_go_back_with_a_reason_and_come_again(minutes: Minutes, cast: Cast) -> None:
    service.submit(cast.nam, minutes, 1)
    with pytest.raises(BadInput):
        service.give_back(cast.khai, minutes, 1)
    block = service.blocks_of(minutes)[0]
    said = service.remark(cast.khai, minutes, 1, block.id, "Ghi rõ số liệu.")
    service.give_back(cast.khai, minutes, 1)
    assert minutes.status == MinutesStatus.RETURNED
    assert any("trả lại" in subject for subject in told(cast.nam))
    service.edit_block(cast.nam, minutes, 1, block.id, "Số liệu đã ghi rõ.")
    service.resolve_remark(cast.nam, said.id)
    assert service.open_remarks(minutes) == []
    service.submit(cast.nam, minutes, 2)
    assert service.get(cast.khai, minutes.id).status == MinutesStatus.SUBMITTED


# -- many people at once, in any order -------------------------------------------------------


@dataclass
class Tab:
    """One browser tab: the person and exactly what they have before their eyes."""

    user: User
    version: int = 0
    texts: dict[str, str] = field(default_factory=dict)
    hashes: tuple[str, str] = ("", "")
    documents: tuple[bytes, bytes] = (b"", b"")

    def load(self, minutes: Minutes) -> None:
        db.session.refresh(minutes)
        kept = version_of(minutes)
        self.version = minutes.version
        self.texts = {b.id: b.text for b in service.blocks_of(minutes)}
        self.hashes = (kept.minutes_sha256, kept.notice_sha256)
        if minutes.status == MinutesStatus.SUBMITTED:
            self.documents = both(minutes)


class Lost(AssertionError):
    """An accepted change was written over by somebody who had not seen it."""


class Unseen(AssertionError):
    """Bytes were approved that the leader had not been shown."""


def both(minutes: Minutes) -> tuple[bytes, bytes]:
    return approval.document_of(minutes, "minutes")[0], approval.document_of(minutes, "notice")[0]


class Office:
    """Secretaries and leaders who act on what their tabs show; checks after every step."""

    def __init__(self, cast: Cast, chance: random.Random) -> None:
        self.cast, self.chance = cast, chance
        self.secretaries = [Tab(cast.nam), Tab(cast.nam)]
        self.leaders = [Tab(cast.khai), Tab(cast.khai)]
        self.accepted = self.refused = self.approvals = self.count = 0
        self.begin()

    def begin(self) -> None:
        """Open fresh minutes; approved ones are finished for good."""
        meeting = briefing.held(self.cast)
        briefing.transcribed(self.cast, meeting, sample.utterances()[4:14])
        self.minutes = service.draft_for(meeting)
        self.truth = {b.id: b.text for b in service.blocks_of(self.minutes)}
        for tab in (*self.secretaries, *self.leaders):
            tab.load(self.minutes)
        db.session.commit()

    def step(self) -> None:
        self.count += 1
        for tab in (*self.secretaries, *self.leaders):
            if self.chance.random() < 0.3:
                tab.load(self.minutes)
        act = self.chance.choice(
            [self.edit] * 8
            + [self.submit] * 4
            + [self.withdraw] * 3
            + [self.give_back, self.rename]
            + [self.approve] * 3
        )
        try:
            act()
            db.session.commit()
        except MeetlyError:
            self.refused += 1
            db.session.rollback()
        db.session.refresh(self.minutes)
        if {b.id: b.text for b in service.blocks_of(self.minutes)} != self.truth:
            raise Lost("the minutes are not what the accepted changes made of them")
        if self.minutes.status == MinutesStatus.APPROVED:
            self.begin()

    def edit(self) -> None:
        tab = self.chance.choice(self.secretaries)
        block_id = self.chance.choice(sorted(tab.texts))
        text = f"{tab.texts[block_id]} Sửa lần {self.count}."
        service.edit_block(tab.user, self.minutes, tab.version, block_id, text)
        if tab.texts[block_id] != self.truth[block_id]:
            raise Lost(f"step {self.count} wrote over words its author had not seen")
        self.truth[block_id] = text
        self.accepted += 1

    def submit(self) -> None:
        tab = self.chance.choice(self.secretaries)
        service.submit(tab.user, self.minutes, tab.version)
        db.session.commit()
        self.chance.choice(self.leaders).load(self.minutes)

    def withdraw(self) -> None:
        service.withdraw(self.cast.nam, self.minutes)

    def give_back(self) -> None:
        tab = self.chance.choice(self.leaders)
        service.give_back(tab.user, self.minutes, tab.version, "Xem lại.")

    def rename(self) -> None:
        self.minutes.meeting.title = f"Hội nghị lần {self.count}"

    def approve(self) -> None:
        tab = self.chance.choice(self.leaders)
        service.approve(tab.user, self.minutes, tab.version, *tab.hashes)
        self.approvals += 1
        if both(self.minutes) != tab.documents:
            raise Unseen(f"step {self.count} approved bytes the leader had not seen")


def test_no_unseen_bytes_are_approved_and_no_accepted_edit_is_lost(
    cast: Cast, record_property: Callable[[str, object], None]
) -> None:
    office = Office(cast, random.Random(SEED))
    for _ in range(400):
        office.step()
    record_property("seed", SEED)
    for figure in ("count", "accepted", "refused", "approvals"):
        record_property(figure, getattr(office, figure))
    assert office.accepted > 60 and office.approvals > 5 and office.refused > 60


def test_the_checker_catches_an_approval_that_ignores_the_hash(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(
        user: User, minutes: Minutes, version: int, minutes_sha256: str, notice_sha256: str
    ) -> None:
        if minutes.status != MinutesStatus.SUBMITTED:
            raise WrongState()
        kept = version_of(minutes)
        minutes.status = MinutesStatus.APPROVED
        db.session.add(
            Approval(
                minutes_id=minutes.id, version=kept.number, minutes_sha256=kept.minutes_sha256,
                notice_sha256=kept.notice_sha256, approved_by_id=user.id,
                approved_at=clock.now(),
            )
        )  # fmt: skip

    monkeypatch.setattr(service, "approve", careless)
    office = Office(cast, random.Random(SEED))
    with pytest.raises(Unseen):
        for _ in range(400):
            office.step()


def test_the_checker_catches_a_blind_save(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def blind(user: User, minutes: Minutes, version: int, block_id: str, text: str) -> None:
        hold_open(minutes)
        blocks = [
            replace(b, text=text) if b.id == block_id else b for b in service.blocks_of(minutes)
        ]
        keep(user.id, minutes, blocks, "")

    monkeypatch.setattr(service, "edit_block", blind)
    office = Office(cast, random.Random(SEED))
    with pytest.raises(Lost):
        for _ in range(400):
            office.step()


def test_threads_that_edit_at_once_lose_nothing(app: Flask, cast: Cast) -> None:
    minutes_id, author = briefing.drafted(cast).id, cast.nam.id
    accepted: list[str] = []
    db.session.remove()

    def work(name: str) -> None:
        chance = random.Random(name)
        with app.app_context():
            for turn in range(8):
                minutes, user = db.session.get(Minutes, minutes_id), db.session.get(User, author)
                assert minutes is not None and user is not None
                db.session.refresh(minutes)
                seen = minutes.version
                block = chance.choice(service.blocks_of(minutes, seen)[:3])
                db.session.rollback()  # the person reads and types; no transaction stays open
                mark = f"[{name}.{turn}]"
                try:
                    service.edit_block(user, minutes, seen, block.id, f"{block.text} {mark}")
                    db.session.commit()
                    accepted.append(mark)
                except Stale:
                    db.session.rollback()
            db.session.remove()

    threads = [threading.Thread(target=work, args=(f"t{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    minutes = db.session.get(Minutes, minutes_id)
    assert minutes is not None
    words = " ".join(block.text for block in service.blocks_of(minutes))
    assert accepted and [mark for mark in accepted if mark not in words] == []
    assert minutes.version == 1 + len(accepted)
