"""What was ordered before is read, put right and taken over once; nothing typed is lost."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from sqlalchemy import func, select

from meetly import audit, search
from meetly.accounts import service as accounts
from meetly.app import create_app
from meetly.config import Config
from meetly.directions import service as directions
from meetly.directions.models import Direction, DirectionStatus, Origin
from meetly.errors import BadInput, NotAllowed, NotFound, Stale, WrongState
from meetly.extensions import db
from meetly.notices.models import Notice
from meetly.search import SearchEntry
from meetly.tasks import service as tasks
from meetly.tasks.importing import service, showing, taking
from meetly.tasks.importing.checking import Trouble
from meetly.tasks.importing.models import ImportStatus, TaskImport
from meetly.tasks.importing.rows import Progressed, Row, from_json
from meetly.tasks.importing.service import Change, Heading
from meetly.tasks.models import Progress, Task, TaskState
from tests.cast import Cast, assemble
from tests.tasks.importing import samples

GIVEN = date(2026, 11, 2)
SHEET = """Nội dung;Chủ trì;Phối hợp;Hạn;Ngày giao;Trạng thái;Ngày hoàn thành;Ghi chú;Người theo dõi
Rà soát dự án;Sở Tài chính;Sở Xây dựng;10/12/2026;2/11/2026;Đang thực hiện;;Chờ số liệu;Đỗ Văn Nam
Báo cáo;UBND các xã, phường;;hằng tháng;;;;;Ai đó
Bàn giao;Sở Xây dựng;;15/11/2026;2/11/2026;Đã xong;20/11/2026;;
Lập dự toán;Sở Tài chánh;;hôm nào đó;;;;;
"""


def brought(cast: Cast, sheet: str = SHEET) -> TaskImport:
    found = service.begin_sheet(
        cast.nam, cast.office, Heading(given_on=GIVEN), document=sheet.encode(), filename="việc.csv"
    )
    db.session.commit()
    return found


def rows_of(found: TaskImport) -> list[Row]:
    return from_json(found.rows)


def as_it_is(row: Row, **other: object) -> Change:
    values: dict[str, object] = {
        "text": row.text, "lead": row.lead, "coordinate": row.coordinate,
        "due": service.due_words(row), "product": row.product, "take": row.take,
        "is_done": row.progressed == Progressed.DONE,
        "done_on": f"{row.done_on:%d/%m/%Y}" if row.done_on else "",
        "given_on": f"{row.given_on:%d/%m/%Y}" if row.given_on else "",
    }  # fmt: skip
    return Change(**(values | other))  # type: ignore[arg-type]


def save(cast: Cast, found: TaskImport, key: str, **other: object) -> Row:
    row = next(r for r in rows_of(found) if r.key == key)
    heading = Heading(found.source, found.given_on)
    service.save(cast.nam, found, found.version, heading, {key: as_it_is(row, **other)})
    return next(r for r in rows_of(found) if r.key == key)


# -- notices ---------------------------------------------------------------------------------


def test_a_notice_becomes_directions_and_tasks(cast: Cast) -> None:
    found = service.begin_notice(
        cast.nam, cast.office, Heading(), document=samples.notice_docx(), filename="tb.docx"
    )
    assert (found.source, found.given_on) == ("Thông báo số 12/TB-VP", date(2026, 11, 24))
    assert len(rows_of(found)) == 10 and all(row.take for row in rows_of(found))
    opened = taking.take(cast.nam, found, found.version)
    db.session.commit()
    given = list(db.session.scalars(select(Direction).order_by(Direction.ordinal)))
    assert len(given) == 10 and found.status == ImportStatus.TAKEN
    first = given[0]
    assert (first.origin, first.status) == (Origin.NOTICE, DirectionStatus.CONFIRMED)
    assert first.source == "Thông báo số 12/TB-VP ngày 24/11/2026"
    assert first.minutes_id is None and first.owner_unit_id == cast.office.id
    # the group reaches the two localities of the cast, two departments share one order
    assert len(opened) == 12
    task = next(t for t in opened if t.lead_unit_id == cast.finance.id)
    assert task.due == date(2026, 12, 10) and task.helpers[0].name == "Kho bạc Nhà nước khu vực"
    assert audit.of(first)[0].verb == "directions.take_over"
    hits = search.find("điều chuyển vốn", SearchEntry.kind == "task")
    assert [hit.link for hit in hits] == [f"/tasks/{task.id}"]
    assert tasks.get(cast.long, task.id) is task, "its unit sees it"
    assert directions.get(cast.long, first.id) is first
    with pytest.raises(NotFound):
        tasks.get(cast.la, task.id)


def test_a_notice_without_a_day_asks_for_it(cast: Cast) -> None:
    words = samples.NOTICE.replace("ngày 24 tháng 11", "ngày … tháng 11")
    with pytest.raises(BadInput, match="Không thấy ngày"):
        service.begin_notice(cast.nam, cast.office, Heading(), pasted=words)
    found = service.begin_notice(cast.nam, cast.office, Heading(given_on=GIVEN), pasted=words)
    assert found.given_on == GIVEN and len(rows_of(found)) == 10


def test_only_a_meeting_of_the_unit_can_be_named(cast: Cast) -> None:
    with pytest.raises(BadInput, match="cuộc họp"):
        service.begin_notice(
            cast.nam, cast.office, Heading(given_on=GIVEN, meeting_id=99), pasted=samples.NOTICE
        )


# -- spreadsheets ----------------------------------------------------------------------------


def test_lines_stand_with_what_is_wrong_with_them(cast: Cast) -> None:
    found = brought(cast)
    shown = showing.shown(found, service.names_for(cast.office))
    told = [[problem.trouble for problem in line.problems] for line in shown.lines]
    assert told == [
        [], [Trouble.UNKNOWN_OFFICER], [], [Trouble.UNREAD_DUE, Trouble.UNKNOWN_UNIT],
    ]  # fmt: skip
    assert shown.lines[3].problems[1].suggestions == ("Sở Tài chính",)
    assert (shown.chosen, shown.blocked, shown.notable, shown.total) == (3, 1, 1, 4)
    assert shown.lines[1].reaches == 2
    only = showing.shown(found, service.names_for(cast.office), notable=True)
    assert [line.row.line for line in only.lines] == [5]


def test_nothing_is_opened_while_a_chosen_line_is_wrong(cast: Cast) -> None:
    found = brought(cast)
    with pytest.raises(BadInput, match="Còn 1 dòng"):
        taking.take(cast.nam, found, found.version)
    db.session.rollback()
    assert found.status == ImportStatus.READ
    assert db.session.scalar(select(func.count()).select_from(Direction)) == 0


def test_lines_put_right_are_taken_over_as_their_work_stands(cast: Cast) -> None:
    found = brought(cast)
    assert service.rename(cast.nam, found, "Sở Tài chánh", "Sở Tài chính") == 1
    assert save(cast, found, "l5", due="20/12").due == date(2026, 12, 20)
    assert save(cast, found, "l4", take=True).take
    opened = {task.text: task for task in taking.take(cast.khai, found, found.version)}
    db.session.commit()
    day = date(2026, 11, 26)
    running, over = opened["Rà soát dự án"], opened["Bàn giao"]
    assert running.started_at and running.state(day) is TaskState.IN_TIME
    assert running.officer_id == cast.nam.id
    assert [said.text for said in tasks.progress_of(running)] == ["Chờ số liệu"]
    assert over.state(day) is TaskState.DONE_LATE and over.accepted_by_id == cast.khai.id
    assert over.completed_at and over.completed_at.date() == date(2026, 11, 20)
    assert [said.kind for said in tasks.progress_of(over)] == ["accept", "claim"]
    assert opened["Báo cáo"].recurring == "hằng tháng"
    said = db.session.scalars(
        select(Progress.text).where(Progress.task_id == opened["Báo cáo"].id)
    ).all()
    assert list(said) == ["Người theo dõi: Ai đó"], "a name nobody has is not lost"
    sources = set(db.session.scalars(select(Direction.source)))
    assert "việc.csv, dòng 2" in sources


def test_a_unit_is_told_once_how_much_it_has_to_do(cast: Cast) -> None:
    sheet = "Nội dung;Chủ trì;Hạn\n" + "".join(
        f"Việc {n};Sở Tài chính;1/12/2026\n" for n in range(9)
    )
    found = brought(cast, sheet)
    taking.take(cast.nam, found, found.version)
    told = db.session.scalars(select(Notice).where(Notice.user_id == cast.long.id)).all()
    assert [notice.subject[:10] for notice in told] == ["9 nhiệm vụ"]


def test_a_double_of_an_open_task_is_seen_and_left_out(cast: Cast) -> None:
    sheet = "Nội dung;Chủ trì;Hạn\nRà soát;Sở Tài chính;1/12/2026\nRà soát.;so tai chinh;1/12/2026"
    found = brought(cast, sheet)
    assert [row.take for row in rows_of(found)] == [True, False]
    taking.take(cast.nam, found, found.version)
    db.session.commit()
    again = brought(cast, sheet)
    assert again.id != found.id and not any(row.take for row in rows_of(again))
    [line, _second] = showing.shown(again, service.names_for(cast.office)).lines
    assert [problem.trouble for problem in line.problems] == [Trouble.DOUBLE]


def test_unclear_columns_are_named_by_a_person(cast: Cast) -> None:
    found = brought(cast, "A;B;C\nViệc một;Sở Tài chính;1/12/2026\nViệc hai;Sở Xây dựng;2/12/2026")
    assert found.rows == []
    fields = {"text": 0, "lead": 1, "due": 2}
    for header, wrong in (
        (0, {"lead": 1}),
        (9, fields),
        (0, {"text": 7}),
        (0, fields | {"due": 1}),
    ):
        with pytest.raises(BadInput):
            service.name_columns(cast.nam, found, found.version, header, wrong)
        db.session.rollback()
    service.name_columns(cast.nam, found, found.version, 0, fields)
    assert [(r.text, r.lead[0]) for r in rows_of(found)] == [
        ("Việc một", "Sở Tài chính"), ("Việc hai", "Sở Xây dựng"),
    ]  # fmt: skip


def test_the_same_file_sent_twice_waits_once(cast: Cast) -> None:
    assert brought(cast).id == brought(cast).id
    assert len(service.listing(cast.khai)) == 1


# -- putting right ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({"due": "31/02/2026"}, {"due": None, "unread": "31/02/2026"}),
        ({"due": ""}, {"due": None, "unread": ""}),
        ({"due": "hằng quý"}, {"due": None, "recurring": "hằng quý"}),
        ({"is_done": True, "done_on": "3/11/2026"}, {"done_on": date(2026, 11, 3)}),
        ({"is_done": True, "done_on": "hôm qua"}, {"unread_days": (("done_on", "hôm qua"),)}),
        ({"given_on": "xx"}, {"given_on": None, "unread_days": (("given_on", "xx"),)}),
        ({"lead": ("sở xây dựng", "Hội lạ")}, {"lead": ("Sở Xây dựng", "Hội lạ")}),
        ({"text": "  a \n b "}, {"text": "a b"}),
        ({"take": False}, {"take": False}),
    ],
)
def test_a_line_is_kept_as_it_was_left(
    cast: Cast, other: dict[str, object], expected: dict[str, object]
) -> None:
    row = save(cast, brought(cast), "l2", **other)
    assert {name: getattr(row, name) for name in expected} == expected


def test_saving_without_a_change_changes_nothing(cast: Cast) -> None:
    found = brought(cast)
    before = rows_of(found)
    changes = {row.key: as_it_is(row) for row in before}
    service.save(cast.nam, found, found.version, Heading("", GIVEN), changes)
    assert rows_of(found) == before


def test_the_slower_of_two_overwrites_nothing(cast: Cast) -> None:
    found = brought(cast)
    seen = found.version
    save(cast, found, "l2", text="Một")
    with pytest.raises(Stale):
        service.save(cast.khai, found, seen, Heading("", GIVEN), {})
    with pytest.raises(Stale):
        taking.take(cast.khai, found, seen)


def test_lines_are_added_and_chosen(cast: Cast) -> None:
    found = brought(cast)
    row = service.add_row(cast.nam, found)
    assert save(cast, found, row.key, text="Thêm", lead=("Sở Nội vụ",)).text == "Thêm"
    assert service.choose(cast.nam, found, found.version, done=False) == 3
    assert service.choose(cast.nam, found, found.version, done=True) == 4


def test_what_is_thrown_away_or_taken_over_stays_so(cast: Cast) -> None:
    found = brought(cast)
    service.discard(cast.nam, found, found.version)
    for verb in (
        lambda: taking.take(cast.nam, found, found.version),
        lambda: service.discard(cast.nam, found, found.version),
        lambda: service.add_row(cast.nam, found),
    ):
        with pytest.raises(WrongState):
            verb()


def test_only_its_keepers_see_and_take_an_import_over(cast: Cast) -> None:
    found = brought(cast)
    assert service.get(cast.khai, found.id) is found
    for stranger in (cast.la, cast.long, cast.hoa, cast.quan):
        with pytest.raises(NotFound):
            service.get(stranger, found.id)
        assert found not in service.listing(stranger)
        with pytest.raises(NotAllowed):
            taking.take(stranger, found, found.version)
        with pytest.raises(NotAllowed):
            service.begin_sheet(
                stranger, cast.office, Heading(), document=SHEET.encode(), filename="x"
            )


# -- once ------------------------------------------------------------------------------------


def test_taking_over_twice_opens_once(cast: Cast) -> None:
    found = service.begin_notice(cast.nam, cast.office, Heading(), pasted=samples.NOTICE)
    seen = found.version
    taking.take(cast.nam, found, seen)
    with pytest.raises(WrongState):
        taking.take(cast.nam, found, seen)
    assert db.session.scalar(select(func.count()).select_from(Direction)) == 10


def test_a_long_import_is_taken_over_step_by_step(cast: Cast) -> None:
    found = service.begin_notice(cast.nam, cast.office, Heading(), pasted=samples.NOTICE)
    seen = found.version
    taking.take(cast.nam, found, seen, most=4)
    assert found.status == ImportStatus.READ
    with pytest.raises(Stale):
        taking.take(cast.nam, found, seen, most=4)
    shown = showing.shown(found, service.names_for(cast.office))
    assert (shown.total, shown.chosen) == (6, 6), "what was opened can no longer be changed"
    assert not db.session.scalars(select(Notice).where(Notice.key.like("import:%"))).all()
    while found.status == ImportStatus.READ:
        taking.take(cast.nam, found, found.version, most=4)
    given = db.session.scalars(select(Direction.ordinal).order_by(Direction.ordinal)).all()
    assert list(given) == list(range(1, 11))
    assert len(db.session.scalars(select(Notice).where(Notice.user_id == cast.long.id)).all()) == 1


def test_the_rest_of_one_taken_in_part_can_be_thrown_away(cast: Cast) -> None:
    found = service.begin_notice(cast.nam, cast.office, Heading(), pasted=samples.NOTICE)
    taking.take(cast.nam, found, found.version, most=4)
    service.discard(cast.nam, found, found.version)
    assert found.status == ImportStatus.TAKEN
    assert db.session.scalar(select(func.count()).select_from(Direction)) == 4


def test_four_at_once_open_once(database_url: str, config: Config) -> None:
    assert raced(database_url, config) == (1, 10)


def test_the_race_sees_a_claim_that_asks_nothing(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted defect: without the condition every press says that it opened everything."""

    def claim(found: TaskImport, version: int, status: ImportStatus) -> None:
        found.status = status

    monkeypatch.setattr(service, "claim", claim)
    won, _opened = raced(config.database_url, config)
    assert won > 1


def raced(url: str, config: Config) -> tuple[int, int]:
    """Let four presses of the button meet; return how many opened, and how many directions."""
    app = create_app(Config(data=config.data, secret="x", database=url))
    with app.app_context():
        db.create_all()
        cast = assemble()
        found = service.begin_notice(cast.nam, cast.office, Heading(), pasted=samples.NOTICE)
        db.session.commit()
        number, version, login = found.id, found.version, cast.nam.login
        db.session.remove()
    gate = threading.Barrier(4)
    won: list[int] = []

    def press() -> None:
        gate.wait(timeout=20)
        with app.app_context():
            try:
                user = accounts.user_by_login(login)
                mine = service.get(user, number)
                taking.take(user, mine, version)
                db.session.commit()
                won.append(1)
            except (WrongState, Stale):
                db.session.rollback()
            finally:
                db.session.remove()

    presses = [threading.Thread(target=press) for _ in range(4)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    with app.app_context():
        opened = db.session.scalar(select(func.count()).select_from(Direction)) or 0
        assert db.session.scalar(select(func.count()).select_from(Task)) or not opened
        db.session.remove()
        db.engine.dispose()
    return len(won), opened
