"""Minutes are drafted from what was heard, changed without loss, and read by those who may."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from meetly import audit, clock, search
from meetly.accounts import service as accounts
from meetly.accounts.models import Role
from meetly.errors import BadInput, NotAllowed, NotFound, Stale, WrongState
from meetly.extensions import db
from meetly.meetings import service as meetings
from meetly.meetings.conference import attending
from meetly.meetings.conference.models import EventKind
from meetly.meetings.models import AttendanceStatus
from meetly.minutes import service
from meetly.minutes.blocks import Assignment, BlockKind
from meetly.minutes.models import Minutes, MinutesStatus
from meetly.notices.models import Notice
from meetly.search import SearchEntry
from meetly.transcripts.models import Segment, TranscriptStatus
from tests.cast import PASSWORD, Cast
from tests.meetings.conferences import at, soon, told
from tests.minutes import briefing, sample


@pytest.fixture
def minutes(cast: Cast) -> Minutes:
    return briefing.drafted(cast)


def first(minutes: Minutes, kind: BlockKind) -> str:
    return next(b.id for b in service.blocks_of(minutes) if b.kind is kind)


# -- facts -----------------------------------------------------------------------------------


def test_facts_come_from_the_calendar_and_the_roll_call(cast: Cast) -> None:
    meeting = briefing.held(cast)
    briefing.call_the_roll(cast, meeting)
    facts = service.facts_of(meeting)
    assert (facts.parent_agency, facts.agency) == ("UBND TỈNH LAM GIANG", "VĂN PHÒNG")
    assert (facts.agency_code, facts.locality) == ("VP", "Lam Giang")
    assert facts.office == "Văn phòng UBND tỉnh"
    assert (facts.date.isoformat(), f"{facts.starts:%H:%M}") == ("2026-11-23", "08:00")
    assert facts.chair.name == "Trần Quốc Khải"
    assert facts.secretary.position.startswith("Trưởng phòng Tổng hợp")
    assert facts.form == "kết nối trực tuyến đến 2 điểm cầu UBND xã, phường"
    assert facts.attendance == (
        "Cơ quan, đơn vị: 1/1 đơn vị có mặt",
        "Điểm cầu cấp xã: 1/2 điểm cầu có mặt",
        "Dự thay: Phó Giám đốc (Sở Tài chính)",
    )
    assert facts.absent == ("UBND phường Đồi Thông (mất điện)",)
    assert facts.attendees == "lãnh đạo các sở, ban, ngành và Chủ tịch UBND các xã, phường"
    assert facts.recipients[0] == "Chủ tịch, các Phó Chủ tịch UBND tỉnh"
    assert facts.signer.position == "Chánh Văn phòng" and not facts.signer.name


def test_what_the_conference_saw_stands_in_the_facts_beside_the_roll(cast: Cast) -> None:
    meeting = soon(cast, minutes=-100, unit_ids=(cast.finance.id, cast.nam_hoa.id))
    finance, hoa = f"unit:{cast.finance.id}", f"unit:{cast.nam_hoa.id}"
    told(meeting, (EventKind.JOINED, 0, f"user:{cast.khai.id}"), (EventKind.ROOM_ENDED, 90, ""))
    told(meeting, (EventKind.JOINED, 14, finance), (EventKind.JOINED, 1, hoa))
    told(meeting, (EventKind.LEFT, 20, hoa), (EventKind.JOINED, 26, hoa), (EventKind.LEFT, 40, hoa))
    told(meeting, (EventKind.JOINED, 48, hoa))
    attending.fill_roll(meeting)
    entered = clock.local(at(meeting, 14))
    facts = service.facts_of(meeting)
    assert facts.attendance == (
        "Cơ quan, đơn vị: 1/1 đơn vị có mặt",
        "Điểm cầu cấp xã: 1/1 điểm cầu có mặt",
        f"Vào muộn: Sở Tài chính (từ {entered.hour} giờ {entered.minute:02d} phút)",
        "Gián đoạn kết nối: UBND xã Nậm Hoa (2 lần, tổng 14 phút)",
    )
    for unit in (cast.finance, cast.nam_hoa):  # who calls the roll has the last word
        meetings.record_attendance(cast.nam, meeting, unit, AttendanceStatus.ABSENT)
    assert service.facts_of(meeting).absent == ("Sở Tài chính", "UBND xã Nậm Hoa")
    assert len(service.facts_of(meeting).attendance) == 2


def test_the_head_of_the_office_signs_the_notice(cast: Cast) -> None:
    hoa = accounts.add_user(
        None, login="le.hoa", name="Lê Thị Minh Hòa", password=PASSWORD,
        position="Chánh Văn phòng UBND tỉnh",
    )  # fmt: skip
    accounts.give_role(None, hoa, cast.office, Role.LEADER)
    assert service.facts_of(briefing.held(cast)).signer.name == "Lê Thị Minh Hòa"


# -- drafting --------------------------------------------------------------------------------


def test_a_meeting_waits_for_its_minutes_until_every_recording_is_transcribed(cast: Cast) -> None:
    meeting = briefing.held(cast)
    assert service.waiting() == []
    briefing.transcribed(cast, meeting)
    assert service.waiting() == [meeting]
    late = briefing.transcribed(cast, meeting, [], TranscriptStatus.TRANSCRIBING)
    assert service.waiting() == []
    late.status = TranscriptStatus.READY
    service.draft_for(meeting)
    assert service.waiting() == []


def test_the_draft_rests_on_what_was_said_and_is_made_once(minutes: Minutes, cast: Cast) -> None:
    blocks = service.blocks_of(minutes)
    kinds = {block.kind for block in blocks}
    assert {BlockKind.REPORT, BlockKind.DISCUSSION, BlockKind.ASSESSMENT} <= kinds
    evidence = service.evidence_of(blocks)
    assert all(block.evidence and set(block.evidence) <= set(evidence) for block in blocks)
    assert service.draft_for(minutes.meeting) is minutes
    assert minutes.version == 1
    told = db.session.scalars(select(Notice).where(Notice.user_id == cast.nam.id)).all()
    assert [n.subject for n in told if "dự thảo" in n.subject]


def test_suspicious_sentences_stay_out_of_the_draft(cast: Cast) -> None:
    meeting = briefing.held(cast)
    transcript = briefing.transcribed(cast, meeting)
    doubtful = db.session.scalars(
        select(Segment).where(
            Segment.transcript_id == transcript.id, Segment.text.contains("2.856")
        )
    ).one()
    doubtful.suspicion = "loop"
    blocks = service.blocks_of(service.draft_for(meeting))
    assert all(doubtful.id not in block.evidence for block in blocks)
    assert not any("2.856" in block.text for block in blocks)


def test_a_second_recording_continues_the_first(cast: Cast) -> None:
    meeting = briefing.held(cast)
    said = sample.utterances()
    briefing.transcribed(cast, meeting, said[:10])
    briefing.transcribed(cast, meeting, said[10:])
    heard = service.heard_in(meeting)
    assert [u.text for u in heard.utterances] == [u.text for u in said]
    starts = [u.start for u in heard.utterances]
    assert starts == sorted(starts)
    assert sorted(heard.offsets.values())[0] == 0.0 and len(heard.offsets) == 2


# -- who may read ----------------------------------------------------------------------------


def test_only_keepers_see_a_draft_and_the_invited_once_approved(
    minutes: Minutes, cast: Cast
) -> None:
    for keeper in (cast.nam, cast.khai):
        assert service.get(keeper, minutes.id) is minutes
    for other in (cast.quan, cast.long, cast.sinh, cast.chau, cast.la):
        with pytest.raises(NotFound):
            service.get(other, minutes.id)
        assert service.listing(other) == []
    approve(minutes, cast)
    for invited in (cast.long, cast.sinh, cast.hoa, cast.chau):
        assert service.get(invited, minutes.id) is minutes
        assert service.listing(invited) == [minutes]
    for stranger in (cast.quan, cast.la):
        with pytest.raises(NotFound):
            service.get(stranger, minutes.id)


# -- editing ---------------------------------------------------------------------------------


def test_an_edit_is_a_new_version_and_the_old_one_stays(minutes: Minutes, cast: Cast) -> None:
    block_id = first(minutes, BlockKind.REPORT)
    before = service.block_in(minutes, block_id)
    service.edit_block(cast.nam, minutes, 1, block_id, "  Lời   mới của thư ký. ")
    assert minutes.version == 2
    after = service.block_in(minutes, block_id)
    assert after is not None and after.text == "Lời mới của thư ký."
    assert before is not None and after.evidence == before.evidence
    assert service.block_in(minutes, block_id, 1) == before
    newest = service.versions(minutes)[0]
    assert (newest.number, newest.author_id) == (2, cast.nam.id)
    assert [hit.link for hit in found("Lời mới của thư ký")] == [
        f"/minutes/{minutes.id}#{block_id}"
    ]


def test_an_edit_that_changes_nothing_makes_no_version(minutes: Minutes, cast: Cast) -> None:
    block = service.blocks_of(minutes)[0]
    service.edit_block(cast.nam, minutes, 1, block.id, block.text)
    assert minutes.version == 1


def test_two_people_on_one_block_the_second_is_told(minutes: Minutes, cast: Cast) -> None:
    block_id = first(minutes, BlockKind.REPORT)
    service.edit_block(cast.nam, minutes, 1, block_id, "Người thứ nhất.")
    with pytest.raises(Stale):
        service.edit_block(cast.nam, minutes, 1, block_id, "Người thứ hai.")
    with pytest.raises(Stale):
        service.remove_block(cast.nam, minutes, 1, block_id)
    kept = service.block_in(minutes, block_id)
    assert kept is not None and kept.text == "Người thứ nhất."


def test_two_people_on_two_blocks_both_get_through(minutes: Minutes, cast: Cast) -> None:
    one, two = (block.id for block in service.blocks_of(minutes)[:2])
    service.edit_block(cast.nam, minutes, 1, one, "Một.")
    service.edit_block(cast.nam, minutes, 1, two, "Hai.")
    assert [b.text for b in service.blocks_of(minutes)[:2]] == ["Một.", "Hai."]
    assert minutes.version == 3


def test_blocks_are_added_moved_and_removed(minutes: Minutes, cast: Cast) -> None:
    one = service.blocks_of(minutes)[0]
    added = service.add_block(cast.nam, minutes, 1, one.id, one.kind, "Đoạn thêm.")
    assert [b.id for b in service.blocks_of(minutes)[:2]] == [one.id, added]
    service.move_block(cast.nam, minutes, minutes.version, added, -1)
    assert [b.id for b in service.blocks_of(minutes)[:2]] == [added, one.id]
    service.move_block(cast.nam, minutes, minutes.version, added, -1)
    assert minutes.version == 3, "already first: nothing to keep"
    service.remove_block(cast.nam, minutes, minutes.version, added)
    assert service.block_in(minutes, added) is None
    assert service.block_in(minutes, added, 3) is not None
    assert found("Đoạn thêm") == []


def test_a_direction_written_by_hand_asks_for_what_it_leaves_open(
    minutes: Minutes, cast: Cast
) -> None:
    last = service.blocks_of(minutes)[-1]
    added = service.add_block(
        cast.nam, minutes, 1, last.id, BlockKind.DIRECTION, "Sở Xây dựng kiểm tra cầu.",
        assignment=Assignment(lead=("Sở Xây dựng",)),
    )  # fmt: skip
    questions = [b for b in service.blocks_of(minutes) if b.kind is BlockKind.QUESTION]
    assert [q.id for q in questions] == [f"{added}-q-due"]
    with pytest.raises(BadInput):
        service.edit_block(cast.nam, minutes, minutes.version, questions[0].id, "Khác.")
    due = Assignment(lead=("Sở Xây dựng",), due=sample.DAY)
    service.edit_block(
        cast.nam, minutes, minutes.version, added, "Sở Xây dựng kiểm tra cầu.", assignment=due
    )
    assert not [b for b in service.blocks_of(minutes) if b.kind is BlockKind.QUESTION]


@pytest.mark.parametrize("text", ["", "   \n ", "x" * 20_001])
def test_empty_and_endless_blocks_are_refused(minutes: Minutes, cast: Cast, text: str) -> None:
    with pytest.raises(BadInput):
        service.edit_block(cast.nam, minutes, 1, service.blocks_of(minutes)[0].id, text)
    assert minutes.version == 1


def test_only_secretaries_of_the_host_write(minutes: Minutes, cast: Cast) -> None:
    block_id = service.blocks_of(minutes)[0].id
    for other in (cast.khai, cast.long, cast.quan, cast.la):
        with pytest.raises(NotAllowed):
            service.edit_block(other, minutes, 1, block_id, "Không được.")
        with pytest.raises(NotAllowed):
            service.submit(other, minutes, 1)


def test_every_change_is_in_the_unbroken_record(minutes: Minutes, cast: Cast) -> None:
    service.edit_block(cast.nam, minutes, 1, service.blocks_of(minutes)[0].id, "Mới.")
    approve(minutes, cast)
    verbs = [entry.verb for entry in audit.of(minutes)]
    assert verbs == [
        "minutes.approve", "minutes.submit", "minutes.keep", "minutes.keep", "minutes.draft",
    ]  # fmt: skip
    assert audit.verify() is None


def test_submitted_minutes_cannot_be_edited_until_withdrawn(minutes: Minutes, cast: Cast) -> None:
    block_id = service.blocks_of(minutes)[0].id
    service.submit(cast.nam, minutes, 1)
    with pytest.raises(WrongState):
        service.edit_block(cast.nam, minutes, 1, block_id, "Sửa lén.")
    service.withdraw(cast.nam, minutes)
    service.edit_block(cast.nam, minutes, 1, block_id, "Sửa được.")
    assert minutes.status == MinutesStatus.DRAFT


def approve(minutes: Minutes, cast: Cast) -> None:
    kept = service.submit(cast.nam, minutes, minutes.version)
    service.approve(cast.khai, minutes, minutes.version, kept.minutes_sha256, kept.notice_sha256)


def found(words: str) -> list[search.Hit]:
    return search.find(words, SearchEntry.kind == "minutes")


def test_the_words_are_found_by_the_host_and_after_approval_by_the_invited(
    minutes: Minutes, cast: Cast, app: Flask
) -> None:
    query = select(SearchEntry.audience).where(SearchEntry.kind == "minutes").distinct()
    assert db.session.scalars(query).all() == ["host"]
    approve(minutes, cast)
    assert db.session.scalars(query).all() == ["invited"]
