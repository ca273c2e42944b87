"""One step of a task: a conditional change of its row, and the line of its story that tells it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.engine import CursorResult

from meetly import clock
from meetly.accounts.models import User
from meetly.errors import BadInput, NotAllowed, Stale, WrongState
from meetly.extensions import db
from meetly.tasks.models import Progress, ProgressKind, Task

LONGEST_TEXT = 10_000
#: What a report may say at most; only the claim says 100.
MOST_PERCENT = 99


def change(
    task: Task,
    allowed: bool,
    *conditions: ColumnElement[bool],
    version: int | None = None,
    **values: object,
) -> None:
    """Change a living task in one UPDATE that also checks how it stands.

    NotAllowed, Stale when it is no longer the version that was seen, WrongState otherwise.
    """
    if not allowed:
        raise NotAllowed()
    seen = [Task.version == version] if version is not None else []
    statement = (
        update(Task)
        .where(Task.id == task.id, Task.cancelled_at.is_(None), *conditions, *seen)
        .values(version=Task.version + 1, **values)
        .execution_options(synchronize_session=False)
    )
    result = db.session.execute(statement)
    assert isinstance(result, CursorResult)
    db.session.refresh(task)
    if result.rowcount == 1:
        return
    if version is not None and task.version != version:
        raise Stale()
    raise WrongState("Nhiệm vụ đã đổi trạng thái sau khi bạn mở; hãy tải lại trang.")


def started() -> ColumnElement[object]:
    """Return when work on it began: the first report."""
    return func.coalesce(Task.started_at, clock.now())


def say(
    user: User, task: Task, kind: ProgressKind, text: str, percent: int | None = None
) -> Progress:
    """Add a line to the story; the percent stays what the unit last reported unless given."""
    said = Progress(
        task_id=task.id, author_id=user.id, at=clock.now(), kind=kind, text=text,
        percent=reported(task) if percent is None else percent,
    )  # fmt: skip
    db.session.add(said)
    db.session.flush()
    return said


def reported(task: Task) -> int:
    """Return how far the unit said it was in its last report, a claim left aside."""
    query = select(Progress.percent).where(
        Progress.task_id == task.id,
        Progress.kind == ProgressKind.REPORT,
        Progress.percent <= MOST_PERCENT,
    )
    return db.session.scalar(query.order_by(Progress.id.desc()).limit(1)) or 0


def words_of(text: str) -> str:
    """Return the words of a person, tidied; BadInput when there are none or too many."""
    words = text.strip()
    if not words:
        raise BadInput("Hãy viết vài chữ về việc đã làm hoặc lý do.")
    if len(words) > LONGEST_TEXT:
        raise BadInput("Không quá %(max)d ký tự.", max=LONGEST_TEXT)
    return words
