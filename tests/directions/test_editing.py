"""Proposals are parted, joined, added to and replaced; the minutes follow while they can."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from meetly import audit
from meetly.accounts.models import Role
from meetly.accounts.service import add_user, give_role, set_active
from meetly.directions import service
from meetly.directions.cue_names import cue_words
from meetly.directions.models import Direction, DirectionStatus, Priority
from meetly.directions.service import Following
from meetly.errors import BadInput, NotAllowed, NotFound, Stale, WrongState
from meetly.extensions import db
from meetly.minutes import service as minutes_service
from meetly.minutes.blocks import Block, BlockKind
from meetly.minutes.issuing import service as issuing
from meetly.minutes.models import Minutes
from meetly.transcripts.models import Segment
from tests.cast import Cast
from tests.directions.test_service import approve, correct, led_by
from tests.minutes import briefing

TWO = (
    "Sở Xây dựng lập lại dự toán cầu tràn trước ngày 30/11/2026; Sở Tài chính bố trí đủ vốn cho "
    "cầu tràn trước ngày 10/12/2026."
)


@pytest.fixture
def minutes(cast: Cast) -> Minutes:
    minutes = briefing.drafted(cast)
    service.propose_for(minutes)
    db.session.commit()
    return minutes


def blocks(minutes: Minutes) -> list[Block]:
    found = minutes_service.blocks_of(minutes)
    return [block for block in found if block.kind is BlockKind.DIRECTION]


def agree(minutes: Minutes) -> None:
    """Every proposal that waits says what its block says, in the same order."""
    proposed = [
        d for d in service.follow(minutes) if d.status == DirectionStatus.PROPOSED
    ]  # fmt: skip
    said = [(b.id, b.text, b.assignment.due if b.assignment else None) for b in blocks(minutes)]
    assert [(d.block_id, d.text, d.due) for d in proposed] == said
    assert [d.ordinal for d in proposed] == list(range(1, len(proposed) + 1))


def two_in_one(minutes: Minutes, cast: Cast) -> Direction:
    direction = led_by(minutes, "Sở Xây dựng")
    correct(direction, cast, text=TWO, lead=["Sở Xây dựng"], due=date(2026, 11, 30))
    return direction


# -- parting ---------------------------------------------------------------------------------


def test_each_half_takes_the_unit_and_the_deadline_it_names(minutes: Minutes, cast: Cast) -> None:
    direction = two_in_one(minutes, cast)
    [at] = [n for n, word in enumerate(TWO.split(), 1) if word.endswith(";")]
    second = service.split(cast.nam, direction, direction.version, at)
    assert f"{direction.text} {second.text}" == TWO
    assert [u.name for u in direction.lead] == ["Sở Xây dựng"]
    assert [u.unit_id for u in second.lead] == [cast.finance.id]
    assert (direction.due, second.due) == (date(2026, 11, 30), date(2026, 12, 10))
    assert direction.segment_ids and second.segment_ids and second.start is not None
    agree(minutes)
    assert audit.of(direction)[0].verb == "directions.split"


def test_a_half_without_a_unit_goes_on_with_the_whole_and_no_date_is_invented(
    minutes: Minutes, cast: Cast
) -> None:
    direction = led_by(minutes, "UBND xã Nậm Hoa")
    words = direction.text.split()
    at = words.index("bàn")
    second = service.split(cast.nam, direction, direction.version, at)
    assert [u.name for u in second.lead] == ["UBND xã Nậm Hoa"]
    assert second.due == date(2026, 12, 15), "its words say it"
    assert direction.due is None, "a question to the chair, not a guess"
    agree(minutes)


def test_a_date_put_there_by_hand_stays_with_both_halves(minutes: Minutes, cast: Cast) -> None:
    direction = led_by(minutes, "Sở Nông nghiệp và Môi trường")
    correct(direction, cast, due=date(2026, 12, 31), text="Sở Y tế kiểm tra thuốc, lo chăn ấm.")
    second = service.split(cast.nam, direction, direction.version, 6)
    assert (direction.due, second.due) == (date(2026, 12, 31), date(2026, 12, 31))


def test_a_half_must_have_words(minutes: Minutes, cast: Cast) -> None:
    direction = led_by(minutes, "Sở Xây dựng")
    for at in (0, -3, len(direction.text.split()), 10**6):
        with pytest.raises(BadInput):
            service.split(cast.nam, direction, direction.version, at)
    agree(minutes)


def test_likely_places_come_first() -> None:
    assert service.breaks("Rà soát dự án; lập dự toán, báo cáo.")[:2] == [4, 7]
    assert service.breaks("Một") == []


# -- joining ---------------------------------------------------------------------------------


def test_two_become_one_with_all_units_and_the_earlier_date(minutes: Minutes, cast: Cast) -> None:
    first, second = led_by(minutes, "Sở Tài chính"), led_by(minutes, "UBND xã Nậm Hoa")
    texts, heard = [first.text, second.text], {*first.segment_ids, *second.segment_ids}
    kept, count = first.block_id, len(blocks(minutes))
    service.merge(cast.nam, first, first.version, second, second.version)
    assert first.text == " ".join(texts) and set(first.segment_ids) == heard
    assert [u.name for u in first.lead] == ["Sở Tài chính", "UBND xã Nậm Hoa"]
    assert first.due == date(2026, 12, 10)
    assert second.status == DirectionStatus.DISMISSED and second.dismissal
    assert first.block_id == kept and len(blocks(minutes)) == count - 1
    agree(minutes)


def test_what_was_joined_can_be_restored_with_a_block_of_its_own(
    minutes: Minutes, cast: Cast
) -> None:
    first, second = led_by(minutes, "Sở Tài chính"), led_by(minutes, "UBND xã Nậm Hoa")
    text = second.text
    service.merge(cast.nam, first, first.version, second, second.version)
    service.restore(cast.nam, second, second.version)
    block = minutes_service.block_in(minutes, second.block_id)
    assert block is not None and block.text == text and block.kind is BlockKind.DIRECTION
    service.follow(minutes)
    assert second.status == DirectionStatus.PROPOSED


def test_only_two_proposals_of_the_same_minutes_are_joined(minutes: Minutes, cast: Cast) -> None:
    first, second = led_by(minutes, "Sở Tài chính"), led_by(minutes, "UBND xã Nậm Hoa")
    with pytest.raises(BadInput):
        service.merge(cast.nam, first, first.version, first, first.version)
    with pytest.raises(Stale):
        service.merge(cast.nam, first, first.version, second, second.version + 1)
    service.dismiss(cast.nam, second, second.version, "Chỉ là trao đổi")
    with pytest.raises(WrongState):
        service.merge(cast.nam, first, first.version, second, second.version)
    assert minutes_service.block_in(minutes, first.block_id) is not None


# -- adding ----------------------------------------------------------------------------------


def test_missed_words_become_a_direction_with_what_they_say(minutes: Minutes, cast: Cast) -> None:
    segment = db.session.scalars(select(Segment).order_by(Segment.id.desc())).first()
    assert segment is not None
    words = "giao Sở Y tế  tập huấn sơ cứu cho các trạm, báo cáo trước ngày 20/12/2026"
    added = service.add(cast.nam, minutes, words, [segment.id])
    assert [u.name for u in added.lead] == ["Sở Y tế"] and added.due == date(2026, 12, 20)
    assert added.segment_ids == [segment.id] and added.start == segment.start
    assert added.text.startswith("Giao Sở Y tế") and added.span == " ".join(words.split())
    assert added.cues
    agree(minutes)
    assert service.add(cast.nam, minutes, words, [segment.id]) is added, "twice is once"


def test_words_without_unit_or_date_leave_both_open(minutes: Minutes, cast: Cast) -> None:
    added = service.add(cast.nam, minutes, "việc này phải làm cho xong đấy nhé", [])
    assert added.lead == [] and added.due is None and added.start is None


def test_what_was_heard_elsewhere_is_not_evidence_here(minutes: Minutes, cast: Cast) -> None:
    with pytest.raises(NotFound):
        service.add(cast.nam, minutes, "giao Sở Y tế tập huấn sơ cứu", [10**6])
    for words in ("  ", "chữ " * 4000):
        with pytest.raises(BadInput):
            service.add(cast.nam, minutes, words, [])
    with pytest.raises(NotAllowed):
        service.add(cast.long, minutes, "giao Sở Y tế tập huấn sơ cứu", [])


# -- after the approval ----------------------------------------------------------------------


def test_after_the_approval_only_a_leader_parts_joins_and_adds_and_the_paper_stays(
    minutes: Minutes, cast: Cast
) -> None:
    first, second = led_by(minutes, "Sở Tài chính"), led_by(minutes, "UBND xã Nậm Hoa")
    approve(minutes, cast)
    before = minutes_service.blocks_of(minutes)
    with pytest.raises(NotAllowed):
        service.split(cast.nam, first, first.version, 5)
    with pytest.raises(NotAllowed):
        service.merge(cast.nam, first, first.version, second, second.version)
    with pytest.raises(NotAllowed):
        service.add(cast.nam, minutes, "giao Sở Y tế tập huấn sơ cứu", [])
    half = service.split(cast.khai, first, first.version, 5)
    assert half.block_id == first.block_id
    service.merge(cast.khai, half, half.version, second, second.version)
    added = service.add(cast.khai, minutes, "giao Sở Y tế tập huấn sơ cứu", [])
    assert added.block_id == ""
    order = [d.id for d in service.follow(minutes)]
    assert order.index(half.id) == order.index(first.id) + 1 and order[-1] == added.id
    assert minutes_service.blocks_of(minutes) == before
    service.confirm(cast.khai, added, added.version)


def test_reopened_minutes_rule_again_but_what_was_given_out_or_added_stays(
    minutes: Minutes, cast: Cast
) -> None:
    one, other = led_by(minutes, "Sở Tài chính"), led_by(minutes, "UBND xã Nậm Hoa")
    whole = one.text
    approve(minutes, cast)
    half = service.split(cast.khai, one, one.version, 5)
    given = service.split(cast.khai, other, other.version, 5)
    for direction in (other, given):
        service.confirm(cast.khai, direction, direction.version)
    added = service.add(cast.khai, minutes, "giao Sở Y tế tập huấn sơ cứu", [])
    issuing.reopen(cast.khai, minutes, "Sửa lại một đoạn.")
    other_block = led_by(minutes, "Sở Xây dựng").block_id
    minutes_service.edit_block(cast.nam, minutes, minutes.version, other_block, "Lời mới.")
    service.follow(minutes)
    assert one.text == whole and half.status == DirectionStatus.DISMISSED
    assert (other.status, given.status) == (DirectionStatus.CONFIRMED, DirectionStatus.CONFIRMED)
    assert added.status == DirectionStatus.PROPOSED


def test_while_the_minutes_await_approval_nothing_is_parted_joined_or_added(
    minutes: Minutes, cast: Cast
) -> None:
    first, second = led_by(minutes, "Sở Tài chính"), led_by(minutes, "UBND xã Nậm Hoa")
    minutes_service.submit(cast.nam, minutes, minutes.version)
    with pytest.raises(WrongState):
        service.split(cast.nam, first, first.version, 5)
    with pytest.raises(WrongState):
        service.merge(cast.nam, first, first.version, second, second.version)
    with pytest.raises(WrongState):
        service.add(cast.nam, minutes, "giao Sở Y tế tập huấn sơ cứu", [])


def test_a_slower_hand_changes_nothing(minutes: Minutes, cast: Cast) -> None:
    direction = led_by(minutes, "Sở Xây dựng")
    seen = direction.version
    correct(direction, cast, text="Lời của người nhanh hơn.")
    for change in (
        lambda: service.split(cast.nam, direction, seen, 2),
        lambda: service.merge(
            cast.nam, direction, seen, led_by(minutes, "Sở Tài chính"), 1
        ),
    ):  # fmt: skip
        with pytest.raises(Stale):
            change()
    assert direction.text == "Lời của người nhanh hơn."


# -- following up and replacing --------------------------------------------------------------


def test_product_report_priority_and_officer_are_kept_and_left_alone_where_not_given(
    minutes: Minutes, cast: Cast
) -> None:
    direction = led_by(minutes, "Sở Xây dựng")
    following = Following("Hồ sơ dự toán", "Phó Chủ tịch", Priority.URGENT, cast.nam.id)
    correct(direction, cast, following=following)
    assert (direction.product, direction.report_to) == ("Hồ sơ dự toán", "Phó Chủ tịch")
    block = minutes_service.block_in(minutes, direction.block_id)
    assert block is not None and block.assignment is not None
    assert block.assignment.product == "Hồ sơ dự toán"
    correct(direction, cast, due=None)
    assert direction.priority == Priority.URGENT and direction.officer_id == cast.nam.id
    correct(direction, cast, following=Following(officer_id=0))
    assert direction.officer_id is None


def test_the_officer_works_for_the_giver(minutes: Minutes, cast: Cast) -> None:
    direction = led_by(minutes, "Sở Xây dựng")
    gone = add_user(None, login="gone", name="Người Đã Nghỉ", password="mật khẩu rất dài")
    give_role(None, gone, cast.office, Role.SECRETARY)
    set_active(cast.quan, gone, False)
    for person in (cast.long, cast.la, gone):
        with pytest.raises(BadInput):
            correct(direction, cast, following=Following(officer_id=person.id))
    assert {officer.id for officer in service.officers(cast.office)} == {cast.khai.id, cast.nam.id}


def test_a_later_direction_takes_an_earlier_ones_place_once(minutes: Minutes, cast: Cast) -> None:
    approve(minutes, cast)
    old, new, third = service.of_minutes(minutes)[:3]
    for direction in (old, new, third):
        service.confirm(cast.khai, direction, direction.version)
    with pytest.raises(NotAllowed):
        service.supersede(cast.nam, old, new)
    service.supersede(cast.khai, old, new)
    service.supersede(cast.khai, old, new)
    assert old.superseded_by_id == new.id
    with pytest.raises(WrongState):
        service.supersede(cast.khai, old, third)
    with pytest.raises(WrongState):
        service.supersede(cast.khai, new, new)


def test_only_confirmed_directions_replace_each_other(minutes: Minutes, cast: Cast) -> None:
    approve(minutes, cast)
    old, new = service.of_minutes(minutes)[:2]
    service.confirm(cast.khai, old, old.version)
    with pytest.raises(WrongState):
        service.supersede(cast.khai, old, new)


# -- saying why ------------------------------------------------------------------------------


def test_cues_are_told_in_words_also_those_of_old_rows() -> None:
    assert cue_words(["order:giao", "deadline:trước ngày 15/12"]) == (
        "lời giao việc “giao”; thời hạn “trước ngày 15/12”"
    )
    assert cue_words(["order", "verb", "new-kind"]) == "lời giao việc; việc phải làm; new-kind"


def test_names_are_offered_of_the_givers_tree_only(minutes: Minutes, cast: Cast) -> None:
    direction = led_by(minutes, "Sở Xây dựng")
    assert "UBND xã Nậm Hoa" in service.names(direction, "nam hoa")
    assert service.names(direction, "UBND tỉnh Khác") == [] and service.names(direction, " ") == []
