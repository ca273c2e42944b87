"""Ten years of a province's or a commune's tasks, written straight into a database.

Who gave what is uneven as in a real province: its office gives half of all tasks. Two in a hundred
are still running; of those done, five in a hundred were done late.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from meetly import clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, Unit, UnitKind, User
from meetly.directions.models import Direction, DirectionUnit
from meetly.extensions import db
from meetly.meetings.models import Meeting
from meetly.tasks.models import Progress, Task, TaskHelper

PASSWORD = "mật khẩu để đo"
YEARS = 10
RUNNING, LATE, UNDATED, HELPED = 0.02, 0.05, 0.1, 0.3
#: Tasks one meeting brings, and tasks one direction opens (a group order opens several).
OF_MEETING, OF_DIRECTION = 6, 2
#: The part of all tasks that the office of the province gave.
OF_OFFICE = 0.5
BATCH = 20_000
WORDS = (
    "Rà soát hồ sơ đất đai tồn đọng", "Chi trả xong tiền bồi thường cho các hộ còn lại",
    "Báo cáo tiến độ giải ngân vốn đầu tư công", "Hoàn thành cắm mốc ranh giới quy hoạch",
    "Kiểm tra các điểm có nguy cơ sạt lở", "Lập danh sách hộ nghèo cần hỗ trợ nhà ở",
)  # fmt: skip


@dataclass(frozen=True)
class House:
    """Who gives and who leads, and who looks at the board."""

    leader: str
    givers: list[int]
    #: the part of all tasks each of them gave
    shares: list[float]
    leads: list[int]
    officers: list[int]


def settle(places: int, offices: int) -> House:
    """Add a unit with its leader, the units around it and their officers; committed."""
    province = accounts.add_unit(None, code="TT", name="UBND tỉnh Thử", kind=UnitKind.PROVINCE)
    office = accounts.add_unit(
        None, code="TT.VP", name="Văn phòng UBND tỉnh", kind=UnitKind.OFFICE, parent=province
    )
    around = [_unit(province, f"TT.S{n}", f"Sở thứ {n}", UnitKind.DEPARTMENT)
              for n in range(offices)]  # fmt: skip
    around += [_unit(province, f"TT.X{n}", f"UBND xã {n}", UnitKind.COMMUNE)
               for n in range(places)]  # fmt: skip
    leader = _person("lanhdao", office, Role.LEADER)
    officers = [_person(f"chuyenvien{n}", office, Role.SECRETARY).id for n in range(12)]
    others = [unit.id for unit in around]
    db.session.commit()
    rest = (1 - OF_OFFICE) / len(others)
    return House(
        leader.login, [office.id, *others], [OF_OFFICE, *[rest] * len(others)], others, officers
    )


def _unit(parent: Unit, code: str, name: str, kind: UnitKind) -> Unit:
    return accounts.add_unit(None, code=code, name=name, kind=kind, parent=parent)


def _person(login: str, unit: Unit, role: Role) -> User:
    person = accounts.add_user(
        None, login=login, name=login.title(), password=PASSWORD, email=f"{login}@thu.example"
    )
    accounts.give_role(None, person, unit, role)
    return person


def fill(engine: sa.Engine, house: House, tasks: int, seed: int = 6) -> None:
    """Write that many tasks with their directions and meetings, then their indexes."""
    tables: list[Any] = [Meeting.__table__, Direction.__table__, DirectionUnit.__table__,
                         Task.__table__, TaskHelper.__table__, Progress.__table__]  # fmt: skip
    indexes = [index for table in tables for index in table.indexes]
    for index in indexes:
        index.drop(engine)
    writer = _Writer(engine)
    for chunk in _batched(_told(house, tasks, random.Random(seed)), BATCH):
        rows: dict[str, list[dict[str, Any]]] = {table.name: [] for table in tables}
        for name, row in chunk:
            rows[name].append(row)
        for table in tables:
            writer.write(table, rows[table.name])
    writer.close()
    for index in indexes:
        index.create(engine)
    _settle_statistics(engine)


def _batched(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    waiting = iter(rows)
    while batch := list(itertools.islice(waiting, size)):
        yield batch


def _settle_statistics(engine: sa.Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("VACUUM ANALYZE")
            for table in ("meeting", "direction", "task", "task_helper", "progress"):
                connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'),"
                    f" (SELECT max(id) FROM {table}))"
                )
        else:
            connection.exec_driver_sql("ANALYZE")


class _Writer:
    """Writes rows as fast as the database takes them: COPY, or one prepared INSERT."""

    def __init__(self, engine: sa.Engine) -> None:
        self.raw: Any = engine.raw_connection()
        self.is_sqlite = engine.dialect.name == "sqlite"
        if self.is_sqlite:
            self.raw.execute("BEGIN")
        else:
            # The rows are made to fit; asking each foreign key again would take most of the time.
            self.raw.cursor().execute("SET session_replication_role = replica")

    def write(self, table: Any, rows: list[dict[str, Any]]) -> None:
        if not rows:
            return
        names = list(rows[0])
        columns = ", ".join(f'"{name}"' for name in names)
        cursor = self.raw.cursor()
        if self.is_sqlite:
            marks = ", ".join("?" * len(names))
            cursor.executemany(
                f"INSERT INTO {table.name} ({columns}) VALUES ({marks})",
                [tuple(_plain(value) for value in row.values()) for row in rows],
            )
            return
        with cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(tuple(row.values()))

    def close(self) -> None:
        self.raw.commit()
        self.raw.close()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return value.isoformat() if isinstance(value, date) else value


# -- the rows --------------------------------------------------------------------------------


def _told(house: House, tasks: int, dice: random.Random) -> Iterator[tuple[str, dict[str, Any]]]:
    """Tell the ten years from their beginning: meetings, their directions, and the tasks."""
    today = clock.today()
    begins = datetime(today.year - YEARS, today.month, 1, 1, 0, tzinfo=UTC)
    span = (clock.now() - begins).total_seconds()
    owner, meeting, direction = 0, 0, 0
    held = begins
    for number in range(1, tasks + 1):
        if (number - 1) % OF_MEETING == 0:
            meeting += 1
            owner = dice.choices(house.givers, house.shares)[0]
            held = begins + timedelta(seconds=span * number / tasks)
            yield "meeting", _meeting(meeting, owner, held)
        if (number - 1) % OF_DIRECTION == 0:
            direction += 1
            yield "direction", _direction(direction, meeting, owner, held, dice)
        yield from _task(number, direction, meeting, owner, held, house, dice)


def _meeting(number: int, owner: int, held: datetime) -> dict[str, Any]:
    return {
        "id": number, "unit_id": owner, "title": f"Giao ban lần {number}", "status": "held",
        "starts_at": held, "ends_at": held + timedelta(hours=2), "place": "", "link": "",
        "note": "", "cancel_reason": "", "created_by_id": 1, "created_at": held, "version": 1,
        "own_parts": "[]", "uid": f"do-{number}", "sequence": 0, "moved_sequence": 0,
        "letter_number": "", "engine": "link", "room": "{}",
    }  # fmt: skip


def _direction(
    number: int, meeting: int, owner: int, held: datetime, dice: random.Random
) -> dict[str, Any]:
    words = dice.choice(WORDS)
    return {
        "id": number, "owner_unit_id": owner, "origin": "minutes", "source": "",
        "given_on": clock.local(held).date(), "meeting_id": meeting, "block_id": f"b{number}",
        "ordinal": number % 9, "status": "confirmed", "text": words, "span": words, "due": None,
        "recurring": "", "product": "", "report_to": "", "priority": "normal",
        "confidence": 1.0, "cues": "[]", "segment_ids": "[]", "start": 61.5, "end": 70.0,
        "dismissal": "", "minutes_version": 1, "version": 1,
    }  # fmt: skip


def _task(
    number: int, direction: int, meeting: int, owner: int, held: datetime, house: House,
    dice: random.Random,
) -> Iterator[tuple[str, dict[str, Any]]]:  # fmt: skip
    given = clock.local(held).date()
    due = None if dice.random() < UNDATED else given + timedelta(days=dice.randint(5, 60))
    lead = house.leads[(number * 7919) % len(house.leads)]
    done = _done(held, due, dice)
    claimed = clock.now() if done is None and dice.random() < 0.1 else done
    yield "task", {
        "id": number, "direction_id": direction, "meeting_id": meeting, "owner_unit_id": owner,
        "lead_unit_id": lead, "lead_name": f"Đơn vị {lead}",
        "text": f"{WORDS[number % len(WORDS)]}, việc số {number}", "due": due, "first_due": due,
        "recurring": "", "period": "", "product": "", "report_to": "", "priority": "normal",
        "officer_id": dice.choice(house.officers), "opened_at": held, "opened_by_id": 1,
        "started_at": held if done else None, "claimed_at": claimed, "completed_at": done,
        "accepted_at": done, "version": 1,
    }  # fmt: skip
    if dice.random() < HELPED:
        helper = dice.choice(house.leads)
        yield "task_helper", {"id": number, "task_id": number, "name": "Đơn vị", "unit_id": helper}
    yield "progress", {
        "id": number, "task_id": number, "author_id": 1, "at": held, "kind": "report",
        "text": "Đang làm.", "percent": 40,
    }  # fmt: skip


def _done(held: datetime, due: date | None, dice: random.Random) -> datetime | None:
    """Choose when a task was done; none for the few that nobody finished, and what is too new."""
    if dice.random() < RUNNING:
        return None
    until = (due - clock.local(held).date()).days if due else 30
    late = dice.random() < LATE
    days = until + dice.randint(1, 20) if late else dice.uniform(0.2, 0.95) * until
    moment = held + timedelta(days=days)
    return moment if moment < clock.now() else None
