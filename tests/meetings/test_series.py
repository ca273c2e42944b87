"""Series: meetings open ahead by themselves, and what is said of one of them stays there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from meetly import clock
from meetly.accounts import service as accounts
from meetly.accounts.models import UnitKind, User
from meetly.app import create_app
from meetly.config import Config
from meetly.errors import BadInput, NotAllowed, NotFound, Stale, WrongState
from meetly.extensions import db
from meetly.meetings import service as meetings
from meetly.meetings.audience import Audience
from meetly.meetings.models import Meeting, MeetingStatus
from meetly.meetings.plan import AgendaPlan
from meetly.meetings.planning import plan_of
from meetly.meetings.series import service
from meetly.meetings.series.models import HolidayPolicy, Series
from meetly.meetings.series.recurrence import Rule, Shape
from meetly.meetings.series.service import Design
from meetly.meetings.series.template import Expected
from meetly.notices.models import Notice
from tests import cast as cast_of_tests
from tests.cast import Cast
from tests.meetings.plans import briefing
from workers import open_occurrences

Later = Callable[[timedelta], None]

#: a Thursday; no public holiday for months
NOW = clock.from_local(datetime(2098, 6, 5, 9, 0))
MONDAY = date(2098, 6, 9)
WEEKLY = Rule(Shape.WEEKLY, weekdays=(0,))
REPORT = Expected("Báo cáo tuần", 1, Audience(groups=("localities",)), 2, time(16, 0))


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, peopled_database: Path) -> Iterator[Later]:
    """Stop the clock; the test lets time pass.

    The cast of all tests is born before: else it would be unborn in those that come after.
    """
    moment = NOW

    def later(step: timedelta) -> None:
        nonlocal moment
        moment += step

    monkeypatch.setattr(clock, "now", lambda: moment)
    yield later


def design(cast: Cast, rule: Rule = WEEKLY, **given: Any) -> Design:
    start = clock.from_local(datetime.combine(MONDAY, time(8, 0)))
    plan = briefing(cast, starts_at=start, ends_at=start + timedelta(minutes=90))
    plan = replace(plan, title="Giao ban tuần", **given.pop("plan", {}))
    audience = given.pop("audience", Audience(unit_ids=plan.unit_ids, people_ids=plan.people_ids))
    return Design(plan=plan, audience=audience, rule=rule, **given)


def begun(cast: Cast, rule: Rule = WEEKLY, **given: Any) -> Series:
    return service.begin(cast.nam, cast.office, design(cast, rule, **given))


def open_everywhere() -> list[Meeting]:
    behind = [db.session.get_one(Series, number) for number in service.behind()]
    return [meeting for series in behind for meeting in service.open_ahead(series)]


def days(series: Series) -> list[str]:
    return [f"{clock.local(m.starts_at):%d/%m}" for m in service.coming(series)]


def told(person: User) -> list[str]:
    query = select(Notice.subject).where(Notice.user_id == person.id).order_by(Notice.id)
    return list(db.session.scalars(query))


# -- opening ahead -----------------------------------------------------------------------------


def test_the_next_eight_weeks_are_there_at_once(cast: Cast) -> None:
    series = begun(cast)
    assert days(series)[:3] == ["09/06", "16/06", "23/06"]
    assert len(days(series)) == 8
    first = service.coming(series)[0]
    assert (first.status, first.title, first.uid) == ("draft", "Giao ban tuần", series.uid)
    assert clock.local(first.ends_at).hour == 9
    assert meetings.invited_unit_ids(first) == {cast.finance.id, cast.nam_hoa.id}
    assert first.agenda[0].title == "Giải ngân vốn đầu tư công"


def test_next_week_is_already_there_when_time_has_passed(cast: Cast, now: Later) -> None:
    series = begun(cast)
    db.session.commit()
    assert open_occurrences.run() == 0
    now(timedelta(weeks=3))
    assert open_occurrences.run() == 3
    assert open_occurrences.run() == 0
    assert len(days(series)) == 8


def test_a_rare_meeting_is_there_twice_and_a_daily_one_not_for_ever(cast: Cast) -> None:
    yearly = begun(cast, Rule(Shape.MONTHLY_DAY, interval=12, day=6))
    assert len(days(yearly)) == 2
    assert len(days(begun(cast, Rule(Shape.DAILY)))) == 30


def test_opening_stops_at_the_end_of_the_rule_and_of_the_series(cast: Cast, now: Later) -> None:
    counted = begun(cast, replace(WEEKLY, count=3))
    assert len(days(counted)) == 3
    endless = begun(cast)
    service.end(cast.nam, endless)
    now(timedelta(weeks=3))
    assert open_everywhere() == []
    with pytest.raises(WrongState):
        service.end(cast.nam, endless)


def test_a_cancelled_meeting_is_not_opened_again(cast: Cast) -> None:
    series = begun(cast)
    service.publish(cast.nam, series)
    meetings.cancel(cast.nam, service.coming(series)[1], "Trùng kỳ họp HĐND")
    assert service.open_ahead(series) == []
    assert [m.status for m in service.coming(series)].count(MeetingStatus.CANCELLED) == 1


def test_a_holiday_takes_its_meeting(cast: Cast) -> None:
    start = clock.from_local(datetime(2098, 10, 28, 8, 0))
    late = design(cast, Rule(Shape.MONTHLY_DAY, day=24))  # 24/11 is a holiday
    late = replace(
        late, plan=replace(late.plan, starts_at=start, ends_at=start + timedelta(hours=1))
    )
    series = service.begin(cast.nam, cast.office, late)
    assert days(series) == ["24/12", "24/02"]  # in January it is Tết
    moved = replace(late, holidays=HolidayPolicy.NEXT_WORKING_DAY)
    assert days(service.begin(cast.nam, cast.office, moved))[0] == "25/11"


def test_who_has_left_does_not_stop_a_meeting_from_opening(cast: Cast, now: Later) -> None:
    series = begun(cast)
    series.template = {**series.template, "chair_id": 10_000, "secretary_id": 10_000}
    db.session.flush()
    now(timedelta(weeks=1))
    [meeting] = open_everywhere()
    assert meeting.chair_id is None and meeting.secretary_id is None
    assert meeting.title == "Giao ban tuần"


def test_a_unit_founded_later_belongs_to_its_group(cast: Cast, now: Later) -> None:

    series = begun(cast, audience=Audience(groups=("localities",), without=(cast.doi_thong.id,)))
    new = accounts.add_unit(
        None, code="LG.MOI", name="UBND xã Mới", kind=UnitKind.COMMUNE, parent=cast.province
    )
    now(timedelta(weeks=1))
    [meeting] = open_everywhere()
    invited = meetings.invited_unit_ids(meeting)
    assert {new.id, cast.nam_hoa.id} <= invited and cast.doi_thong.id not in invited
    assert new.id not in meetings.invited_unit_ids(service.coming(series)[0])


def test_reports_are_due_working_days_before(cast: Cast) -> None:
    series = begun(cast, reports=(REPORT,))
    [due] = service.reports_due(service.coming(series)[0])
    assert (due.title, due.ordinal, due.unit_ids) == ("Báo cáo tuần", 1, (cast.nam_hoa.id,))
    assert clock.local(due.due_at).strftime("%a %d/%m %H:%M") == "Thu 05/06 16:00"


# -- inviting and changing ---------------------------------------------------------------------


def test_a_whole_series_is_opened_with_one_word_to_each(cast: Cast, now: Later) -> None:
    series = begun(cast)
    assert service.publish(cast.nam, series) == 4
    assert {m.status for m in service.coming(series)} == {MeetingStatus.SCHEDULED}
    assert told(cast.hoa) == ["Mời họp định kỳ: Giao ban tuần"]
    body = db.session.scalar(select(Notice.body).where(Notice.user_id == cast.hoa.id))
    assert body and "thứ Hai hằng tuần, 8 giờ 00, 90 phút" in body
    now(timedelta(weeks=1))
    [opened] = open_everywhere()
    assert opened.status == MeetingStatus.SCHEDULED
    assert len(told(cast.hoa)) == 1
    with pytest.raises(WrongState):
        service.publish(cast.nam, series)


def test_what_was_changed_on_one_meeting_stays_when_the_series_changes(cast: Cast) -> None:
    series = begun(cast)
    service.publish(cast.nam, series)
    first, second, *_ = service.coming(series)
    moved = replace(
        plan_of(second), place="Hội trường UBND xã Nậm Hoa",
        starts_at=second.starts_at + timedelta(days=1), ends_at=second.ends_at + timedelta(days=1),
    )  # fmt: skip
    meetings.change(cast.nam, second, second.version, moved)
    assert second.own_parts == ["place", "time"]
    kept = [item.id for item in first.agenda]
    new = design(cast, plan={"place": "Phòng họp số 2"})
    new = replace(new, plan=replace(new.plan, agenda=(
        AgendaPlan("Thảo luận"), AgendaPlan("Giải ngân vốn đầu tư công", cast.finance.id, 20),
    )))  # fmt: skip
    changed = service.change(cast.nam, series, series.version, new)
    assert {change.part for change in changed} == {"place", "agenda"}
    assert first.place == "Phòng họp số 2"
    assert second.place == "Hội trường UBND xã Nậm Hoa"
    assert clock.local(second.starts_at).day == 17
    assert [item.title for item in second.agenda] == ["Thảo luận", "Giải ngân vốn đầu tư công"]
    assert sorted(item.id for item in first.agenda) == sorted(kept), "materials lost their point"


def test_a_change_is_told_once_and_only_to_whom_it_concerns(cast: Cast) -> None:
    series = begun(cast)
    service.publish(cast.nam, series)
    new = design(cast, plan={"place": "Phòng họp số 2", "agenda": (),
                             "unit_ids": (cast.nam_hoa.id, cast.doi_thong.id)},
                 audience=Audience(unit_ids=(cast.nam_hoa.id, cast.doi_thong.id)))  # fmt: skip
    service.change(cast.nam, series, series.version, new)
    assert told(cast.hoa)[1:] == ["Thay đổi lịch họp định kỳ: Giao ban tuần"]
    assert told(cast.chau) == ["Mời họp định kỳ: Giao ban tuần"]
    assert told(cast.long)[1:] == ["Không còn trong thành phần họp: Giao ban tuần"]
    before = len(told(cast.hoa))
    assert service.change(cast.nam, series, series.version, new) == []
    assert len(told(cast.hoa)) == before


def test_another_rule_opens_new_days_and_takes_away_what_nobody_heard_of(cast: Cast) -> None:
    series = begun(cast)
    tuesday = design(cast, Rule(Shape.WEEKLY, weekdays=(1,)))
    service.change(cast.nam, series, series.version, tuesday)
    assert days(series)[:2] == ["10/06", "17/06"]
    assert {m.status for m in service.coming(series)} == {MeetingStatus.DRAFT}


def test_another_rule_cancels_what_people_heard_of_and_keeps_what_was_moved(cast: Cast) -> None:
    series = begun(cast)
    service.publish(cast.nam, series)
    second = service.coming(series)[1]
    later = replace(plan_of(second), starts_at=second.starts_at + timedelta(hours=6),
                    ends_at=second.ends_at + timedelta(hours=6))  # fmt: skip
    meetings.change(cast.nam, second, second.version, later)
    tuesday = design(cast, Rule(Shape.WEEKLY, weekdays=(1,)))
    service.change(cast.nam, series, series.version, tuesday)
    by_status = {m.id: m.status for m in service.coming(series)}
    assert by_status[second.id] == MeetingStatus.SCHEDULED
    assert list(by_status.values()).count(MeetingStatus.CANCELLED) == 7
    assert "10/06" in days(series)
    told_now = told(cast.hoa)
    assert told_now[-1] == "Thay đổi lịch họp định kỳ: Giao ban tuần" and len(told_now) == 3


def test_of_two_who_change_a_series_the_second_is_told(cast: Cast) -> None:
    series = begun(cast)
    version = series.version
    service.change(cast.nam, series, version, design(cast, plan={"place": "A"}))
    with pytest.raises(Stale):
        service.change(cast.nam, series, version, design(cast, plan={"place": "B"}))


def test_a_rule_that_never_comes_is_refused(cast: Cast) -> None:
    with pytest.raises(BadInput):
        begun(cast, replace(WEEKLY, until=date(2098, 6, 1)))


def test_only_those_who_keep_meetings_keep_series(cast: Cast) -> None:
    series = begun(cast)
    assert service.get(cast.khai, series.id) is series
    with pytest.raises(NotAllowed):
        service.get_to_change(cast.khai, series.id)
    for stranger in (cast.hoa, cast.la, cast.quan, cast.long):
        with pytest.raises(NotFound):
            service.get(stranger, series.id)
    with pytest.raises(NotAllowed):
        service.begin(cast.la, cast.office, design(cast))


# -- two at once -------------------------------------------------------------------------------


def test_two_openers_at_once_open_each_meeting_once(database_url: str, config: Config) -> None:
    app: Flask = create_app(Config(data=config.data, secret="s", database=database_url))
    with app.app_context():
        db.create_all()
        cast = cast_of_tests.assemble()
        series = begun(cast)
        for meeting in service.coming(series)[3:]:
            db.session.delete(meeting)
        db.session.commit()
        series_id = series.id
        db.session.remove()
        wrong: list[BaseException] = []

        def work() -> None:
            with app.app_context():
                try:
                    open_occurrences.run()
                except BaseException as error:
                    wrong.append(error)
                finally:
                    db.session.remove()

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        count = select(func.count(), func.count(Meeting.occurrence.distinct()))
        assert wrong == []
        assert tuple(db.session.execute(count.where(Meeting.series_id == series_id)).one()) == (
            8,
            8,
        )
        db.session.remove()
        db.engine.dispose()


# -- the pages ---------------------------------------------------------------------------------


def typed(**more: Any) -> dict[str, Any]:
    return {
        "title": "Giao ban tuần", "day": "2098-06-09", "starts": "08:00", "ends": "09:30",
        "place": "Phòng họp số 1", "chair": "0", "secretary": "0", "repeat": "weekly",
        "holidays": "skip", "all_localities": "1", **more,
    }  # fmt: skip


def test_one_page_plans_and_invites_to_the_weekly_briefing(
    cast: Cast, sign_in: Callable[[User], FlaskClient]
) -> None:
    db.session.commit()
    browser = sign_in(cast.nam)
    report = {"reports-0-title": "Báo cáo tuần", "reports-0-owers": "localities",
              "reports-0-days_before": "1", "reports-0-by": "16:00"}  # fmt: skip
    answer = browser.post("/meetings/new", data=typed(invite="1", **report))
    assert answer.status_code == 302, answer.text
    series = db.session.scalars(select(Series)).one()
    assert series.published_at and len(service.coming(series)) == 8
    assert service.reports_due(service.coming(series)[0])[0].title == "Báo cáo tuần"
    page = browser.get(answer.location)
    assert "Thứ Hai hằng tuần" in page.text or "thứ Hai hằng tuần" in page.text
    assert "Giao ban tuần" in browser.get("/meetings/series").text
    assert "Giao ban tuần" in sign_in(cast.chau).get("/meetings").text


def test_the_next_days_are_shown_before_anything_is_saved(
    cast: Cast, sign_in: Callable[[User], FlaskClient]
) -> None:
    db.session.commit()
    browser = sign_in(cast.nam)
    piece = browser.post(
        "/meetings/new", data=typed(check="1", day="2098-11-24", repeat="day"),
        headers={"HX-Request": "true", "HX-Target": "dates"},
    )  # fmt: skip
    assert "ngày 24 hằng tháng" in piece.text.lower() and "nghỉ: " in piece.text
    assert "<html" not in piece.text
    assert db.session.scalar(select(func.count(Series.id))) == 0


def test_a_rule_that_is_none_is_said_beside_its_field(
    cast: Cast, sign_in: Callable[[User], FlaskClient]
) -> None:
    db.session.commit()
    both = typed(until="2098-12-31", count="4")
    page = sign_in(cast.nam).post("/meetings/new", data=both)
    assert page.status_code == 422
    assert "Chỉ chọn một cách kết thúc" in page.text


def test_a_series_is_changed_on_the_same_page(
    cast: Cast, sign_in: Callable[[User], FlaskClient]
) -> None:
    series = begun(cast, reports=(REPORT,))
    db.session.commit()
    browser = sign_in(cast.nam)
    page = browser.get(f"/meetings/series/{series.id}/change")
    assert "Báo cáo tuần" in page.text and 'value="weekly" selected' in page.text.replace(
        'selected value="weekly"', 'value="weekly" selected'
    )
    change = typed(version=series.version, place="Phòng họp số 3", day="2098-06-09")
    answer = browser.post(f"/meetings/series/{series.id}/change", data=change)
    assert answer.status_code == 302, answer.text
    assert {m.place for m in service.coming(series)} == {"Phòng họp số 3"}
    stale = browser.post(f"/meetings/series/{series.id}/change", data=change)
    assert stale.status_code == 422 and "sau khi bạn mở" in stale.text
    none = browser.post(f"/meetings/series/{series.id}/change", data=change | {"repeat": ""})
    assert none.status_code == 422


def test_the_month_names_its_holidays(cast: Cast, sign_in: Callable[[User], FlaskClient]) -> None:
    db.session.commit()
    assert "Quốc khánh" in sign_in(cast.hoa).get("/meetings/month?month=2027-09").text


def test_moments_are_aware(cast: Cast) -> None:
    assert all(m.occurrence and m.occurrence.tzinfo == UTC for m in service.coming(begun(cast)))
