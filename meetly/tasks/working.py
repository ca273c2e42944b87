"""Steps of a task: reported on, said to be done, agreed to or given back, cancelled, superseded.

The unit claims, the giver agrees: `completed_at` is the moment of the claim that was agreed to, so
that it decides on time or late however long agreeing took.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import update

from meetly import audit, clock
from meetly.accounts.models import User
from meetly.errors import NotAllowed, WrongState
from meetly.extensions import db
from meetly.tasks import evidence, listing, rights
from meetly.tasks.changing import MOST_PERCENT, change, say, started, words_of
from meetly.tasks.evidence import Proof
from meetly.tasks.models import (
    ExtensionRequest,
    ExtensionStatus,
    Progress,
    ProgressKind,
    Task,
)
from meetly.tasks.telling import tell_giver, tell_unit

# -- the unit --------------------------------------------------------------------------------


def get_to_report(user: User, task_id: int) -> Task:
    """Return a task of the person's own unit; NotAllowed for one they only see."""
    task = listing.get(user, task_id)
    if not rights.may_report(user, task):
        raise NotAllowed()
    return task


def report(
    user: User, task: Task, text: str, percent: int, proofs: Sequence[Proof] = ()
) -> Progress:
    """Say how far the work is; 100 percent claims that it is done.

    What comes after a claim adds to it and moves nothing: the day it was claimed stays.
    """
    if percent > MOST_PERCENT and task.claimed_at is None:
        return claim(user, task, text, proofs)
    words = words_of(text)
    change(task, rights.may_report(user, task), Task.completed_at.is_(None), started_at=started())
    reached = 100 if task.claimed_at else min(MOST_PERCENT, max(0, percent))
    said = say(user, task, ProgressKind.REPORT, words, reached)
    evidence.attach(said, proofs)
    audit.record(user.id, "tasks.report", task, percent=said.percent, files=_hashes(proofs))
    return said


def claim(user: User, task: Task, text: str, proofs: Sequence[Proof] = ()) -> Progress:
    """Say that the work is done; it stays open until the giver agrees."""
    words = words_of(text)
    change(
        task, rights.may_report(user, task),
        Task.completed_at.is_(None), Task.claimed_at.is_(None),
        started_at=started(), claimed_at=clock.now(),
    )  # fmt: skip
    said = say(user, task, ProgressKind.CLAIM, words, 100)
    evidence.attach(said, proofs)
    audit.record(user.id, "tasks.claim", task, due=task.due, files=_hashes(proofs))
    unit = task.lead_name
    tell_giver(
        task, "claimed",
        lambda what: _("Chờ xác nhận: %(text)s (%(unit)s)", text=what, unit=unit), said.text,
    )  # fmt: skip
    return said


def withdraw_claim(user: User, task: Task, reason: str) -> Progress:
    """Take back that the work is done, before anybody agreed."""
    words = words_of(reason)
    change(
        task, rights.may_report(user, task),
        Task.completed_at.is_(None), Task.claimed_at.is_not(None), claimed_at=None,
    )  # fmt: skip
    said = say(user, task, ProgressKind.WITHDRAW, words)
    audit.record(user.id, "tasks.withdraw_claim", task, reason=said.text)
    tell_giver(task, "withdrawn", lambda what: _("Rút báo hoàn thành: %(text)s", text=what), words)
    return said


def _hashes(proofs: Sequence[Proof]) -> list[str]:
    return [proof.stored.sha256 for proof in proofs]


# -- the giver -------------------------------------------------------------------------------


def agree(user: User, task: Task, version: int, words: str = "") -> Progress:
    """Agree that it is done, to exactly the claim that was seen; closes the task."""
    change(
        task, rights.may_agree(user, task),
        Task.completed_at.is_(None), Task.claimed_at.is_not(None), version=version,
        completed_at=Task.claimed_at, accepted_at=clock.now(), accepted_by_id=user.id,
    )  # fmt: skip
    said = say(user, task, ProgressKind.ACCEPT, words.strip(), 100)
    _drop_request(task)
    audit.record(user.id, "tasks.agree", task, completed_at=task.completed_at)
    tell_unit(
        task, "agreed", lambda what: _("Đã xác nhận hoàn thành: %(text)s", text=what), said.text
    )
    return said


def give_back(user: User, task: Task, version: int, reason: str) -> Progress:
    """Give a claim back with what is still missing; the work goes on."""
    words = words_of(reason)
    moment = clock.now()
    change(
        task, rights.may_agree(user, task),
        Task.completed_at.is_(None), Task.claimed_at.is_not(None), version=version,
        claimed_at=None, returned_at=moment,
    )  # fmt: skip
    return _returned(user, task, ProgressKind.RETURN, words)


def reopen(user: User, task: Task, reason: str) -> Progress:
    """Give a task back that was agreed to be done."""
    words = words_of(reason)
    change(
        task, rights.may_agree(user, task), Task.completed_at.is_not(None),
        completed_at=None, accepted_at=None, accepted_by_id=None, claimed_at=None,
        returned_at=clock.now(),
    )  # fmt: skip
    return _returned(user, task, ProgressKind.REOPEN, words)


def _returned(user: User, task: Task, kind: ProgressKind, words: str) -> Progress:
    said = say(user, task, kind, words)
    audit.record(user.id, f"tasks.{kind}", task, reason=words)
    tell_unit(task, str(kind), lambda what: _("Cần làm tiếp: %(text)s", text=what), words)
    return said


def cancel(user: User, task: Task, reason: str) -> Progress:
    """Take an unfinished task back; it stays readable."""
    words = words_of(reason)
    change(
        task, rights.may_steer(user, task), Task.completed_at.is_(None), cancelled_at=clock.now()
    )
    said = say(user, task, ProgressKind.CANCEL, words)
    _drop_request(task)
    audit.record(user.id, "tasks.cancel", task, reason=said.text)
    tell_unit(task, "cancelled", lambda what: _("Không phải làm nữa: %(text)s", text=what), words)
    return said


def supersede_task(user: User, task: Task, direction_id: int) -> None:
    """Cancel an unfinished task because a later direction takes its place; others stay.

    The later direction's words are not repeated: they may be meant for another unit.
    """
    try:
        change(
            task, rights.may_extend(user, task), Task.completed_at.is_(None),
            cancelled_at=clock.now(), superseded_by_id=direction_id,
        )  # fmt: skip
    except WrongState:  # finished or cancelled meanwhile: it keeps its own end
        return
    say(user, task, ProgressKind.SUPERSEDE, "")
    _drop_request(task)
    audit.record(user.id, "tasks.supersede", task, by=direction_id)
    tell_unit(task, "superseded", lambda what: _("Có chỉ đạo mới thay: %(text)s", text=what), "")


def _drop_request(task: Task) -> None:
    """End a question for more time that nobody needs to answer any more."""
    db.session.execute(
        update(ExtensionRequest)
        .where(
            ExtensionRequest.task_id == task.id, ExtensionRequest.status == ExtensionStatus.ASKED
        )
        .values(status=ExtensionStatus.WITHDRAWN, decided_at=clock.now())
    )
