"""Planning, changing and calling meetings in a browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from meetly.accounts import service as accounts
from meetly.accounts.models import Role, User
from meetly.meetings import service as meetings
from meetly.meetings.models import AttendanceStatus, Meeting, MeetingStatus
from meetly.notices import service as notices
from tests.cast import Cast
from tests.meetings.plans import briefing, drafted, held_yesterday, scheduled

SignIn = Callable[[User], FlaskClient]
Database = scoped_session[Session]


def _typed(cast: Cast, **given: Any) -> dict[str, Any]:
    return {
        "title": "Giao ban tháng 12",
        "day": "2099-12-07",
        "starts": "08:00",
        "ends": "10:30",
        "place": "Phòng họp số 1",
        "link": "https://hop.lamgiang.example/giao-ban",
        "chair": str(cast.khai.id),
        "secretary": str(cast.nam.id),
        "agenda-0-title": "Giải ngân",
        "agenda-0-unit": "sở tài chính",
        "agenda-0-duration": "15",
        "agenda-1-title": "",
        "agenda-2-title": "Thảo luận",
        "units": [str(cast.nam_hoa.id)],
        **given,
    }


def _only_meeting(session: Database) -> Meeting:
    session.expire_all()
    return session.scalars(select(Meeting)).one()


# -- planning --------------------------------------------------------------------------------


def test_one_page_plans_a_meeting(session: Database, cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.nam).post("/meetings/new", data=_typed(cast))
    meeting = _only_meeting(session)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/meetings/{meeting.id}")
    assert meeting.status == MeetingStatus.DRAFT
    assert f"{meeting.starts_at:%Y-%m-%d %H:%M}" == "2099-12-07 01:00"  # eight in Vietnam
    assert [(i.ordinal, i.title, i.unit_id, i.duration) for i in meeting.agenda] == [
        (1, "Giải ngân", cast.finance.id, 15), (2, "Thảo luận", None, 0),
    ]  # fmt: skip
    assert meetings.invited_unit_ids(meeting) == {cast.nam_hoa.id, cast.finance.id}
    assert notices.latest(cast.hoa) == []


def test_the_same_page_invites_at_once(session: Database, cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.nam).post(
        "/meetings/new", data=_typed(cast, invite="1"), follow_redirects=True
    )
    assert "4 người được báo" in answer.text
    assert _only_meeting(session).status == MeetingStatus.SCHEDULED
    assert len(notices.latest(cast.hoa)) == 1


def test_an_end_left_out_is_an_hour_and_a_half_later(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    sign_in(cast.nam).post("/meetings/new", data=_typed(cast, ends=""))
    meeting = _only_meeting(session)
    assert (meeting.ends_at - meeting.starts_at).total_seconds() == 90 * 60


def test_all_communes_and_all_departments_are_two_ticks(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    typed = _typed(cast, units=[], all_localities="y", all_departments="y")
    sign_in(cast.nam).post("/meetings/new", data=typed)
    everyone = {cast.nam_hoa.id, cast.doi_thong.id, cast.finance.id, cast.builders.id}
    assert meetings.invited_unit_ids(_only_meeting(session)) == everyone


def test_a_fresh_page_proposes_the_morning_the_place_and_the_people(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    drafted(cast, place="Hội trường tầng 2")
    session.commit()
    page = sign_in(cast.nam).get("/meetings/new").text
    assert 'value="08:00"' in page
    assert 'value="09:30"' in page
    assert "Hội trường tầng 2" in page
    assert f'<option selected value="{cast.khai.id}">' in page
    assert f'<option selected value="{cast.nam.id}">' in page
    assert page.count('name="agenda-') == 6 * 4


def test_another_like_the_last_one_is_a_week_later_with_the_same_units(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    meeting = drafted(cast)
    session.commit()
    page = sign_in(cast.nam).get(f"/meetings/new?like={meeting.id}").text
    assert 'value="2099-11-30"' in page
    assert "Giải ngân vốn đầu tư công" in page
    assert f'value="{cast.nam_hoa.id}" checked' in page
    assert f'value="{meeting.agenda[0].id}"' not in page.split('name="agenda-0-item"')[1][:60]


def test_a_meeting_that_was_leads_to_the_next_one_like_it(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    meeting = held_yesterday(cast)
    session.commit()
    link = f"/meetings/new?like={meeting.id}"
    assert link in sign_in(cast.nam).get("/meetings?show=past").text
    assert link not in sign_in(cast.hoa).get("/meetings?show=past").text


def test_more_rows_come_without_javascript_and_lose_nothing(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    answer = sign_in(cast.nam).post("/meetings/new", data=_typed(cast, more_rows="1", title=""))
    assert answer.status_code == 200
    assert 'name="agenda-9-title"' in answer.text
    assert 'value="Thảo luận"' in answer.text
    assert session.scalars(select(Meeting)).all() == []


def test_narrowing_the_list_of_units_keeps_those_already_ticked(
    cast: Cast, sign_in: SignIn
) -> None:
    typed = _typed(cast, narrow="1", find="doi thong")
    page = sign_in(cast.nam).post("/meetings/new", data=typed).text
    assert f'<input type="hidden" name="units" value="{cast.nam_hoa.id}">' in page
    assert f'id="unit-{cast.doi_thong.id}"' in page
    assert f'id="unit-{cast.finance.id}"' not in page


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"title": ""}, "Hãy điền ô này."),
        ({"day": "31/02"}, "Ngày chưa đúng"),
        ({"ends": "07:00"}, "Giờ kết thúc phải sau giờ bắt đầu."),
        ({"link": "javascript:alert(1)"}, "https://"),
        ({"agenda-0-unit": "Sở Không Có"}, "Không có đơn vị tên này"),
        ({"agenda-0-duration": "mười"}, "Hãy nhập một số nguyên."),
        ({"chair": "999999"}, "Hãy chọn một mục trong danh sách."),
    ],
)
def test_what_cannot_be_is_named_and_what_was_typed_stays(
    session: Database, cast: Cast, sign_in: SignIn, wrong: dict[str, str], words: str
) -> None:
    answer = sign_in(cast.nam).post("/meetings/new", data=_typed(cast, **wrong))
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="Thảo luận"' in answer.text
    assert "những gì bạn đã nhập vẫn còn nguyên" in answer.text
    assert "Agenda" not in answer.text
    assert session.scalars(select(Meeting)).all() == []


def test_a_unit_of_another_province_cannot_be_smuggled_in(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    typed = _typed(cast, units=[str(cast.other_province.id)])
    assert sign_in(cast.nam).post("/meetings/new", data=typed).status_code == 422
    assert session.scalars(select(Meeting)).all() == []


def test_a_secretary_of_two_units_chooses_between_them(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    accounts.give_role(None, cast.nam, cast.finance, Role.SECRETARY)
    session.commit()
    browser = sign_in(cast.nam)
    assert f"/meetings/new?unit={cast.finance.id}" in browser.get("/meetings/new").text
    typed = _typed(cast, chair="0", secretary="0")
    browser.post(f"/meetings/new?unit={cast.finance.id}", data=typed)
    assert _only_meeting(session).unit_id == cast.finance.id
    assert browser.get(f"/meetings/new?unit={cast.nam_hoa.id}").status_code == 404


def test_planning_is_for_secretaries(cast: Cast, sign_in: SignIn) -> None:
    for user in (cast.khai, cast.hoa, cast.quan):
        assert sign_in(user).get("/meetings/new").status_code == 403


# -- changing --------------------------------------------------------------------------------


def _changed(cast: Cast, meeting: Meeting, **given: Any) -> dict[str, Any]:
    items = {f"agenda-{n}-item": str(item.id) for n, item in enumerate(meeting.agenda)}
    return _typed(cast, **{"version": str(meeting.version), **items, **given})


def test_a_change_is_saved_and_told(session: Database, cast: Cast, sign_in: SignIn) -> None:
    meeting = scheduled(cast)
    session.commit()
    browser = sign_in(cast.nam)
    assert "Giải ngân vốn đầu tư công" in browser.get(f"/meetings/{meeting.id}/change").text
    browser.post(f"/meetings/{meeting.id}/change", data=_changed(cast, meeting))
    assert _only_meeting(session).title == "Giao ban tháng 12"
    assert notices.latest(cast.hoa)[0].subject == "Thay đổi cuộc họp: Giao ban tháng 12"


def test_of_two_who_change_the_second_sees_both_texts_and_can_still_save(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    meeting = drafted(cast)
    session.commit()
    late = _changed(cast, meeting, place="Phòng của người sau", note="Ghi chú của người sau")
    plan = replace(meetings.plan_of(meeting), place="Phòng của người trước")
    meetings.change(cast.nam, meeting, meeting.version, plan)
    session.commit()
    browser = sign_in(cast.nam)
    answer = browser.post(f"/meetings/{meeting.id}/change", data=late)
    assert answer.status_code == 409
    table = answer.text[answer.text.index("<table") : answer.text.index("</table>")]
    for words in ("Địa điểm", "Phòng của người trước", "Phòng của người sau", "Ghi chú của người"):
        assert words in table
    assert _only_meeting(session).place == "Phòng của người trước"
    assert f'name="version" type="hidden" value="{meeting.version}"' in answer.text
    late["version"] = str(meeting.version)
    assert browser.post(f"/meetings/{meeting.id}/change", data=late).status_code == 302
    assert _only_meeting(session).place == "Phòng của người sau"


def test_only_the_hosts_secretary_reaches_the_form(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    accounts.give_role(None, cast.hoa, cast.nam_hoa, Role.SECRETARY)
    meeting = scheduled(cast)
    session.commit()
    assert sign_in(cast.hoa).get(f"/meetings/{meeting.id}/change").status_code == 403
    assert sign_in(cast.la).get(f"/meetings/{meeting.id}/change").status_code == 404
    assert sign_in(cast.khai).get(f"/meetings/{meeting.id}/change").status_code == 403


# -- steps -----------------------------------------------------------------------------------


def test_publishing_holding_and_calling_off_are_one_click_each(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    meeting = drafted(cast)
    session.commit()
    browser = sign_in(cast.nam)
    browser.post(f"/meetings/{meeting.id}/publish", data={"version": meeting.version})
    assert _only_meeting(session).status == MeetingStatus.SCHEDULED
    browser.post(f"/meetings/{meeting.id}/hold")
    assert _only_meeting(session).status == MeetingStatus.HELD
    answer = browser.post(f"/meetings/{meeting.id}/cancel", data={"reason": "Muộn rồi"})
    assert answer.status_code == 409


def test_a_draft_without_guests_leads_back_to_its_form(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    meeting = meetings.schedule(cast.nam, briefing(cast, unit_ids=(), agenda=()))
    session.commit()
    page = sign_in(cast.nam).post(f"/meetings/{meeting.id}/publish", follow_redirects=True).text
    assert "Cuộc họp chưa mời đơn vị nào" in page
    assert 'name="all_localities"' in page


def test_calling_off_asks_for_the_reason_and_tells_it(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    meeting = scheduled(cast)
    session.commit()
    browser = sign_in(cast.nam)
    address = f"/meetings/{meeting.id}/cancel"
    assert "2 đơn vị được mời sẽ nhận thông báo hủy" in browser.get(address).text
    assert browser.post(address, data={"reason": ""}).status_code == 422
    browser.post(address, data={"reason": "Mưa lũ", "version": str(meeting.version)})
    assert _only_meeting(session).status == MeetingStatus.CANCELLED
    assert "Mưa lũ" in notices.latest(cast.hoa)[0].body


# -- lists -----------------------------------------------------------------------------------


def test_the_lists_show_each_reader_their_own_meetings(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    scheduled(cast, title="Giao ban sắp tới")
    drafted(cast, title="Bản nháp kín")
    held_yesterday(cast)
    session.commit()
    guest = sign_in(cast.hoa)
    coming = guest.get("/meetings").text
    assert "Giao ban sắp tới" in coming
    assert "Bản nháp kín" not in coming
    assert "Giao ban tháng 11" in guest.get("/meetings?show=past").text
    assert "Bản nháp kín" in sign_in(cast.nam).get("/meetings").text
    stranger = sign_in(cast.la)
    assert "Giao ban" not in stranger.get("/meetings").text
    assert "Giao ban" not in stranger.get("/meetings/month?month=2099-11").text


def test_a_long_list_goes_on(session: Database, cast: Cast, sign_in: SignIn) -> None:
    for number in range(meetings.PAGE + 1):
        scheduled(cast, title=f"Cuộc họp số {number}.")
    session.commit()
    browser = sign_in(cast.hoa)
    first = browser.get("/meetings").text
    assert f"Cuộc họp số {meetings.PAGE}." not in first
    last = meetings.upcoming(cast.hoa, meetings.PAGE)[-1]
    assert f"after={last.id}" in first
    assert f"Cuộc họp số {meetings.PAGE}." in browser.get(f"/meetings?after={last.id}").text


def test_the_month_shows_meetings_on_their_day(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    meeting = scheduled(cast)
    session.commit()
    page = sign_in(cast.hoa).get("/meetings/month?month=2099-11").text
    assert "Tháng 11/2099" in page
    assert f'href="/meetings/{meeting.id}"' in page
    assert "08:00" in page
    assert "month=2099-10" in page
    assert "month=2099-12" in page


@pytest.mark.parametrize("asked", ["", "x", "2099-13", "0001-01", "9999-12", "2026-1"])
def test_a_month_that_is_none_shows_this_month(cast: Cast, sign_in: SignIn, asked: str) -> None:
    assert sign_in(cast.hoa).get(f"/meetings/month?month={asked}").status_code == 200


# -- the roll --------------------------------------------------------------------------------


def _roll(browser: FlaskClient, meeting: Meeting, **said: str) -> dict[str, str]:
    typed: dict[str, str] = {}
    for number, (unit, row) in enumerate(meetings.roll(meeting)):
        typed[f"rows-{number}-unit"] = str(unit.id)
        typed[f"rows-{number}-seen"] = f"{row.status} | {row.person}" if row else " | "
        if row:
            typed[f"rows-{number}-status"] = row.status
            typed[f"rows-{number}-person"] = row.person
        for name, value in said.items():
            if name.startswith(f"{unit.code.replace('.', '_')}__"):
                typed[f"rows-{number}-{name.split('__')[1]}"] = value
    return typed


def test_the_roll_is_called_on_one_page(session: Database, cast: Cast, sign_in: SignIn) -> None:
    meeting = scheduled(cast)
    session.commit()
    browser = sign_in(cast.nam)
    address = f"/meetings/{meeting.id}/attendance"
    page = browser.get(address).text
    assert page.count('type="radio"') == 3 * 5
    assert "UBND xã Nậm Hoa" in page
    typed = _roll(browser, meeting, LG_NH__status="substitute", LG_NH__person="Lò Thị Hoa")
    assert browser.post(address, data=typed).status_code == 302
    (row,) = meetings.attendance(meeting)
    assert (row.unit, row.status) == (cast.nam_hoa, AttendanceStatus.SUBSTITUTE)
    assert "Lò Thị Hoa" in browser.get(address).text


def test_the_rest_can_be_marked_present_at_once(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    meeting = scheduled(cast)
    session.commit()
    browser = sign_in(cast.nam)
    typed = _roll(browser, meeting, LG_NH__status="absent")
    browser.post(f"/meetings/{meeting.id}/attendance", data={**typed, "rest": "present"})
    assert {row.unit.code: row.status for row in meetings.attendance(meeting)} == {
        "LG.VP": "present", "LG.STC": "present", "LG.NH": "absent",
    }  # fmt: skip


def test_an_old_page_changes_only_what_was_touched_on_it(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    meeting = scheduled(cast)
    session.commit()
    browser = sign_in(cast.nam)
    old_page = _roll(browser, meeting, LG_NH__status="late")
    meetings.record_attendance(cast.nam, meeting, cast.finance, AttendanceStatus.PRESENT)
    session.commit()
    browser.post(f"/meetings/{meeting.id}/attendance", data=old_page)
    assert {row.unit.code: row.status for row in meetings.attendance(meeting)} == {
        "LG.STC": "present", "LG.NH": "late",
    }  # fmt: skip


def test_the_roll_of_a_draft_is_not_called(session: Database, cast: Cast, sign_in: SignIn) -> None:
    meeting = drafted(cast)
    session.commit()
    browser = sign_in(cast.nam)
    assert 'type="radio"' not in browser.get(f"/meetings/{meeting.id}/attendance").text


def test_words_of_a_meeting_are_shown_and_never_run(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    evil = "<script>x()</script>\"'><img src=x onerror=y>"
    meeting = scheduled(cast, title=evil, place=evil, note=evil)
    meetings.record_attendance(
        cast.nam, meeting, cast.finance, AttendanceStatus.LATE, person=evil, note=evil
    )
    session.commit()
    browser = sign_in(cast.nam)
    late = _changed(cast, meeting, version="0")
    pages = [
        browser.get("/meetings").text,
        browser.get("/meetings/month?month=2099-11").text,
        browser.get(f"/meetings/{meeting.id}/change").text,
        browser.post(f"/meetings/{meeting.id}/change", data=late).text,
        browser.get(f"/meetings/{meeting.id}/cancel").text,
        browser.get(f"/meetings/{meeting.id}/attendance").text,
    ]
    for page in pages:
        assert "x()" in page or "onerror" in page
        assert "<script>x()" not in page
        assert "<img src=x" not in page
