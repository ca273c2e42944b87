"""What the clock tells: when, to whom, once, never too late, and again when something moved."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from meetly import clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, UnitKind, User
from meetly.extensions import db
from meetly.materials import reminders as of_materials
from meetly.materials import service as materials
from meetly.materials.access import Terms
from meetly.materials.models import Access
from meetly.materials.reports import service as reports
from meetly.materials.reports.models import ReportRequest
from meetly.meetings import reminders as of_meetings
from meetly.meetings import service as meetings
from meetly.meetings.answers import service as answers
from meetly.meetings.models import Answer, Meeting
from meetly.meetings.planning import plan_of
from meetly.notices import reminders
from meetly.notices.models import Mail, Notice
from meetly.notices.reminders import Reminder
from tests.cast import Cast, assemble, recall
from tests.meetings.plans import scheduled
from tests.queries import counting
from workers import remind
from workers.timetable import run_job

Database = scoped_session[Session]
GOLDEN = Path(__file__).parent.parent / "golden" / "mails"
WRITE = os.environ.get("MEETLY_WRITE_GOLDEN") == "1"

At = Callable[..., None]


def wall(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment of that November in Vietnam."""
    return clock.from_local(datetime(2099, 11, day, hour, minute))


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Give a function that sets the clock: day of November 2099 and time of day in Vietnam."""

    def set_to(day: int, hour: int, minute: int = 0) -> None:
        moment = wall(day, hour, minute)
        monkeypatch.setattr(clock, "now", lambda: moment)

    return set_to


def told(user: User) -> list[str]:
    """List the rules by which somebody was reminded, the first first."""
    query = select(Notice.key).where(Notice.user_id == user.id, Notice.key.like("remind.%"))
    keys = db.session.scalars(query.order_by(Notice.id))
    return [key.split(":")[0].removeprefix("remind.") for key in keys]


def run() -> int:
    """Run the job as the worker does: what was done before is committed."""
    db.session.commit()
    return remind.run()


def move(cast: Cast, meeting: Meeting, by: timedelta) -> None:
    plan = plan_of(meeting)
    later = replace(plan, starts_at=plan.starts_at + by, ends_at=plan.ends_at + by)
    meetings.change(cast.nam, meeting, meeting.version, later)


def due_report(cast: Cast, meeting: Meeting, due_at: datetime) -> ReportRequest:
    [report] = reports.request(cast.nam, meeting, "Báo cáo tháng", [cast.nam_hoa], due_at)
    return report


# -- the rules -------------------------------------------------------------------------------


def test_who_has_not_answered_is_reminded_two_working_days_before(cast: Cast, at: At) -> None:
    meeting = scheduled(cast)
    [invitation] = answers.mine(cast.sinh, meeting)
    answers.answer(cast.sinh, invitation, Answer.COMING)
    at(19, 7, 59)
    assert run() == 0
    at(19, 8)  # the Thursday before that Monday
    assert run() == 1
    assert (told(cast.long), told(cast.hoa)) == (["invitation.unanswered"], [])


def test_who_comes_is_reminded_the_day_before_at_three_and_an_hour_before(
    cast: Cast, at: At
) -> None:
    meeting = scheduled(cast)
    [unit] = answers.mine(cast.sinh, meeting)
    answers.answer(cast.sinh, unit, Answer.COMING, attendee_id=cast.hoa.id)
    [finance] = answers.mine(cast.long, meeting)
    answers.answer(cast.long, finance, Answer.ABSENT, reason="Mưa lũ")
    at(22, 14, 59)
    assert run() == 0
    at(22, 15)
    assert run() == 3
    assert told(cast.hoa) == told(cast.khai) == told(cast.nam) == ["meeting.tomorrow"]
    assert told(cast.sinh) == told(cast.long) == []
    at(23, 7)
    assert run() == 3
    assert told(cast.hoa) == ["meeting.tomorrow", "meeting.soon"]


def test_the_whole_unit_is_reminded_where_nobody_with_an_account_was_named(
    cast: Cast, at: At
) -> None:
    meeting = scheduled(cast)
    [unit] = answers.mine(cast.sinh, meeting)
    answers.answer(cast.sinh, unit, Answer.COMING, attendee="Giàng A Pó")
    at(22, 15)
    run()
    assert told(cast.sinh)[-1:] == told(cast.hoa)[-1:] == ["meeting.tomorrow"]


def _expected(meeting: Meeting) -> set[str]:
    return {person.login for person in of_meetings.attending(meeting)}


def test_a_refused_substitute_is_not_who_comes(cast: Cast, at: At) -> None:
    meeting = scheduled(cast)
    [unit] = answers.mine(cast.sinh, meeting)
    answers.answer(cast.sinh, unit, Answer.SUBSTITUTE, attendee_id=cast.hoa.id, reason="Ốm")
    assert _expected(meeting) == {"hoa", "long", "khai", "nam"}
    answers.decide(cast.khai, unit, False)
    assert _expected(meeting) == {"hoa", "sinh", "long", "khai", "nam"}


def test_who_is_invited_by_name_is_reminded_like_a_unit(cast: Cast, at: At) -> None:
    meeting = scheduled(cast, people_ids=(cast.chau.id,))
    at(19, 8)
    run()
    assert told(cast.chau) == ["invitation.unanswered"]
    [own] = answers.mine(cast.chau, meeting)
    answers.answer(cast.chau, own, Answer.COMING)
    at(22, 15)
    run()
    assert told(cast.chau) == ["invitation.unanswered", "meeting.tomorrow"]


def test_a_report_is_spoken_of_a_working_day_before_it_is_due_and_once_it_is_late(
    cast: Cast, at: At
) -> None:
    meeting = scheduled(cast)
    due_report(cast, meeting, wall(17, 16))  # a Tuesday
    at(16, 8)
    assert run() == 2
    assert told(cast.hoa) == told(cast.sinh) == ["report.due"]
    assert told(cast.long) == []
    at(17, 16, 1)
    assert run() == 2
    for hour in (17, 18, 20):
        at(17, hour)
        assert run() == 0
    assert told(cast.hoa) == ["report.due", "report.overdue"]


def test_a_report_that_is_here_or_waived_is_not_spoken_of(cast: Cast, at: At) -> None:
    meeting = scheduled(cast)
    report = due_report(cast, meeting, wall(17, 16))
    reports.waive(cast.nam, report)
    at(17, 17)
    assert run() == 0
    reports.waive(cast.nam, report, waived=False)
    reports.file(cast.sinh, report, "bao-cao.txt", io.BytesIO("Số liệu".encode()))
    assert run() == 0


def test_a_report_that_was_taken_back_is_missing_again(cast: Cast, at: At) -> None:
    meeting = scheduled(cast)
    report = due_report(cast, meeting, wall(17, 16))
    at(12, 9)
    material = reports.file(cast.sinh, report, "bao-cao.txt", io.BytesIO("Nhầm".encode()))
    materials.remove(cast.nam, material)
    at(17, 17)
    assert run() == 2


def test_papers_that_nobody_of_a_unit_opened_are_named_the_afternoon_before(
    cast: Cast, at: At
) -> None:
    meeting = scheduled(cast)
    paper = materials.add(cast.nam, meeting, "a.txt", io.BytesIO(b"a"), title="Dự thảo kế hoạch")
    materials.note_opened(cast.long, paper.current)
    own = due_report(cast, meeting, wall(22, 9))
    reports.file(cast.sinh, own, "bao-cao.txt", io.BytesIO("Số liệu".encode()))
    at(22, 16)
    run()
    assert "materials.unopened" in told(cast.sinh)
    assert "materials.unopened" not in told(cast.long)
    query = select(Notice.body).where(Notice.key.like("remind.materials%"))
    bodies = set(db.session.scalars(query))
    assert bodies == {
        "Những tài liệu sau chưa được mở:\n- Dự thảo kế hoạch"
    }  # no reports of others


def test_a_paper_for_other_units_is_not_even_named(cast: Cast, at: At) -> None:
    meeting = scheduled(cast)
    finance_only = Terms(Access.UNITS, frozenset({cast.finance.id}))
    secret = io.BytesIO(b"a")
    materials.add(cast.nam, meeting, "a.txt", secret, title="Phương án mật", terms=finance_only)
    at(22, 16)
    run()
    assert "materials.unopened" in told(cast.long)
    assert "materials.unopened" not in told(cast.sinh)


# -- once, and again when it moved -----------------------------------------------------------


def test_moving_a_meeting_arms_its_reminders_again(cast: Cast, at: At) -> None:
    meeting = scheduled(cast)
    at(22, 15)
    run()
    assert told(cast.khai) == ["meeting.tomorrow"]
    move(cast, meeting, timedelta(days=1))
    run()
    assert told(cast.khai) == ["meeting.tomorrow"]
    at(23, 15)
    run()
    assert told(cast.khai) == ["meeting.tomorrow"] * 2


def test_a_key_without_the_moment_would_leave_a_moved_meeting_untold(
    cast: Cast, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = property(lambda self: f"remind.{self.rule.name}:{self.row}")
    monkeypatch.setattr(Reminder, "key", planted)
    with pytest.raises(AssertionError):
        test_moving_a_meeting_arms_its_reminders_again(cast, at)


def test_moving_a_deadline_arms_its_reminders_again(cast: Cast, at: At) -> None:
    meeting = scheduled(cast)
    report = due_report(cast, meeting, wall(17, 16))
    at(17, 17)
    run()
    at(17, 18)
    reports.change(cast.nam, report, title=report.title, due_at=wall(19, 16))
    assert run() == 0
    at(19, 17)
    run()
    assert told(cast.hoa).count("report.overdue") == 2


def test_a_meeting_that_began_or_is_off_tells_nothing_more(cast: Cast, at: At) -> None:
    began = scheduled(cast)
    paper = io.BytesIO(b"a")
    materials.add(cast.nam, began, "a.txt", paper)
    due_report(cast, began, wall(22, 16))
    at(23, 8)
    assert run() == 0
    off = scheduled(cast, title="Cuộc khác")
    meetings.cancel(cast.nam, off, "Mưa lũ")
    at(22, 15)
    run()
    query = select(Notice.link).where(Notice.key.like("remind.%"))
    assert f"/meetings/{off.id}" not in set(db.session.scalars(query))


def test_a_rule_without_its_window_would_speak_after_the_meeting_began(
    cast: Cast, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    def everything(now: datetime) -> list[Meeting]:
        return list(db.session.scalars(select(Meeting)))

    monkeypatch.setattr(of_meetings, "coming", everything)
    planted = lambda self, at, now, known, begins: self.when(at) <= now  # noqa: E731
    monkeypatch.setattr(reminders.Rule, "is_due", planted)
    with pytest.raises(AssertionError):
        test_a_meeting_that_began_or_is_off_tells_nothing_more(cast, at)


def test_a_draft_and_what_was_opened_after_its_time_are_not_spoken_of(cast: Cast, at: At) -> None:
    meeting = meetings.schedule(cast.nam, plan_of(scheduled(cast)))
    at(22, 15, 30)
    meetings.publish(cast.nam, meeting)
    found = of_meetings.due(clock.now())
    # They were invited half an hour after the reminder would have come.
    assert found and f"/meetings/{meeting.id}" not in {reminder.link for reminder in found}


# -- late, and at night ----------------------------------------------------------------------


def test_what_came_due_while_the_worker_was_down_is_told_late_while_it_is_of_use(
    cast: Cast, at: At
) -> None:
    scheduled(cast)
    at(22, 20, 59)
    run()
    assert "meeting.tomorrow" in told(cast.khai)


def test_the_day_before_is_not_told_beside_the_hour_before(cast: Cast, at: At) -> None:
    scheduled(cast)
    at(23, 7, 30)
    run()
    assert told(cast.khai) == ["meeting.soon"]


@pytest.mark.parametrize(("hour", "heard"), [(20, True), (21, False), (2, False), (6, True)])
def test_nights_are_quiet_unless_the_meeting_is_near(
    cast: Cast, at: At, hour: int, heard: bool
) -> None:
    scheduled(cast)
    at(22 if hour > 12 else 23, hour)
    run()
    assert bool(told(cast.khai)) == heard


def test_a_deadline_at_night_is_told_in_the_morning(cast: Cast, at: At) -> None:
    due_report(cast, scheduled(cast), wall(17, 23, 30))
    at(17, 23, 45)
    assert run() == 0
    at(18, 7)
    assert run() == 2


# -- bounded, and by many at once ------------------------------------------------------------


def test_meetings_of_other_years_are_not_looked_at(cast: Cast, at: At) -> None:
    scheduled(cast)
    at(22, 15)
    for year in range(2000, 2099):
        start = datetime(year, 11, 23, 1, tzinfo=UTC)
        db.session.add(
            Meeting(
                unit_id=cast.office.id, title="Cũ", status="scheduled", starts_at=start,
                ends_at=start + timedelta(hours=1), created_by_id=cast.nam.id,
                created_at=start, published_at=start,
            )
        )  # fmt: skip
    db.session.commit()
    assert [m.title for m in of_meetings.coming(clock.now())] == ["Giao ban tháng 11"]
    query = db.session.execute(
        db.text(
            "EXPLAIN QUERY PLAN SELECT id FROM meeting WHERE starts_at > '2099-11-22' "
            "AND starts_at <= '2099-12-13' AND status = 'scheduled'"
        )
    )
    assert "ix_meeting_starts_at" in str(query.all())


def test_two_hundred_sites_take_a_few_queries(cast: Cast, at: At) -> None:
    communes = [
        accounts.add_unit(
            None, code=f"LG.{n}", name=f"UBND xã {n}", kind=UnitKind.COMMUNE, parent=cast.province
        )
        for n in range(200)
    ]
    for unit in communes:
        accounts.give_role(None, cast.chau, unit, Role.PARTICIPANT)
    meeting = scheduled(cast, unit_ids=tuple(unit.id for unit in communes), agenda=())
    reports.request(cast.nam, meeting, "Báo cáo tháng", communes, wall(20, 16))
    at(19, 8)
    db.session.commit()
    db.session.expire_all()
    with counting() as sent:
        found = [*of_meetings.due(clock.now()), *of_materials.due(clock.now())]
        assert len(reminders.untold(found, clock.now())) == 400
    assert len(sent) < 20
    assert run() == 400
    assert run() == 0


@pytest.fixture
def house(app: Flask, cast: Cast) -> Iterator[Flask]:
    """A meeting that begins within the hour, to which everybody was invited in time."""
    start = datetime.now(UTC) + timedelta(minutes=30)
    meeting = scheduled(cast, starts_at=start, ends_at=start + timedelta(hours=1))
    meeting.published_at = start - timedelta(days=30)
    db.session.commit()
    db.session.remove()
    yield app


def at_once(house: Flask, times: int) -> list[int]:
    ready = threading.Barrier(times)
    counts: list[int] = []

    def one() -> None:
        ready.wait()
        counts.append(run_job(house, "remind"))

    threads = [threading.Thread(target=one) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return counts


def test_five_workers_at_once_tell_each_person_once(house: Flask) -> None:
    counts = at_once(house, 5)
    keys = db.session.execute(
        select(Notice.user_id, Notice.key).where(Notice.key.like("remind.%"))
    ).all()
    assert sum(counts) == len(keys) == len(set(keys)) > 0
    assert run_job(house, "remind") == 0


@pytest.mark.postgres
def test_five_workers_at_once_tell_each_person_once_in_postgresql(
    postgres_url: str, tmp_path: Path
) -> None:
    from meetly.app import create_app
    from meetly.config import Config

    app = create_app(Config(data=tmp_path / "var", secret="s", database=postgres_url))
    with app.app_context():
        db.create_all()
        assemble()
        cast = recall()
        start = datetime.now(UTC) + timedelta(minutes=30)
        meeting = scheduled(cast, starts_at=start, ends_at=start + timedelta(hours=1))
        meeting.published_at = start - timedelta(days=30)
        db.session.commit()
        db.session.remove()
        test_five_workers_at_once_tell_each_person_once(app)
        db.session.remove()
        db.engine.dispose()


def test_one_room_that_fails_does_not_silence_the_other(
    cast: Cast, at: At, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(now: datetime) -> list[Reminder]:
        raise RuntimeError("no")

    due_report(cast, scheduled(cast), wall(17, 16))
    at(17, 17)
    monkeypatch.setattr(remind, "FIND", (fail, of_materials.due))
    assert run() == 2
    assert "failed and will be asked again" in caplog.text


# -- how it reads ----------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_mails_read_as_agreed(session: Database, cast: Cast, at: At, language: str) -> None:
    cast.hoa.language = language
    meeting = scheduled(cast)
    materials.add(cast.nam, meeting, "a.txt", io.BytesIO(b"a"), title="Dự thảo kế hoạch")
    reports.request(
        cast.nam, meeting, "Báo cáo tháng 11", [cast.nam_hoa], wall(20, 16), note="Theo mẫu số 2."
    )
    for moment in ((19, 8), (20, 17), (22, 15), (22, 16), (23, 7)):
        at(*moment)
        run()
    query = select(Notice.key, Mail.subject, Mail.text).join(Mail, Mail.notice_id == Notice.id)
    query = query.where(Notice.user_id == cast.hoa.id, Notice.key.like("remind.%"))
    found = {
        key.split(":")[0]: f"{subject}\n\n{text}" for key, subject, text in session.execute(query)
    }
    assert len(found) == 6
    for name, text in found.items():
        golden = GOLDEN / f"{name.replace('.', '_')}_{language}.txt"
        if WRITE:
            golden.write_text(text, encoding="utf-8")
        assert text == golden.read_text(encoding="utf-8"), name
