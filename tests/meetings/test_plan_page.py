"""The page that plans a meeting: groups with exceptions, people, the calendar, pieces by script."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from meetly import clock
from meetly.accounts import service as accounts
from meetly.accounts.models import UnitKind, User
from meetly.meetings import service as meetings
from meetly.meetings.models import Meeting
from meetly.meetings.plan import MeetingPlan
from tests.cast import Cast
from tests.meetings.plans import drafted, held_yesterday, scheduled

SignIn = Callable[[User], FlaskClient]
Database = scoped_session[Session]
EIGHT = clock.from_local(datetime(2099, 11, 23, 8, 0))
EVERY_UNIT = "all_localities", "all_departments", "all_communes", "all_wards"


def _typed(cast: Cast, **given: Any) -> dict[str, Any]:
    return {
        "title": "Giao ban tháng 12", "day": "2099-12-07", "starts": "08:00", "ends": "09:30",
        "place": "Phòng họp số 9", "chair": str(cast.khai.id), "secretary": str(cast.nam.id),
        **given,
    }  # fmt: skip


def _ticked(page: str, name: str = "units") -> set[int]:
    boxes = re.findall(rf'<input [^>]*name="{name}"[^>]*>', page)
    return {
        int(found[1])
        for box in boxes
        if (found := re.search(r'value="(\d+)"', box)) and ("checked" in box or "hidden" in box)
    }


def _piece(browser: FlaskClient, target: str, data: dict[str, Any]) -> str:
    headers = {"HX-Request": "true", "HX-Target": target}
    answer = browser.post("/meetings/new", data=data, headers=headers)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert f'id="{target}"' in answer.text
    return str(answer.text)


def _invited(session: Database) -> set[int]:
    session.expire_all()
    return meetings.invited_unit_ids(session.scalars(select(Meeting)).one())


# -- groups with exceptions ------------------------------------------------------------------


def test_ticking_a_group_ticks_its_units_and_says_so(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.nam)
    piece = _piece(browser, "unit-list", _typed(cast, narrow="1", all_departments="y"))
    assert _ticked(piece) == {cast.finance.id, cast.builders.id}
    assert "Các sở, ban, ngành <" in piece
    assert "(2 điểm cầu)" in piece
    assert 'name="applied" value="departments"' in piece


def test_all_departments_but_one(session: Database, cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.nam)
    typed = _typed(
        cast, all_departments="y", applied="departments", units=[str(cast.finance.id)]
    )  # fmt: skip
    piece = _piece(browser, "unit-list", {**typed, "narrow": "1"})
    assert "Các sở, ban, ngành, trừ Sở Xây dựng" in piece
    assert _ticked(piece) == {cast.finance.id}
    browser.post("/meetings/new", data=typed)
    assert _invited(session) == {cast.finance.id}


def test_a_group_no_longer_ticked_takes_its_ticks_along(cast: Cast, sign_in: SignIn) -> None:
    units = [str(cast.finance.id), str(cast.builders.id), str(cast.nam_hoa.id)]
    typed = _typed(cast, narrow="1", applied="departments", units=units)
    assert _ticked(_piece(sign_in(cast.nam), "unit-list", typed)) == {cast.nam_hoa.id}


def test_saving_never_drops_a_unit_that_is_ticked(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    typed = _typed(cast, applied="departments", units=[str(cast.finance.id)])
    sign_in(cast.nam).post("/meetings/new", data=typed)
    assert _invited(session) == {cast.finance.id}


def test_exceptions_survive_a_page_that_could_not_be_saved(cast: Cast, sign_in: SignIn) -> None:
    typed = _typed(
        cast, title="", all_departments="y", applied="departments", units=[str(cast.finance.id)]
    )
    answer = sign_in(cast.nam).post("/meetings/new", data=typed)
    assert answer.status_code == 422
    assert _ticked(answer.text) == {cast.finance.id}
    assert 'name="applied" value="departments"' in answer.text


def test_communes_and_wards_are_ticked_apart(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    sign_in(cast.nam).post("/meetings/new", data=_typed(cast, all_wards="y"))
    assert _invited(session) == {cast.doi_thong.id}


def test_a_meeting_of_all_communes_shows_the_group_ticked(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    for number in range(2):
        name = f"UBND xã Mới {number}"
        accounts.add_unit(
            None, code=f"M{number}", name=name, kind=UnitKind.COMMUNE, parent=cast.province
        )
    local = [u.id for u in meetings.invitable(cast.office) if u.kind in ("commune", "ward")]
    meeting = drafted(cast, unit_ids=tuple(local), agenda=())
    session.commit()
    page = sign_in(cast.nam).get(f"/meetings/{meeting.id}/change").text
    boxes = {name: re.search(rf'<input[^>]*name="{name}"[^>]*>', page) for name in EVERY_UNIT}
    assert [name for name, box in boxes.items() if box and "checked" in box[0]] == [
        "all_localities"
    ]
    assert "Các xã, phường, đặc khu" in page


@pytest.mark.parametrize("applied", ["districts", "departments,,x", "\r\n", "x" * 5000])
def test_groups_that_are_none_are_ignored(cast: Cast, sign_in: SignIn, applied: str) -> None:
    typed = _typed(cast, narrow="1", applied=applied, units=[str(cast.nam_hoa.id)])
    assert _ticked(_piece(sign_in(cast.nam), "unit-list", typed)) == {cast.nam_hoa.id}


# -- people ----------------------------------------------------------------------------------


def test_people_are_looked_for_and_those_chosen_stay(cast: Cast, sign_in: SignIn) -> None:
    typed = _typed(cast, narrow="1", find_people="nguyen bao", people=[str(cast.hoa.id)])
    piece = _piece(sign_in(cast.nam), "people-list", typed)
    assert _ticked(piece, "people") == {cast.hoa.id}
    assert f'value="{cast.chau.id}"' in piece
    assert "UBND phường Đồi Thông" in piece


def test_a_person_is_invited_on_the_page(session: Database, cast: Cast, sign_in: SignIn) -> None:
    typed = _typed(cast, people=[str(cast.chau.id)], letter_number=" 12/GM-UBND ")
    browser = sign_in(cast.nam)
    browser.post("/meetings/new", data=typed)
    session.expire_all()
    meeting = session.scalars(select(Meeting)).one()
    assert [row.user_id for row in meeting.personal_invitations] == [cast.chau.id]
    assert meeting.letter_number == "12/GM-UBND"
    page = browser.get(f"/meetings/{meeting.id}/change").text
    assert _ticked(page, "people") == {cast.chau.id}
    assert 'value="12/GM-UBND"' in page


def test_people_of_another_province_are_neither_found_nor_invited(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    browser = sign_in(cast.nam)
    typed = _typed(cast, narrow="1", find_people="nguoi la", people=[str(cast.la.id)])
    piece = _piece(browser, "people-list", typed)
    assert "Người Lạ" not in piece
    assert "Không tìm thấy" in piece
    answer = browser.post("/meetings/new", data=_typed(cast, people=[str(cast.la.id)]))
    assert answer.status_code == 422
    assert "Có người không còn làm việc hoặc không thuộc tỉnh này." in answer.text
    assert session.scalars(select(Meeting)).all() == []


# -- the calendar ----------------------------------------------------------------------------


def _at_eight(cast: Cast, **given: Any) -> dict[str, Any]:
    return _typed(cast, day="2099-11-23", place="phong hop so 1", check="1", **given)


def test_the_piece_about_the_calendar_says_who_is_taken_and_proposes_times(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    scheduled(cast)
    session.commit()
    units = [str(cast.finance.id), str(cast.nam_hoa.id)]
    piece = _piece(sign_in(cast.nam), "checks", _at_eight(cast, units=units))
    assert "Chủ trì Trần Quốc Khải bận 8 giờ 00 – 9 giờ 30 (Giao ban tháng 11)" in piece
    assert "phong hop so 1 đã có cuộc họp" in piece
    assert "2 điểm cầu bận" in piece
    assert 'name="at" value="2099-11-23T09:30"' in piece


def test_a_calendar_without_clashes_is_quiet(cast: Cast, sign_in: SignIn) -> None:
    assert "Không vướng lịch." in _piece(sign_in(cast.nam), "checks", _at_eight(cast))
    assert "<p" not in _piece(sign_in(cast.nam), "checks", _typed(cast, check="1", day=""))


def test_a_time_is_chosen_by_one_button_and_nothing_typed_is_lost(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    browser = sign_in(cast.nam)
    typed = _typed(cast, at="2099-11-24T13:30", note="Mang số liệu")
    page = browser.post("/meetings/new", data=typed).text  # as without a script
    for value in ("2099-11-24", "13:30", "15:00", "Giao ban tháng 12"):
        assert f'value="{value}"' in page
    assert "Mang số liệu" in page
    piece = _piece(browser, "when", typed)
    assert 'value="2099-11-24"' in piece
    assert session.scalars(select(Meeting)).all() == []


@pytest.mark.parametrize("at", ["", "mai", "2099-13-01T00:00", "0001-01-01T00:00", "9999-12-31T23"])
def test_a_time_that_is_none_changes_nothing_or_is_refused_later(
    cast: Cast, sign_in: SignIn, at: str
) -> None:
    answer = sign_in(cast.nam).post("/meetings/new", data=_typed(cast, at=at))
    assert answer.status_code == 200


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1999-12-31", "2201-01-01"])
def test_a_day_in_another_age_is_refused(
    session: Database, cast: Cast, sign_in: SignIn, day: str
) -> None:
    browser = sign_in(cast.nam)
    answer = browser.post("/meetings/new", data=_typed(cast, day=day))
    assert answer.status_code == 422
    assert "Năm họp phải từ 2000 đến 2200." in answer.text
    _piece(browser, "checks", _typed(cast, day=day, check="1"))
    assert session.scalars(select(Meeting)).all() == []


def test_nobody_is_looked_up_who_may_not_be_chosen(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    scheduled(cast, chair_id=cast.long.id)
    theirs = MeetingPlan(title="Họp", starts_at=EIGHT, ends_at=EIGHT + timedelta(hours=1))
    abroad = meetings.schedule(cast.la, replace(theirs, people_ids=(cast.la.id,)))
    meetings.publish(cast.la, abroad)
    session.commit()
    typed = _at_eight(
        cast, chair=str(cast.long.id), secretary=str(cast.la.id), people=[str(cast.la.id)]
    )  # fmt: skip
    assert "bận" not in _piece(sign_in(cast.nam), "checks", typed)


def test_more_people_than_can_be_named_are_refused_and_break_nothing(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    many = [str(number) for number in range(1, 50_000)]
    browser = sign_in(cast.nam)
    _piece(browser, "checks", _at_eight(cast, people=many))
    answer = browser.post("/meetings/new", data=_typed(cast, people=many))
    assert "Chỉ mời đích danh được nhiều nhất 300 người." in answer.text
    assert session.scalars(select(Meeting)).all() == []


def test_who_has_left_stays_invited_until_the_tick_is_taken_away(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    meeting = scheduled(cast, people_ids=(cast.chau.id,))
    cast.chau.active = False
    session.commit()
    page = sign_in(cast.nam).get(f"/meetings/{meeting.id}/change").text
    assert _ticked(page, "people") == {cast.chau.id}


def test_a_meeting_that_was_held_is_not_looked_up_again(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    meeting = held_yesterday(cast)
    session.commit()
    assert "Nên xem lại" not in sign_in(cast.nam).get(f"/meetings/{meeting.id}/change").text


def test_a_meeting_does_not_clash_with_itself_on_its_own_page(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    meeting = scheduled(cast)
    session.commit()
    page = sign_in(cast.nam).get(f"/meetings/{meeting.id}/change").text
    assert "Không vướng lịch." in page


def test_too_late_a_letter_is_warned_of_and_still_goes_out(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    typed = _typed(cast, day=str(tomorrow), chair="0", units=[str(cast.nam_hoa.id)])
    browser = sign_in(cast.nam)
    piece = _piece(browser, "checks", {**typed, "check": "1"})
    assert "Chưa chọn người chủ trì." in piece
    assert "Quyết định 45/2018/QĐ-TTg" in piece
    browser.post("/meetings/new", data=typed)
    session.expire_all()
    meeting = session.scalars(select(Meeting)).one()
    dossier = browser.get(f"/meetings/{meeting.id}").text
    assert "Quyết định 45/2018/QĐ-TTg" in dossier
    assert "Chưa có tài liệu; tài liệu gửi trước" in dossier
    browser.post(f"/meetings/{meeting.id}/publish", data={"version": "1"})
    sent = browser.get(f"/meetings/{meeting.id}").text
    assert "Quyết định 45/2018/QĐ-TTg" not in sent
    assert "Chưa có tài liệu; tài liệu gửi trước" in sent
    assert "tài liệu gửi trước" in browser.get(f"/meetings/{meeting.id}/materials").text
    guest = sign_in(cast.hoa)
    for page in (f"/meetings/{meeting.id}", f"/meetings/{meeting.id}/materials"):
        assert "tài liệu gửi trước" not in guest.get(page).text


# -- pieces ----------------------------------------------------------------------------------


def test_new_rows_come_alone_and_are_written_in_next(cast: Cast, sign_in: SignIn) -> None:
    piece = _piece(sign_in(cast.nam), "agenda", _typed(cast, more_rows="1"))
    (first,) = re.findall(r"<input[^>]*autofocus[^>]*>", piece)
    assert 'name="agenda-6-title"' in first


def test_a_piece_that_is_none_gives_the_whole_page(cast: Cast, sign_in: SignIn) -> None:
    headers = {"HX-Request": "true", "HX-Target": "../../etc"}
    answer = sign_in(cast.nam).post(
        "/meetings/new", data=_typed(cast, narrow="1"), headers=headers
    )  # fmt: skip
    assert "<html" in answer.text


def test_a_page_of_two_hundred_units_stays_light(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    for number in range(200):
        name = f"UBND xã Mường Thử {number}"
        accounts.add_unit(
            None, code=f"M{number}", name=name, kind=UnitKind.COMMUNE, parent=cast.province
        )
    session.commit()
    browser = sign_in(cast.nam)
    compressed = browser.get("/meetings/new", headers={"Accept-Encoding": "gzip"})
    assert compressed.headers["Content-Encoding"] == "gzip"
    assert len(compressed.data) < 30_000
    assert len(_piece(browser, "checks", _typed(cast, all_localities="y", check="1"))) < 2_000


def test_words_of_others_are_shown_and_never_run(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    evil = "<script>x()</script>\"'><img src=x onerror=y>"
    cast.chau.name = cast.chau.position = cast.nam_hoa.name = evil
    scheduled(cast, title=evil, place=evil, people_ids=(cast.chau.id,))
    session.commit()
    typed = _typed(
        cast, day="2099-11-23", place=evil, find=evil, find_people="img", applied=evil,
        units=[str(cast.nam_hoa.id)], people=[str(cast.chau.id)], narrow="1", at=evil,
        letter_number=evil, engine=evil,
    )  # fmt: skip
    page = sign_in(cast.nam).post("/meetings/new", data=typed).text
    assert "onerror" in page
    assert "<script>x()" not in page
    assert "<img src=x" not in page


def test_an_engine_that_is_none_is_refused(session: Database, cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.nam).post("/meetings/new", data=_typed(cast, engine="telnet"))
    assert answer.status_code == 422
    assert session.scalars(select(Meeting)).all() == []
