"""Who and what of a plan is taken, and what of that one may learn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, true
from sqlalchemy.orm import Session, scoped_session

from meetly import clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role
from meetly.app import create_app
from meetly.config import Config
from meetly.extensions import db
from meetly.meetings import checks, clashes
from meetly.meetings import service as meetings
from meetly.meetings.clashes import Clash, What
from meetly.meetings.models import Meeting
from meetly.meetings.plan import LONGEST, MeetingPlan
from tests import cast as cast_of_tests
from tests.cast import Cast
from tests.meetings.plans import briefing, drafted, scheduled

Database = scoped_session[Session]
NINE = clock.from_local(datetime(2099, 11, 23, 9, 0))


def _wanted(cast: Cast, **given: Any) -> MeetingPlan:
    """Plan what begins while the briefing of the tests still goes on."""
    given = {"starts_at": NINE, "ends_at": NINE + timedelta(hours=1), **given}
    return briefing(cast, title="Cuộc họp mới", **given)


def _found(cast: Cast, plan: MeetingPlan, but: int | None = None) -> list[Clash]:
    return clashes.found(cast.nam, cast.office, plan, but=but)


def _said(found: list[Clash]) -> list[tuple[What, str]]:
    return [(clash.what, clash.name) for clash in found]


def test_chair_secretary_room_and_sites_are_taken(cast: Cast) -> None:
    meeting = scheduled(cast)
    found = _found(cast, _wanted(cast, place="PHÒNG HỌP  SỐ 1."))
    assert _said(found) == [
        (What.CHAIR, "Trần Quốc Khải"),
        (What.SECRETARY, "Đỗ Văn Nam"),
        (What.PLACE, "PHÒNG HỌP  SỐ 1."),
        (What.UNIT, "Sở Tài chính"),
        (What.UNIT, "UBND xã Nậm Hoa"),
    ]
    assert {clash.title for clash in found} == {meeting.title}
    assert (found[0].starts_at, found[0].ends_at) == (meeting.starts_at, meeting.ends_at)


def test_what_begins_when_another_ends_is_free(cast: Cast) -> None:
    meeting = scheduled(cast)
    after = _wanted(cast, starts_at=meeting.ends_at, ends_at=meeting.ends_at + timedelta(hours=1))
    before = _wanted(
        cast, starts_at=meeting.starts_at - timedelta(hours=1), ends_at=meeting.starts_at
    )
    assert _found(cast, after) == _found(cast, before) == []


def test_a_meeting_does_not_clash_with_itself_nor_with_one_called_off(cast: Cast) -> None:
    meeting = scheduled(cast)
    plan = meetings.plan_of(meeting)
    assert _found(cast, plan, but=meeting.id) == []
    meetings.cancel(cast.nam, meeting, "Mưa lũ")
    assert _found(cast, plan) == []


def test_the_longest_meeting_is_still_seen(cast: Cast) -> None:
    scheduled(
        cast, starts_at=NINE - LONGEST + timedelta(hours=1), ends_at=NINE + timedelta(hours=1)
    )
    assert What.CHAIR in {clash.what for clash in _found(cast, _wanted(cast))}


def test_a_person_is_busy_where_they_are_named_and_not_by_their_unit(cast: Cast) -> None:
    scheduled(cast, people_ids=(cast.chau.id,))
    plan = _wanted(
        cast, place="", chair_id=None, secretary_id=None, unit_ids=(), agenda=(),
        people_ids=(cast.chau.id, cast.hoa.id),
    )  # fmt: skip
    assert _said(_found(cast, plan)) == [(What.PERSON, "Nguyễn Bảo Châu")]


def test_the_unit_that_presents_a_point_is_looked_up_too(cast: Cast) -> None:
    scheduled(cast)
    plan = _wanted(cast, place="", chair_id=None, secretary_id=None, unit_ids=())
    assert _said(_found(cast, plan)) == [(What.UNIT, "Sở Tài chính")]


def test_a_unit_that_holds_a_meeting_is_no_free_site(cast: Cast) -> None:
    accounts.give_role(None, cast.hoa, cast.nam_hoa, Role.SECRETARY)
    theirs = MeetingPlan(title="Họp xã", starts_at=NINE, ends_at=NINE + timedelta(hours=1))
    meeting = meetings.schedule(cast.hoa, replace(theirs, unit_ids=(cast.doi_thong.id,)))
    plan = _wanted(cast, agenda=(), unit_ids=(cast.nam_hoa.id,))
    assert _found(cast, plan) == []  # a draft of another unit betrays nothing
    meetings.publish(cast.hoa, meeting)
    (clash,) = _found(cast, plan)
    assert (clash.what, clash.name, clash.title) == (What.UNIT, "UBND xã Nậm Hoa", "")


def _room_taken_by_others(cast: Cast) -> Clash:
    accounts.give_role(None, cast.hoa, cast.nam_hoa, Role.SECRETARY)
    theirs = MeetingPlan(title="Họp kín", starts_at=NINE, ends_at=NINE + timedelta(hours=1))
    plan = replace(theirs, place="phong hop so 1", unit_ids=(cast.doi_thong.id,))
    meetings.publish(cast.hoa, meetings.schedule(cast.hoa, plan))
    (clash,) = _found(cast, _wanted(cast, chair_id=None, agenda=(), unit_ids=()))
    return clash


def test_one_learns_that_a_room_is_taken_but_not_by_what(cast: Cast) -> None:
    clash = _room_taken_by_others(cast)
    assert (clash.what, clash.title) == (What.PLACE, "")


def test_without_the_question_who_may_see_it_the_title_would_leak(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clashes, "visible_to", lambda _user: true())
    assert _room_taken_by_others(cast).title == "Họp kín"


def test_a_room_of_the_same_name_in_another_province_is_another_room(cast: Cast) -> None:
    theirs = MeetingPlan(title="Họp", starts_at=NINE, ends_at=NINE + timedelta(hours=1))
    plan = replace(theirs, place="Phòng họp số 1", unit_ids=())
    meeting = meetings.schedule(cast.la, plan)
    meeting.status = "scheduled"  # type: ignore[assignment]
    assert _found(cast, _wanted(cast, chair_id=None)) == []


def test_ones_own_draft_is_a_clash_that_one_may_read(cast: Cast) -> None:
    drafted(cast, title="Bản nháp khác")
    assert {clash.title for clash in _found(cast, _wanted(cast))} == {"Bản nháp khác"}


def test_times_that_suit_everybody_are_proposed(cast: Cast) -> None:
    scheduled(cast)
    found = checks.of(cast.nam, cast.office, _wanted(cast))
    assert found.busy_sites == 2
    local = [f"{clock.local(moment):%a %H:%M}" for moment in found.before + found.after]
    assert local == ["Fri 15:30", "Fri 15:45", "Fri 16:00", "Mon 09:30", "Mon 09:45", "Mon 10:00"]


def test_where_some_site_is_always_busy_the_chair_and_the_room_decide(cast: Cast) -> None:
    scheduled(cast)
    week = timedelta(days=6)
    scheduled(
        cast, starts_at=NINE - week, ends_at=NINE, chair_id=None, secretary_id=None, place="",
        agenda=(), unit_ids=(cast.nam_hoa.id,),
    )  # fmt: skip
    scheduled(
        cast, starts_at=NINE, ends_at=NINE + week, chair_id=None, secretary_id=None, place="",
        agenda=(), unit_ids=(cast.nam_hoa.id,),
    )  # fmt: skip
    days = [NINE - timedelta(days=7), NINE + timedelta(days=7)]  # what is left of the fortnight
    for day in days:
        start, end = day - timedelta(days=1.5), day + timedelta(days=1.5)
        scheduled(cast, starts_at=start, ends_at=end, agenda=(), unit_ids=(cast.nam_hoa.id,))
    found = checks.of(cast.nam, cast.office, _wanted(cast))
    assert not found.for_all
    assert f"{clock.local(found.after[0]):%a %H:%M}" == "Mon 09:30"


def test_nothing_taken_asks_for_no_times(cast: Cast) -> None:
    found = checks.of(cast.nam, cast.office, _wanted(cast))
    assert (found.clashes, found.before, found.after) == ([], [], [])


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """Give the list in which every statement sent to the database lands."""
    sent: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)


def test_many_sites_need_no_more_queries_than_one(cast: Cast, statements: list[str]) -> None:
    scheduled(cast)
    _found(cast, _wanted(cast))  # reads who asks
    statements.clear()
    _found(cast, _wanted(cast, unit_ids=(cast.nam_hoa.id,)))
    few = len(statements)
    statements.clear()
    _found(cast, _wanted(cast, unit_ids=(cast.nam_hoa.id, cast.doi_thong.id, cast.builders.id)))
    assert len(statements) == few <= 6


def test_the_search_begins_at_the_time_and_reads_no_years(
    session: Database, cast: Cast, statements: list[str]
) -> None:
    _found(cast, _wanted(cast))
    (search,) = [sql for sql in statements if "meeting.starts_at <" in sql]
    plan = db.session.connection().exec_driver_sql(
        "EXPLAIN QUERY PLAN " + search, ("x",) * search.count("?")
    )
    first = plan.fetchone()
    assert first is not None and "ix_meeting_starts_at (starts_at>? AND starts_at<?)" in first[3]


def test_the_same_is_found_on_every_database(database_url: str, config: Config) -> None:
    app: Flask = create_app(Config(data=config.data, secret="s", database=database_url))
    with app.app_context():
        db.create_all()
        cast = cast_of_tests.assemble()
        scheduled(cast, people_ids=(cast.chau.id,))
        db.session.commit()
        found = _found(cast, _wanted(cast, people_ids=(cast.chau.id,)))
        assert [clash.what for clash in found] == [
            What.CHAIR, What.SECRETARY, What.PLACE, What.PERSON, What.UNIT, What.UNIT,
        ]  # fmt: skip
        assert db.session.get(Meeting, found[0].meeting_id) is not None
        db.session.remove()
        db.engine.dispose()
