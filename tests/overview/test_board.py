"""The leader's board and a unit's page: what they count, whom they show it to, how they ask."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import text

from bench import plans, years_of_tasks
from meetly import clock
from meetly.accounts.models import User
from meetly.app import create_app
from meetly.config import Config
from meetly.directions.models import Direction, DirectionStatus
from meetly.errors import BadInput, NotFound
from meetly.extensions import db
from meetly.overview import board, board_asked, board_tasks, unit_standing
from meetly.overview.board_asked import Asked, By, Side, Standing
from meetly.tasks.models import Task
from tests.cast import Cast
from tests.meetings.plans import scheduled
from tests.queries import counting

SignIn = Callable[[User], FlaskClient]


@dataclass(frozen=True)
class Story:
    """One task that the office gave to Nậm Hoa in a meeting."""

    task: Task


@pytest.fixture
def story(cast: Cast) -> Story:
    meeting = scheduled(cast, title="Giao ban hôm qua")
    said = "Chi trả xong cho sáu hộ còn lại"
    direction = Direction(
        owner_unit_id=cast.office.id, given_on=clock.today(), meeting_id=meeting.id, ordinal=1,
        text=said, span=said, status=DirectionStatus.CONFIRMED, start=61.0,
    )  # fmt: skip
    db.session.add(direction)
    db.session.flush()
    task = Task(
        direction_id=direction.id, meeting_id=meeting.id, owner_unit_id=cast.office.id,
        lead_unit_id=cast.nam_hoa.id, lead_name=cast.nam_hoa.name, text=said,
        opened_at=clock.now(), opened_by_id=cast.khai.id,
    )  # fmt: skip
    db.session.add(task)
    db.session.flush()
    return Story(task)


def another(like: Task, name: str, **values: object) -> Task:
    """Add a task like another one, of another lead."""
    kept = {
        column: getattr(like, column)
        for column in ("direction_id", "meeting_id", "owner_unit_id", "text", "opened_at",
                       "opened_by_id")
    }  # fmt: skip
    task = Task(**kept, lead_name=name, **values)
    db.session.add(task)
    db.session.flush()
    return task


def days(number: int) -> date:
    return clock.today() + timedelta(days=number)


def shown(user: User, **asked: object) -> list[Task]:
    return [line.task for line in board.of(user, Asked(**asked)).page.lines]  # type: ignore[arg-type]


# -- what it counts --------------------------------------------------------------------------


def test_the_latest_come_first_and_those_without_a_deadline_last(cast: Cast, story: Story) -> None:
    story.task.due = days(-5)
    later = another(story.task, "A", due=days(3))
    undated = another(story.task, "B")
    worst = another(story.task, "C", due=days(-30))
    assert shown(cast.khai) == [worst, story.task, later, undated]
    assert board.of(cast.khai, Asked()).sums == {
        Standing.LATE: 2, Standing.RUNNING: 1, Standing.UNDATED: 1, Standing.CLAIMED: 0,
    }  # fmt: skip


def test_what_was_said_to_be_done_waits_for_its_giver_and_is_not_late(
    cast: Cast, story: Story
) -> None:
    story.task.due, story.task.claimed_at = days(-5), clock.now()
    db.session.flush()
    seen = board.of(cast.khai, Asked())
    assert seen.page.lines == [] and seen.sums[Standing.LATE] == 0
    assert shown(cast.khai, standing=Standing.CLAIMED) == [story.task]


def test_what_is_done_stands_in_its_month_in_time_or_late_by_the_day_in_vietnam(
    cast: Cast, story: Story
) -> None:
    # half past midnight in Vietnam: still the day before in UTC, and late all the same
    story.task.due = date(2026, 10, 31)
    story.task.completed_at = clock.from_local(datetime(2026, 11, 1, 0, 30))
    db.session.flush()
    november = board_asked.period_of("2026-11")
    seen = board.of(cast.khai, Asked(period=november))
    assert seen.sums == {Standing.DONE_IN_TIME: 0, Standing.DONE_LATE: 1}
    assert [line.task for line in seen.page.lines] == [story.task]
    assert shown(cast.khai, period=board_asked.period_of("2026-10")) == []
    assert shown(cast.khai, period=board_asked.period_of("2026-Q4")) == [story.task]
    months = board.of(cast.khai, Asked(by=By.MONTH, period=november)).months
    assert [(m.name, m.done_late, m.share) for m in months if m.given] == [("2026-10", 1, 0)]


@pytest.mark.parametrize("by", [By.UNIT, By.MEETING, By.OFFICER])
def test_lines_add_up_to_what_is_above_them(cast: Cast, story: Story, by: By) -> None:
    story.task.due, story.task.officer_id = days(-5), cast.nam.id
    another(story.task, "Sở Tài chính", lead_unit_id=cast.finance.id, due=days(-1))
    another(story.task, "Ban nào đó", due=days(9))
    seen = board.of(cast.khai, Asked(by=by))
    columns = [sum(column) for column in zip(*(g.numbers for g in seen.groups), strict=True)]
    assert columns == list(seen.sums.values()) == [2, 1, 0, 0]
    assert seen.groups[0].oldest == days(-5) or by == By.OFFICER
    for group in seen.groups:
        narrow = board_asked.read({by: str(group.id)})
        assert sum(board.of(cast.khai, narrow).sums.values()) == group.total


def test_pages_hold_every_task_once_in_order(cast: Cast, story: Story) -> None:
    for number in range(9):
        another(story.task, f"N{number}", due=days(number // 3) if number < 6 else None)
    scope = board_tasks.Scope(Side.GIVEN, (cast.office.id,))
    whole = [line.task.id for line in board_tasks.page(scope, Asked()).lines]
    asked, walked = Asked(), []
    while True:
        page = board_tasks.page(scope, asked, limit=3)
        walked += [line.task.id for line in page.lines]
        if not page.after:
            break
        asked = replace(asked, after=page.after)
    assert walked == whole and len(set(walked)) == 10


# -- whom it shows what ----------------------------------------------------------------------


def test_a_unit_sees_what_it_must_do_and_not_what_others_were_given(
    cast: Cast, story: Story
) -> None:
    other = another(story.task, "Sở Xây dựng", lead_unit_id=cast.builders.id, due=days(-9))
    assert board.of(cast.sinh, Asked()).asked.side == Side.LED
    assert shown(cast.sinh) == [story.task] and shown(cast.sinh, side=Side.GIVEN) == []
    assert other in shown(cast.khai)
    assert board.of(cast.long, Asked()).is_empty and board.of(cast.la, Asked()).is_empty


def test_a_units_page_shows_a_giver_only_what_it_gave(cast: Cast, story: Story) -> None:
    foreign = another(story.task, "Nậm Hoa", lead_unit_id=cast.nam_hoa.id, due=days(-9))
    foreign.owner_unit_id = cast.other_province.id
    db.session.flush()

    def seen(user: User) -> list[Task]:
        found = unit_standing.of(user, cast.nam_hoa.id, Asked())
        return [line.task for line in found.page.lines]

    assert seen(cast.khai) == [story.task]
    assert seen(cast.hoa) == [foreign, story.task]
    for stranger in (cast.long, cast.chau, cast.quan):
        with pytest.raises(NotFound):
            seen(stranger)


# -- the pages -------------------------------------------------------------------------------


def test_overdue_is_one_click_from_today_and_one_from_the_task(
    cast: Cast, story: Story, sign_in: SignIn
) -> None:
    story.task.due = days(-5)
    browser = sign_in(cast.khai)
    assert '<span class="tile-number">1</span> <span class="tile-label">Ai chưa xong' in (
        browser.get("/").text
    )
    page = browser.get("/board").text
    assert "trễ 5 ngày" in page and f'href="/tasks/{story.task.id}"' in page
    for by in By:
        assert browser.get(f"/board?by={by}&period=").status_code == 200
        assert browser.get(f"/board?by={by}&period=2026-Q4&year=2025").status_code == 200
    assert "trễ 5 ngày" in browser.get(f"/units/{cast.nam_hoa.id}/tasks").text


STRANGE = (
    "by=x", "state=x", "period=2026-13", "period=1066", "year=20x6", "unit=-1", "unit=99999999999",
    "officer=1%27", "after=x", "after=2026-01-01_x", "period=2026&after=2026-01-01_1",
    "period=2026&after=2026-01-01T00:00:00%2B00:00_x", "side=both",
)  # fmt: skip


def test_an_address_nobody_gave_is_refused_in_words(
    cast: Cast, story: Story, sign_in: SignIn
) -> None:
    browser = sign_in(cast.khai)
    for words in STRANGE:
        answer = browser.get(f"/board?{words}")
        assert answer.status_code == 400 and "BAD_INPUT" in answer.text, words


def test_a_period_ends_with_its_last_day() -> None:
    quarter = board_asked.period_of("2026-Q4")
    assert (quarter.first, quarter.last) == (date(2026, 10, 1), date(2026, 12, 31))
    assert quarter.ends == clock.from_local(datetime(2027, 1, 1))
    with pytest.raises(BadInput):
        board_asked.period_of("2026-Q5")


def test_the_file_holds_what_the_page_shows_and_no_formula(
    cast: Cast, story: Story, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.task.due = days(-5)
    story.task.text = "=1+1"
    another(story.task, "Sở Tài chính", due=days(2))
    browser = sign_in(cast.khai)

    def rows(address: str) -> list[tuple[object, ...]]:
        sheet = load_workbook(io.BytesIO(browser.get(address).data)).active
        assert sheet is not None
        return list(sheet.iter_rows(min_row=2, values_only=True))

    late = rows("/board.xlsx?state=late")
    assert [(row[1], row[2], row[4]) for row in late] == [("UBND xã Nậm Hoa", "'=1+1", 5)]
    assert len(rows("/board.xlsx")) == 2
    monkeypatch.setattr(board, "MOST_ROWS", 1)
    assert "1 nhiệm vụ đầu" in str(rows("/board.xlsx")[-1][2])


# -- how it asks -----------------------------------------------------------------------------

PAGES = (
    "/", "/board", "/board?after=2020-01-01_1", "/board?by=unit", "/board?by=meeting",
    "/board?by=officer", "/board?by=month", "/board?period={year}", "/board?by=unit&period={year}",
    "/board?state=late", "/units/{unit}/tasks", "/units/{unit}/tasks?period={year}",
)  # fmt: skip


@pytest.fixture
def years(database_url: str, config: Config) -> Iterator[tuple[Flask, years_of_tasks.House]]:
    app = create_app(replace(config, database=database_url))
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        db.create_all()
        house = years_of_tasks.settle(3, 3)
        years_of_tasks.fill(db.engine, house, 6_000)
        yield app, house
        db.session.remove()
        db.engine.dispose()


def wrong_plans(app: Flask, house: years_of_tasks.House) -> list[str]:
    """Open every page; return those whose questions read every task."""
    browser = app.test_client()
    signed = {"login": house.leader, "password": years_of_tasks.PASSWORD}
    assert browser.post("/sign-in", data=signed).status_code == 302
    wrong = []
    for page in PAGES:
        address = page.format(year=clock.today().year - 1, unit=house.leads[-1])
        with plans.asked_of(db.engine) as asked:
            assert browser.get(address).status_code == 200
        found = [plans.plan(db.engine, question) for question in asked]
        if any(plans.reads_every_task(db.engine, lines) for lines in found):
            wrong.append(page)
    db.session.remove()
    return wrong


def test_no_page_reads_every_task_of_all_years(
    years: tuple[Flask, years_of_tasks.House],
) -> None:
    assert wrong_plans(*years) == []
    # the planted defect: without these indexes every page has to
    with db.engine.begin() as connection:
        for name in [index.name for index in Task.__table__.indexes]:  # type: ignore[attr-defined]
            connection.execute(text(f"DROP INDEX {name}"))
    db.engine.dispose()
    assert set(wrong_plans(*years)) == set(PAGES)


def test_a_longer_list_asks_no_more_questions(cast: Cast, story: Story) -> None:
    def asked() -> int:
        db.session.commit()
        db.session.expire_all()
        assert cast.khai.memberships
        with counting() as sent:
            board.of(cast.khai, Asked())
        return len(sent)

    before = asked()
    for number in range(30):
        another(story.task, f"N{number}", due=days(-number))
    assert asked() == before <= 12
