"""Taking over: the chosen lines become confirmed directions and their tasks, once."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from meetly import audit, clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Unit, User
from meetly.directions.models import Origin
from meetly.directions.taking_over import Named, Order, take_over
from meetly.errors import BadInput, Stale
from meetly.extensions import db
from meetly.folding import fold
from meetly.notices import service as notices
from meetly.tasks import giving, opening
from meetly.tasks.importing import service, showing
from meetly.tasks.importing.models import ImportKind, ImportStatus, TaskImport
from meetly.tasks.importing.rows import Progressed, Row, from_json, to_json
from meetly.tasks.models import Progress, ProgressKind, Task

_ORIGINS = {ImportKind.NOTICE: Origin.NOTICE, ImportKind.SHEET: Origin.SHEET}
#: five in the morning in UTC is noon in Vietnam
_NOON = 5
#: lines opened in one transaction, so that nobody else waits long to write
AT_ONCE = 100
_IN_ONE_QUERY = 500


def take(user: User, found: TaskImport, version: int, most: int = AT_ONCE) -> list[Task]:
    """Open the directions and tasks of the chosen lines, the first `most` of them.

    Nothing is opened when a chosen line cannot be. TAKEN when none is left, else READ: each step is
    one UPDATE that also checks version and status, so that a second press, or a second tab, opens
    nothing: WrongState or Stale then. A step that was cut off opens nothing and is done again.
    """
    accounts.require(user, found.unit_id, *service.KEEPERS)
    db.session.refresh(found)
    left = 0
    if found.status == ImportStatus.READ:
        if found.version != version:
            raise Stale()
        left = len(_ready(found))
    service.claim(found, version, ImportStatus.READ if left > most else ImportStatus.TAKEN)
    found.taken_at = clock.now()
    rows = from_json(found.rows)
    opened = _open_all(user, found, _waiting(rows)[:most], len(rows) - left)
    found.rows = to_json(opened.get(row.key, (row, []))[0] for row in rows)
    tasks = [task for _row, some in opened.values() for task in some]
    audit.record(user.id, "tasks.take_import", found, directions=len(opened), tasks=len(tasks))
    if found.status == ImportStatus.TAKEN:
        _tell(found)
    return tasks


def _waiting(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row.take and row.direction_id is None]


def _ready(found: TaskImport) -> list[Row]:
    chosen = _waiting(from_json(found.rows))
    if not chosen:
        raise BadInput("Chưa chọn dòng nào để nhận.")
    blocked = sum(showing.is_blocked(found, row) for row in chosen)
    if blocked:
        raise BadInput(
            "Còn %(blocked)s dòng đã chọn phải sửa trước khi nhận; chưa mở nhiệm vụ nào.",
            blocked=blocked,
        )
    return chosen


def _open_all(
    user: User, found: TaskImport, rows: list[Row], before: int
) -> dict[str, tuple[Row, list[Task]]]:
    units = {unit.name: unit for unit in service.names_for(found.unit).living}
    people = showing.officers(found)
    opened = {}
    for ordinal, row in enumerate(rows, before + 1):
        officer = people.get(fold(row.officer)) if row.officer else None
        order = _order(found, row, ordinal, units, officer)
        direction = take_over(user, found.unit, _ORIGINS[found.kind], order, found.meeting_id)
        tasks = giving.open_for(user, direction, quiet=True)
        for task in tasks:
            _bring_up(user, task, row, known_officer=officer is not None)
        opened[row.key] = (_became(row, direction.id), tasks)
    return opened


def _became(row: Row, direction_id: int) -> Row:
    [item] = to_json([row])
    return from_json([item | {"direction_id": direction_id}])[0]


def _order(
    found: TaskImport, row: Row, ordinal: int, units: dict[str, Unit], officer: User | None
) -> Order:
    given_on = row.given_on or found.given_on
    return Order(
        row.text, row.span, _named(row.lead, units), _named(row.coordinate, units), given_on,
        _source(found, row, given_on), ordinal, row.due, row.recurring, row.product,
        officer.id if officer else None, row.confidence, row.cues,
    )  # fmt: skip


def _named(names: tuple[str, ...], units: dict[str, Unit]) -> tuple[Named, ...]:
    return tuple((name, units.get(name)) for name in names)


def _source(found: TaskImport, row: Row, given_on: date) -> str:
    document = row.source or found.source
    if document:
        return f"{document} ngày {given_on:%d/%m/%Y}"
    return f"{found.filename}, dòng {row.line}" if row.line else found.filename


def _bring_up(user: User, task: Task, row: Row, *, known_officer: bool) -> None:
    """Bring a task to where its work stood when it was taken over."""
    notes = [row.note] if row.note else []
    if row.officer and not known_officer:
        notes.append(f"Người theo dõi: {row.officer}")
    note = "\n".join(notes)
    if row.progressed == Progressed.DONE and row.done_on:
        at = datetime(row.done_on.year, row.done_on.month, row.done_on.day, _NOON, tzinfo=UTC)
        task.started_at = task.claimed_at = task.completed_at = task.accepted_at = at
        task.accepted_by_id = user.id
        done = note or "Đã hoàn thành trước khi nhận vào Meetly."
        _say(user, task, ProgressKind.CLAIM, done, 100)
        _say(user, task, ProgressKind.ACCEPT, "Nhận theo bảng theo dõi.", 100)
        return
    if row.progressed == Progressed.RUNNING:
        task.started_at = clock.now()
    if note:
        _say(user, task, ProgressKind.REPORT, note, 0)


def _say(user: User, task: Task, kind: ProgressKind, text: str, percent: int) -> None:
    said = Progress(
        task_id=task.id, author_id=user.id, at=clock.now(), kind=kind, text=text, percent=percent
    )
    db.session.add(said)


def _tell(found: TaskImport) -> None:
    """Tell each unit once how much it has to do, not once a task."""
    given = [row.direction_id for row in from_json(found.rows) if row.direction_id]
    counted: Counter[int] = Counter()
    for begin in range(0, len(given), _IN_ONE_QUERY):
        query = (
            select(Task.lead_unit_id, func.count())
            .where(
                Task.direction_id.in_(given[begin : begin + _IN_ONE_QUERY]),
                Task.lead_unit_id.is_not(None), Task.completed_at.is_(None),
            )
            .group_by(Task.lead_unit_id)
        )  # fmt: skip
        counted.update({unit: number for unit, number in db.session.execute(query) if unit})
    source = found.source or found.filename
    for unit_id, number in counted.items():
        notices.tell(
            accounts.people_of([unit_id], *opening.MEMBERS),
            key=f"import:{found.id}:{unit_id}",
            subject=lambda number=number: ngettext(  # type: ignore[misc]
                "%(num)s nhiệm vụ đang thực hiện được nhận vào hệ thống",
                "%(num)s nhiệm vụ đang thực hiện được nhận vào hệ thống",
                number,
            ),
            body=lambda: _("Theo %(source)s.", source=source) if source else "",
            link="/tasks?mine=lead",
        )
