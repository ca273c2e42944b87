"""The words of a digest: what one person should hear today, the latest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from meetly.accounts.models import User
from meetly.config import settings
from meetly.minutes import service as minutes_service
from meetly.tasks.models import Task
from meetly.tasks.opening import short

#: Tasks written out in one digest; the others stand in the list behind its link.
MOST = 40


def subject(tasks: Sequence[Task], today: date) -> str:
    """Say how many tasks it is about, in a language of the surrounding context."""
    late, now, soon = (len(part) for part in _parts(tasks, today))
    counts = [
        ngettext("%(num)s việc đến hạn", "%(num)s việc đến hạn", now) if now else "",
        ngettext("%(num)s việc quá hạn", "%(num)s việc quá hạn", late) if late else "",
        ngettext("%(num)s việc sắp đến hạn", "%(num)s việc sắp đến hạn", soon) if soon else "",
    ]
    said = ", ".join(words for words in counts if words)
    return str(_("Hôm nay %(day)s: %(counts)s", day=f"{today:%d/%m}", counts=said))


def body(reader: User, tasks: Sequence[Task], today: date) -> str:
    """Write the tasks one under the other, each with its unit, deadline, days and addresses."""
    return "\n".join(_lines(reader, tasks, today))


def link(tasks: Sequence[Task]) -> str:
    """Return the path that the digest opens: its task, or the list of several."""
    return f"/tasks/{tasks[0].id}" if len(tasks) == 1 else "/tasks"


def source(reader: User, task: Task) -> str:
    """Return the path of the paragraph a task stands in; empty when the reader may not open it."""
    minutes = task.direction.minutes
    if minutes is None or not minutes_service.may_read(reader, minutes):
        return ""
    block = task.direction.block_id
    return f"/minutes/{minutes.id}#{block}" if block else f"/minutes/{minutes.id}"


def _lines(reader: User, tasks: Sequence[Task], today: date) -> Iterator[str]:
    base, left = settings().base_url.rstrip("/"), MOST
    heads = (_("Quá hạn:"), _("Đến hạn hôm nay:"), _("Sắp đến hạn:"))
    for head, part in zip(heads, _parts(tasks, today), strict=True):
        if part[:left]:
            yield head
        for task in part[:left]:
            yield f"- {_line(task, today)}"
            yield f"  {base}/tasks/{task.id}"
            if paragraph := source(reader, task):
                yield "  " + _("Đoạn trong biên bản: %(address)s", address=base + paragraph)
        left = max(0, left - len(part))
    if len(tasks) > MOST:
        more = len(tasks) - MOST
        yield ngettext("… và %(num)s việc nữa.", "… và %(num)s việc nữa.", more)


def _line(task: Task, today: date) -> str:
    assert task.due is not None
    days = (task.due - today).days
    if days > 0:
        when = ngettext("còn %(num)s ngày", "còn %(num)s ngày", days)
    elif days < 0:
        when = ngettext("quá %(num)s ngày", "quá %(num)s ngày", -days)
    else:
        when = _("hôm nay")
    return str(
        _(
            "%(text)s (%(unit)s; hạn %(due)s, %(when)s)",
            text=short(" ".join(task.text.split())), unit=task.lead_name,
            due=f"{task.due:%d/%m/%Y}", when=when,
        )
    )  # fmt: skip


def _parts(tasks: Sequence[Task], today: date) -> tuple[list[Task], list[Task], list[Task]]:
    """Return what is late, what is due on this day, and what is due later, each by deadline."""
    dated = sorted((task.due, task.id, task) for task in tasks if task.due is not None)
    late = [task for due, _id, task in dated if due < today]
    now = [task for due, _id, task in dated if due == today]
    return late, now, [task for due, _id, task in dated if due > today]
