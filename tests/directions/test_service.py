"""Directions are found once, follow the minutes while they can, and leaders decide them."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from meetly import audit
from meetly.accounts import service as accounts
from meetly.accounts.models import UnitKind
from meetly.directions import service
from meetly.directions.models import Direction, DirectionStatus
from meetly.errors import BadInput, NotAllowed, NotFound, Stale, WrongState
from meetly.extensions import db
from meetly.minutes import service as minutes_service
from meetly.minutes.blocks import BlockKind
from meetly.minutes.models import Minutes
from meetly.transcripts.models import Segment
from tests.cast import Cast
from tests.minutes import briefing


@pytest.fixture
def minutes(cast: Cast) -> Minutes:
    minutes = briefing.drafted(cast)
    service.propose_for(minutes)
    db.session.commit()
    return minutes


def led_by(minutes: Minutes, name: str) -> Direction:
    return next(d for d in service.of_minutes(minutes) if name in [u.name for u in d.lead])


def approve(minutes: Minutes, cast: Cast) -> None:
    kept = minutes_service.submit(cast.nam, minutes, minutes.version)
    minutes_service.approve(
        cast.khai, minutes, minutes.version, kept.minutes_sha256, kept.notice_sha256
    )


def correct(direction: Direction, cast: Cast, **changed: object) -> None:
    values: dict[str, object] = {
        "lead": [u.name for u in direction.lead],
        "coordinate": [u.name for u in direction.coordinating],
        "due": direction.due,
        "recurring": direction.recurring,
        "text": direction.text,
    }
    service.correct(cast.nam, direction, direction.version, **{**values, **changed})  # type: ignore[arg-type]


# -- finding ---------------------------------------------------------------------------------


def test_the_sample_gives_its_directions_with_units_and_deadlines(
    minutes: Minutes, cast: Cast
) -> None:
    found = [([u.name for u in d.lead], d.due) for d in service.of_minutes(minutes)]
    assert len(found) >= 9
    assert (["Sở Tài chính"], date(2026, 12, 10)) in found
    assert (["UBND xã Nậm Hoa"], date(2026, 12, 15)) in found
    assert (["Sở Xây dựng"], date(2026, 11, 30)) in found
    finance = led_by(minutes, "Sở Tài chính")
    assert finance.lead[0].unit_id == cast.finance.id
    assert "các chủ đầu tư" in [u.name for u in finance.coordinating]


def test_each_proposal_leads_to_its_block_its_segments_and_its_seconds(minutes: Minutes) -> None:
    for direction in service.of_minutes(minutes):
        block = minutes_service.block_in(minutes, direction.block_id)
        assert block is not None and block.kind is BlockKind.DIRECTION
        assert direction.text == block.text and direction.cues
        segments = [db.session.get(Segment, i) for i in direction.segment_ids]
        assert segments and all(segment is not None for segment in segments)
        assert direction.recording_id is not None
        assert direction.start is not None and direction.end is not None
        assert segments[0].start <= direction.start < direction.end  # type: ignore[union-attr]


def test_proposing_again_changes_nothing(minutes: Minutes) -> None:
    before = [(d.id, d.version) for d in service.of_minutes(minutes)]
    version = minutes.version
    assert [(d.id, d.version) for d in service.propose_for(minutes)] == before
    assert minutes.version == version
    assert len(db.session.scalars(select(Direction)).all()) == len(before)


def test_a_unit_of_another_province_is_never_meant(cast: Cast) -> None:
    accounts.add_unit(
        None, code="KH.STC", name="Sở Tài chính", kind=UnitKind.DEPARTMENT,
        parent=cast.other_province, aliases=["Sở Nội vụ"],
    )  # fmt: skip
    minutes = briefing.drafted(cast)
    service.propose_for(minutes)
    assert led_by(minutes, "Sở Tài chính").lead[0].unit_id == cast.finance.id


# -- the minutes and the proposals say the same ----------------------------------------------


def test_correcting_a_proposal_changes_its_block(minutes: Minutes, cast: Cast) -> None:
    direction = led_by(minutes, "Sở Xây dựng")
    correct(direction, cast, lead=["Sở Xây dựng"], coordinate=["Sở Y tế"], due=date(2026, 12, 1))
    block = minutes_service.block_in(minutes, direction.block_id)
    assert block is not None and block.assignment is not None
    assert block.assignment.due == date(2026, 12, 1)
    assert block.assignment.coordinate == ("Sở Y tế",)
    assert service.follow(minutes) and direction.version == 2


def test_words_changed_in_the_minutes_reach_the_proposal(minutes: Minutes, cast: Cast) -> None:
    direction = led_by(minutes, "Sở Xây dựng")
    minutes_service.edit_block(
        cast.nam, minutes, minutes.version, direction.block_id, "Sở Xây dựng lập lại dự toán."
    )
    service.follow(minutes)
    assert direction.text == "Sở Xây dựng lập lại dự toán." and direction.version == 2


def test_a_correction_over_newer_words_of_the_minutes_is_refused(
    minutes: Minutes, cast: Cast
) -> None:
    direction = led_by(minutes, "Sở Xây dựng")
    minutes_service.edit_block(
        cast.nam, minutes, minutes.version, direction.block_id, "Lời mới của thư ký."
    )
    db.session.commit()
    with pytest.raises(Stale):
        correct(direction, cast, text="Lời của người chưa thấy bản mới.")
    db.session.rollback()
    block = minutes_service.block_in(minutes, direction.block_id)
    assert block is not None and block.text == "Lời mới của thư ký."


def test_a_direction_written_in_the_minutes_is_proposed_and_a_removed_one_dismissed(
    minutes: Minutes, cast: Cast
) -> None:
    direction = led_by(minutes, "Sở Xây dựng")
    minutes_service.remove_block(cast.nam, minutes, minutes.version, direction.block_id)
    added = minutes_service.add_block(
        cast.nam, minutes, minutes.version, "", BlockKind.DIRECTION, "Sở Y tế tập huấn."
    )
    service.follow(minutes)
    assert direction.status == DirectionStatus.DISMISSED
    written = next(d for d in service.of_minutes(minutes) if d.block_id == added)
    assert written.status == DirectionStatus.PROPOSED and written.lead == []


def test_a_dismissed_proposal_leaves_the_directions_of_the_minutes_and_may_return(
    minutes: Minutes, cast: Cast
) -> None:
    direction = led_by(minutes, "Sở Xây dựng")
    with pytest.raises(BadInput):
        service.dismiss(cast.nam, direction, 1, "  ")
    service.dismiss(cast.nam, direction, direction.version, "Chỉ là trao đổi")
    block = minutes_service.block_in(minutes, direction.block_id)
    assert block is not None and block.kind is BlockKind.ASSESSMENT
    service.restore(cast.nam, direction, direction.version)
    block = minutes_service.block_in(minutes, direction.block_id)
    assert block is not None and block.kind is BlockKind.DIRECTION
    assert block.assignment is not None and block.assignment.lead == ("Sở Xây dựng",)


# -- deciding --------------------------------------------------------------------------------


def test_nothing_is_confirmed_before_the_minutes_are_approved(minutes: Minutes, cast: Cast) -> None:
    direction = led_by(minutes, "Sở Xây dựng")
    with pytest.raises(WrongState):
        service.confirm(cast.khai, direction, direction.version)
    approve(minutes, cast)
    service.confirm(cast.khai, direction, direction.version)
    assert direction.status == DirectionStatus.CONFIRMED and direction.decided_by_id == cast.khai.id
    assert audit.of(direction)[0].verb == "directions.confirm"


def test_after_approval_only_a_leader_corrects_and_the_paper_stays(
    minutes: Minutes, cast: Cast
) -> None:
    direction = led_by(minutes, "Sở Xây dựng")
    approve(minutes, cast)
    before = minutes_service.document(cast.nam, minutes, "minutes")[0]
    with pytest.raises(NotAllowed):
        correct(direction, cast, due=date(2026, 12, 2))
    service.correct(
        cast.khai, direction, direction.version, lead=["Sở Xây dựng"], coordinate=[],
        due=date(2026, 12, 2), recurring="", text=direction.text,
    )  # fmt: skip
    assert service.follow(minutes) and direction.due == date(2026, 12, 2)
    assert minutes_service.document(cast.nam, minutes, "minutes")[0] == before


def test_while_the_minutes_await_approval_proposals_rest(minutes: Minutes, cast: Cast) -> None:
    direction = led_by(minutes, "Sở Xây dựng")
    minutes_service.submit(cast.nam, minutes, minutes.version)
    with pytest.raises(WrongState):
        correct(direction, cast, due=None)
    with pytest.raises(WrongState):
        service.dismiss(cast.nam, direction, direction.version, "Không phải")


def test_a_direction_without_a_leading_unit_is_not_confirmed(minutes: Minutes, cast: Cast) -> None:
    direction = led_by(minutes, "Sở Xây dựng")
    correct(direction, cast, lead=[])
    approve(minutes, cast)
    with pytest.raises(BadInput):
        service.confirm(cast.khai, direction, direction.version)


def test_an_old_version_is_stale_for_every_decision(minutes: Minutes, cast: Cast) -> None:
    direction = led_by(minutes, "Sở Xây dựng")
    correct(direction, cast, due=None)
    with pytest.raises(Stale):
        service.dismiss(cast.nam, direction, 1, "Cũ")
    approve(minutes, cast)
    with pytest.raises(Stale):
        service.confirm(cast.khai, direction, 1)


def test_only_the_host_decides(minutes: Minutes, cast: Cast) -> None:
    direction = led_by(minutes, "Sở Xây dựng")
    approve(minutes, cast)
    for other in (cast.nam, cast.long, cast.quan, cast.la):
        with pytest.raises(NotAllowed):
            service.confirm(other, direction, direction.version)


def test_the_units_meant_see_a_confirmed_direction_and_nobody_else(
    minutes: Minutes, cast: Cast
) -> None:
    one, group = led_by(minutes, "UBND xã Nậm Hoa"), led_by(minutes, "UBND các xã, phường")
    for person in (cast.sinh, cast.chau, cast.long):
        with pytest.raises(NotFound):
            service.get(person, one.id)
    approve(minutes, cast)
    for direction in (one, group):
        service.confirm(cast.khai, direction, direction.version)
    assert service.get(cast.sinh, one.id) is one and service.get(cast.hoa, one.id) is one
    assert service.get(cast.sinh, group.id) is group and service.get(cast.chau, group.id) is group
    for stranger in (cast.chau, cast.long, cast.la, cast.quan):
        with pytest.raises(NotFound):
            service.get(stranger, one.id)
    assert {u.id for u in service.reached(group, group.lead[0])} == {
        cast.nam_hoa.id, cast.doi_thong.id,
    }  # fmt: skip
