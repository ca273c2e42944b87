"""Verbs of extending: ask for more time, grant it, refuse it, take the question back.

Old deadlines stay in the requests; the deadline it was opened with stays in the task.
"""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.engine import CursorResult

from meetly import audit, clock
from meetly.accounts.models import User
from meetly.errors import BadInput, NotAllowed, NotFound, WrongState
from meetly.extensions import db
from meetly.inserting import insert
from meetly.tasks import listing, rights
from meetly.tasks.changing import change, say, words_of
from meetly.tasks.models import ExtensionRequest, ExtensionStatus, ProgressKind, Task
from meetly.tasks.telling import tell_giver, tell_unit


def get(user: User, request_id: int) -> ExtensionRequest:
    """Return a request on a task the person may see; NotFound otherwise."""
    found = db.session.get(ExtensionRequest, request_id)
    if found is None:
        raise NotFound()
    listing.get(user, found.task_id)
    return found


def of_task(task: Task) -> list[ExtensionRequest]:
    """List what was asked about a task, newest first; asks no permission."""
    query = select(ExtensionRequest).where(ExtensionRequest.task_id == task.id)
    return list(db.session.scalars(query.order_by(ExtensionRequest.id.desc())))


def ask(user: User, task: Task, reason: str, wanted: date) -> ExtensionRequest:
    """Ask for more time; one question at a time, and only for what has a deadline."""
    if not rights.may_report(user, task):
        raise NotAllowed()
    if task.due is None:
        raise BadInput("Nhiệm vụ không có hạn nên không cần gia hạn.")
    if wanted <= clock.today():
        raise BadInput("Ngày xin gia hạn phải sau hôm nay.")
    _require_later(task.due, wanted)
    words = words_of(reason)
    # Also stops a request on what is being closed at this moment.
    change(task, True, Task.completed_at.is_(None))
    row = insert(ExtensionRequest)
    asked = db.session.scalar(
        row.values(
            task_id=task.id, asked_by_id=user.id, asked_at=clock.now(), reason=words,
            old_due=task.due, wanted=wanted, status=ExtensionStatus.ASKED, answer="",
        )
        .on_conflict_do_nothing()
        .returning(ExtensionRequest)
    )  # fmt: skip
    if asked is None:
        raise WrongState("Đã có một đề nghị gia hạn đang chờ quyết định.")
    audit.record(user.id, "tasks.ask_extension", task, old=task.due, wanted=wanted)
    day = _day(wanted)
    tell_giver(
        task, "extension",
        lambda what: _("Xin gia hạn đến %(day)s: %(text)s", day=day, text=what), words,
    )  # fmt: skip
    found: ExtensionRequest = asked
    return found


def grant(user: User, request: ExtensionRequest, due: date, words: str = "") -> None:
    """Grant more time, up to the day that was asked for or another."""
    task = request.task
    _require_leader(user, task)
    _require_later(task.due, due)
    # What was claimed already is in time if it was claimed by then.
    held = clock.local(task.claimed_at).date() if task.claimed_at else clock.today()
    if due < held:
        raise BadInput("Hạn mới đã qua; hãy chọn ngày khác.")
    _decide(user, request, ExtensionStatus.GRANTED, words, due)
    change(task, True, Task.completed_at.is_(None), Task.due < due, due=due)
    say(user, task, ProgressKind.EXTEND, words.strip())
    audit.record(user.id, "tasks.extend", task, old=request.old_due, due=due)
    new = _day(due)
    tell_unit(
        task, "extended", lambda what: _("Được gia hạn đến %(day)s: %(text)s", day=new, text=what),
        words,
    )  # fmt: skip


def refuse(user: User, request: ExtensionRequest, words: str) -> None:
    """Refuse more time with the reason."""
    _require_leader(user, request.task)
    reason = words_of(words)
    _decide(user, request, ExtensionStatus.REFUSED, reason, None)
    task = request.task
    audit.record(user.id, "tasks.refuse_extension", task, reason=reason)
    tell_unit(
        task, f"extension:{request.id}:refused",
        lambda what: _("Không gia hạn: %(text)s", text=what), reason,
    )  # fmt: skip


def withdraw(user: User, request: ExtensionRequest) -> None:
    """Take a question back that nobody has decided."""
    if not rights.may_report(user, request.task):
        raise NotAllowed()
    _decide(user, request, ExtensionStatus.WITHDRAWN, "", None)
    audit.record(user.id, "tasks.withdraw_extension", request.task)


def _decide(
    user: User, request: ExtensionRequest, to: ExtensionStatus, words: str, granted: date | None
) -> None:
    statement = (
        update(ExtensionRequest)
        .where(
            ExtensionRequest.id == request.id, ExtensionRequest.status == ExtensionStatus.ASKED
        )
        .values(
            status=to, answer=words.strip(), granted=granted, decided_by_id=user.id,
            decided_at=clock.now(),
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    result = db.session.execute(statement)
    assert isinstance(result, CursorResult)
    db.session.refresh(request)
    if result.rowcount != 1:
        raise WrongState("Đề nghị gia hạn này đã được quyết định; hãy tải lại trang.")


def _require_leader(user: User, task: Task) -> None:
    if not rights.may_extend(user, task):
        raise NotAllowed()


def _require_later(old: date | None, new: date) -> None:
    if old is not None and new <= old:
        raise BadInput("Hạn mới phải sau hạn đang có (%(old)s).", old=_day(old))


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else "…"
