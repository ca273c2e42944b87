"""Changing what recurs: nothing said, heard or called off of one meeting is lost on the way."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from meetly import clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, UnitKind, User
from meetly.app import create_app
from meetly.config import Config
from meetly.errors import BadInput, WrongState
from meetly.extensions import db
from meetly.materials import service as materials
from meetly.meetings import service as meetings
from meetly.meetings.audience import Audience
from meetly.meetings.models import Meeting, MeetingStatus
from meetly.meetings.planning import plan_of, usable
from meetly.meetings.series import service
from meetly.meetings.series.carrying import OPEN
from meetly.meetings.series.models import Series
from meetly.meetings.series.recurrence import Rule, Shape
from meetly.meetings.series.template import applied
from meetly.notices import service as notices
from tests import cast as cast_of_tests
from tests.cast import Cast
from tests.meetings.test_series import MONDAY, WEEKLY, begun, days, design, now, told, typed
from workers import open_occurrences

__all__ = ["now"]  # the clock of the tests of series stands here as well

TUESDAYS = Rule(Shape.WEEKLY, weekdays=(1,))
AFTERNOON = clock.from_local(datetime.combine(MONDAY, time(14, 0)))
LATER = {"starts_at": AFTERNOON, "ends_at": AFTERNOON + timedelta(minutes=90)}


def published(cast: Cast, **given: Any) -> Series:
    series = begun(cast, **given)
    service.publish(cast.nam, series)
    return series


def living(series: Series) -> list[Meeting]:
    return [m for m in service.coming(series) if m.status in OPEN]


def own(cast: Cast, meeting: Meeting, **given: Any) -> None:
    meetings.change(cast.nam, meeting, meeting.version, replace(plan_of(meeting), **given))


def change(cast: Cast, series: Series, rule: Rule = WEEKLY, **given: Any) -> None:
    service.change(cast.nam, series, series.version, design(cast, rule, **given))


# -- another hour ----------------------------------------------------------------------------


def test_another_hour_moves_the_meetings_and_keeps_their_papers(cast: Cast) -> None:
    series = published(cast)
    before = living(series)
    paper = materials.add(cast.nam, before[0], "a.txt", io.BytesIO(b"a"), title="Tài liệu")
    change(cast, series, plan=LATER)
    after = living(series)
    assert [m.id for m in after] == [m.id for m in before]
    assert {clock.local(m.starts_at).hour for m in after} == {14}
    assert all(m.occurrence == m.starts_at for m in after)
    assert materials.of_meeting(cast.nam, after[0]) == [paper]


def test_a_day_called_off_by_hand_stays_empty_at_another_hour(cast: Cast) -> None:
    series = published(cast)
    second = living(series)[1]
    meetings.cancel(cast.nam, second, "Trùng họp tỉnh")
    change(cast, series, plan=LATER)
    assert len(living(series)) == 7
    assert service.open_ahead(series) == []
    assert second.occurrence == clock.from_local(
        datetime.combine(MONDAY + timedelta(weeks=1), time(14, 0))
    )


def test_a_time_moved_by_hand_stays_at_another_hour(cast: Cast) -> None:
    series = published(cast)
    moved = living(series)[1]
    start = moved.starts_at + timedelta(days=2)
    own(cast, moved, starts_at=start, ends_at=start + timedelta(hours=1))
    change(cast, series, plan=LATER)
    assert (moved.status, moved.starts_at) == (MeetingStatus.SCHEDULED, start)
    assert len(living(series)) == 8


# -- another rule ----------------------------------------------------------------------------


def test_a_rule_changed_and_changed_back_has_its_meetings_again(cast: Cast) -> None:
    series = published(cast)
    mondays = days(series)
    change(cast, series, TUESDAYS)
    change(cast, series)
    assert [f"{clock.local(m.starts_at):%d/%m}" for m in living(series)] == mondays


def test_a_draft_somebody_worked_on_is_called_off_not_deleted(cast: Cast) -> None:
    series = begun(cast)
    worked_on = living(series)[1]
    own(cast, worked_on, note="Chỉ buổi này: mang bản đồ")
    start = worked_on.starts_at
    change(cast, series, TUESDAYS)
    left = db.session.scalars(select(Meeting).where(Meeting.starts_at == start)).all()
    assert [(m.note, m.status) for m in left] == [
        ("Chỉ buổi này: mang bản đồ", MeetingStatus.CANCELLED)
    ]


# -- who is told -----------------------------------------------------------------------------


def test_guests_of_one_meeting_alone_hear_that_it_is_called_off(cast: Cast) -> None:
    series = published(cast)
    one = living(series)[0]
    own(cast, one, unit_ids=(*plan_of(one).unit_ids, cast.doi_thong.id))
    change(cast, series, TUESDAYS)
    assert told(cast.chau) == ["Mời họp: Giao ban tuần", "Thay đổi lịch họp định kỳ: Giao ban tuần"]


def test_guests_of_an_announced_meeting_of_a_draft_series_hear_of_a_change(cast: Cast) -> None:
    series = begun(cast)
    meetings.publish(cast.nam, living(series)[0])
    change(cast, series, plan={"place": "Phòng số 2"})
    assert told(cast.hoa) == ["Mời họp: Giao ban tuần", "Thay đổi lịch họp định kỳ: Giao ban tuần"]


def test_what_does_not_take_place_is_named_day_by_day(cast: Cast) -> None:
    series = published(cast)
    change(cast, series, TUESDAYS)
    body = notices.latest(cast.hoa)[0].body
    assert "Những buổi không họp nữa:\n- thứ Hai, 09/06/2098" in body


def test_the_people_of_a_unit_founded_later_are_told_once(
    cast: Cast, now: Callable[[timedelta], None]
) -> None:
    series = published(cast, audience=Audience(groups=("localities",)))
    new = accounts.add_unit(
        None, code="LG.MM", name="UBND xã Mường Mới", kind=UnitKind.COMMUNE, parent=cast.province
    )
    person = accounts.add_user(None, login="moi", name="Lò Văn Mới", password="một mật khẩu dài")
    accounts.give_role(None, person, new, Role.PARTICIPANT)
    for _week in range(2):
        now(timedelta(weeks=1))
        [opened] = service.open_ahead(series)
        assert new.id in meetings.invited_unit_ids(opened)
    assert told(person) == ["Mời họp định kỳ: Giao ban tuần"]
    assert len(told(cast.hoa)) == 1


def test_saving_the_same_again_touches_no_meeting(cast: Cast) -> None:
    series = published(cast)
    before = [(m.id, m.version, m.sequence) for m in living(series)]
    change(cast, series)
    assert [(m.id, m.version, m.sequence) for m in living(series)] == before


# -- what cannot be --------------------------------------------------------------------------


@pytest.mark.parametrize("given", ["people_ids", "unit_ids", "chair_id", "secretary_id"])
def test_a_change_lets_nobody_in_whom_a_beginning_would_refuse(cast: Cast, given: str) -> None:
    series = published(cast)
    foreign = {
        "people_ids": (cast.la.id,), "unit_ids": (cast.other_province.id,),
        "chair_id": cast.la.id, "secretary_id": cast.la.id,
    }[given]  # fmt: skip
    with pytest.raises(BadInput):
        change(cast, series, plan={given: foreign})
    db.session.rollback()


def test_nobody_of_another_province_is_let_in_by_the_page(
    cast: Cast, sign_in: Callable[[User], FlaskClient]
) -> None:
    series = published(cast)
    data = typed(version=str(series.version), people=[str(cast.la.id), "99999"])
    answer = sign_in(cast.nam).post(f"/meetings/series/{series.id}/change", data=data)
    assert answer.status_code == 422
    assert meetings.upcoming(cast.la) == []


def test_who_stands_in_a_series_may_stay_although_nobody_could_name_them_anew(cast: Cast) -> None:
    series = begun(cast)
    accounts.set_active(cast.quan, cast.khai, False)
    change(cast, series, plan={"place": "Phòng số 2"})
    assert {m.place for m in living(series)} == {"Phòng số 2"}


@pytest.mark.parametrize("until", ["0001-01-01", "0999-12-31", "9999-12-31"])
def test_an_end_in_another_age_is_refused_in_words(
    cast: Cast, sign_in: Callable[[User], FlaskClient], until: str
) -> None:
    browser = sign_in(cast.nam)
    answer = browser.post("/meetings/new", data=typed(until=until))
    assert answer.status_code == 422
    headers = {"HX-Request": "true", "HX-Target": "dates"}
    piece = browser.post("/meetings/new", data=typed(until=until, check="1"), headers=headers)
    assert piece.status_code == 200


def test_a_rule_that_never_comes_true_is_refused(cast: Cast) -> None:
    never = Rule(Shape.MONTHLY_DAY, interval=12, day=31)  # begins in June
    with pytest.raises(BadInput):
        begun(cast, never)


def test_what_has_ended_is_not_changed(cast: Cast) -> None:
    series = published(cast)
    service.end(cast.nam, series)
    with pytest.raises(WrongState):
        change(cast, series, TUESDAYS)


def test_the_same_steps_go_on_every_database(database_url: str, config: Config) -> None:
    app = create_app(replace(config, database=database_url))
    with app.app_context():
        db.create_all()
        cast = cast_of_tests.assemble()
        announced, draft = published(cast), begun(cast)
        db.session.commit()
        for series in (announced, draft):
            change(cast, series, plan=LATER)
            change(cast, series, TUESDAYS)
            db.session.commit()
            assert [f"{clock.local(m.starts_at):%d/%m %H}" for m in living(series)][:2] == [
                "10/06 08", "17/06 08",
            ]  # fmt: skip
        assert service.behind() == []
        db.session.remove()
        db.engine.dispose()


# -- the worker ------------------------------------------------------------------------------


def test_one_series_that_cannot_be_opened_does_not_hold_up_the_others(
    cast: Cast, now: Callable[[timedelta], None], caplog: pytest.LogCaptureFixture
) -> None:
    broken, sound = begun(cast), begun(cast)
    broken.template = {}
    db.session.commit()
    number = broken.id
    now(timedelta(weeks=1))
    assert open_occurrences.run() == 1
    assert len(service.coming(sound)) == 8
    assert f"series {number}" in caplog.text


def test_opening_does_not_walk_through_all_years(cast: Cast) -> None:
    from sqlalchemy import event

    series = begun(cast, rule=Rule(Shape.WORKING_DAYS))
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *a: asked.append(f"{a[2]} {a[3]}"))
    service.open_ahead(series)
    [known] = [words for words in asked if "meeting.occurrence" in words.split("FROM")[0]
    ]  # fmt: skip
    assert "meeting.occurrence > " in known


def test_only_who_has_left_is_missing_from_new_meetings(
    cast: Cast, now: Callable[[timedelta], None]
) -> None:
    people = (cast.chau.id, cast.long.id)
    series = begun(cast, plan={"people_ids": people})
    accounts.set_active(cast.quan, cast.khai, False)
    accounts.set_active(cast.quan, cast.long, False)
    now(timedelta(weeks=1))
    [opened] = service.open_ahead(series)
    plan = plan_of(opened)
    assert (plan.chair_id, plan.secretary_id) == (None, cast.nam.id)
    assert plan.people_ids == (cast.chau.id,)


def test_a_planted_defect_that_knows_everybody_lets_strangers_in(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    series = published(cast)
    monkeypatch.setattr(
        "meetly.meetings.series.service.usable",
        lambda plan, host, known=None: usable(plan, host, plan),
    )
    change(cast, series, plan={"people_ids": (cast.la.id,)})
    assert meetings.upcoming(cast.la) != []


def test_a_planted_defect_that_forgets_own_parts_overwrites_them(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    series = published(cast)
    one = living(series)[0]
    own(cast, one, place="Hội trường B")
    change(cast, series, plan={"place": "Phòng số 2"})
    assert one.place == "Hội trường B"
    monkeypatch.setattr(
        "meetly.meetings.series.carrying.applied",
        lambda was, wanted, _own: applied(was, wanted, ()),
    )
    change(cast, series, plan={"place": "Phòng số 3"})
    assert one.place == "Phòng số 3"


def test_the_page_shows_every_meeting_that_was_called_off(
    cast: Cast, sign_in: Callable[[User], FlaskClient]
) -> None:
    series = published(cast)
    change(cast, series, TUESDAYS)
    page = sign_in(cast.nam).get(f"/meetings/series/{series.id}").text
    assert page.count("Đã hủy") == 8
    assert "thứ Hai, 09/06/2098" in page and "thứ Ba, 10/06/2098" in page
