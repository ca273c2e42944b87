"""Rows of tasks: what a unit has to do, who helps, and what was reported."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql.elements import TextClause

from meetly.accounts.models import Unit, User
from meetly.clock import local
from meetly.directions.models import Direction, Priority
from meetly.extensions import Base
from meetly.meetings.models import Meeting
from meetly.tasks.standing.models import StandingTask

_UNCLAIMED = sql("completed_at IS NULL AND cancelled_at IS NULL AND claimed_at IS NULL")
#: what the part-indexes of tasks that still run hold: one or two in a hundred of all years
_RUNNING = sql("completed_at IS NULL AND cancelled_at IS NULL")
_DONE = sql("completed_at IS NOT NULL AND cancelled_at IS NULL")

_FOLLOWED = sql("officer_id IS NOT NULL")


def _of_part(name: str, where: TextClause, *columns: str) -> Index:
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


class TaskState(StrEnum):
    """How a task stands on a day; computed from dates, never chosen (DOMAIN: QĐ 42/2014)."""

    NOT_STARTED = "not_started"
    IN_TIME = "in_time"
    #: running or not begun, without a deadline
    UNDATED = "undated"
    OVERDUE = "overdue"
    #: the unit says it is done; whoever gave it has not agreed yet
    CLAIMED = "claimed"
    #: given back with what is missing, and not claimed again yet
    RETURNED = "returned"
    DONE_IN_TIME = "done_in_time"
    DONE_LATE = "done_late"
    CANCELLED = "cancelled"


class Task(Base):
    """A confirmed direction being followed up by one leading unit (nhiệm vụ)."""

    __tablename__ = "task"
    __table_args__ = (
        UniqueConstraint("direction_id", "lead_name", "period"),
        # What runs is found by whom it concerns, the oldest deadline first (decision 45).
        _of_part(
            "ix_task_running_owner", _RUNNING,
            "owner_unit_id", "due", "id", "claimed_at", "lead_unit_id", "meeting_id", "officer_id",
        ),
        _of_part(
            "ix_task_running_lead", _RUNNING,
            "lead_unit_id", "due", "id", "claimed_at", "owner_unit_id", "meeting_id", "officer_id",
        ),
        _of_part("ix_task_running_officer", _RUNNING, "officer_id", "due", "id", "claimed_at"),
        # what the clock looks through, by deadline
        _of_part("ix_task_open_due", _UNCLAIMED, "due", "id"),
        # What is done is summed over a month or a year without opening the rows.
        _of_part(
            "ix_task_done_owner", _DONE,
            "owner_unit_id", "completed_at", "id", "due", "lead_unit_id", "meeting_id",
            "officer_id",
        ),
        _of_part(
            "ix_task_done_lead", _DONE,
            "lead_unit_id", "completed_at", "id", "due", "owner_unit_id", "meeting_id",
            "officer_id",
        ),
        # What was to be done in a month or a year, however it stands.
        Index(
            "ix_task_due_owner",
            "owner_unit_id", "due", "completed_at", "cancelled_at", "lead_unit_id", "officer_id",
        ),
        _of_part("ix_task_due_officer", _FOLLOWED, "officer_id", "due", "owner_unit_id"),
        Index(
            "ix_task_due_lead",
            "lead_unit_id", "due", "completed_at", "cancelled_at", "owner_unit_id", "officer_id",
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    direction_id: Mapped[int] = mapped_column(ForeignKey("direction.id"))
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)
    #: the unit whose leader gave it
    owner_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    #: none when the name is not in the directory; the name is kept all the same
    lead_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    lead_name: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    due: Mapped[date | None]
    #: the deadline it was opened with; differs from `due` only after an extension
    first_due: Mapped[date | None]
    recurring: Mapped[str] = mapped_column(String(200), default="")
    #: what recurs opens one task a period: "2026-W48", "2026-11", "2026-Q4", "2026", "2026-11-23"
    period: Mapped[str] = mapped_column(String(12), default="")
    standing_id: Mapped[int | None] = mapped_column(ForeignKey("standing_task.id"), index=True)
    product: Mapped[str] = mapped_column(String(500), default="")
    report_to: Mapped[str] = mapped_column(String(200), default="")
    priority: Mapped[Priority] = mapped_column(String(20), default=Priority.NORMAL)
    #: who follows it up for the giver (người theo dõi)
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    #: first report of work on it
    started_at: Mapped[datetime | None]
    #: the unit said it is done; none again when it was given back
    claimed_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    #: the claim that was agreed to; decides on time or late, however long agreeing took
    completed_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    cancelled_at: Mapped[datetime | None]
    #: the later direction that took its place; cancelled with it
    superseded_by_id: Mapped[int | None] = mapped_column(ForeignKey("direction.id"))
    version: Mapped[int] = mapped_column(default=1)

    direction: Mapped[Direction] = relationship(foreign_keys=[direction_id])
    meeting: Mapped[Meeting | None] = relationship()
    officer: Mapped[User | None] = relationship(foreign_keys=[officer_id])
    superseded_by: Mapped[Direction | None] = relationship(foreign_keys=[superseded_by_id])
    standing: Mapped[StandingTask | None] = relationship()
    lead_unit: Mapped[Unit | None] = relationship(foreign_keys=[lead_unit_id])
    owner_unit: Mapped[Unit] = relationship(foreign_keys=[owner_unit_id])
    helpers: Mapped[list[TaskHelper]] = relationship(lazy="selectin", cascade="all, delete-orphan")

    def state(self, day: date) -> TaskState:
        """Tell how the task stands on that day (Vietnamese calendar)."""
        if self.cancelled_at:
            return TaskState.CANCELLED
        if self.completed_at:
            late = self.due is not None and local(self.completed_at).date() > self.due
            return TaskState.DONE_LATE if late else TaskState.DONE_IN_TIME
        if self.claimed_at:
            return TaskState.CLAIMED
        if self.due is not None and day > self.due:
            return TaskState.OVERDUE
        if self.returned_at:
            return TaskState.RETURNED
        if self.due is None:
            return TaskState.UNDATED
        return TaskState.IN_TIME if self.started_at else TaskState.NOT_STARTED

    @property
    def is_open(self) -> bool:
        """Tell whether it is neither agreed to be done nor cancelled."""
        return self.completed_at is None and self.cancelled_at is None

    @property
    def awaits_agreement(self) -> bool:
        """Tell whether the unit says it is done and nobody has agreed yet."""
        return self.is_open and self.claimed_at is not None

    def days_late(self, day: date) -> int:
        """Count the days past the deadline; 0 when there is none or it has not passed."""
        if self.due is None or self.completed_at or self.claimed_at or self.cancelled_at:
            return 0
        return max(0, (day - self.due).days)


class TaskHelper(Base):
    """One unit that helps with a task (đơn vị phối hợp)."""

    __tablename__ = "task_helper"

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)

    unit: Mapped[Unit | None] = relationship()


class TaskPerson(Base):
    """Whom a unit named to do its part of a task."""

    __tablename__ = "task_person"
    __table_args__ = (UniqueConstraint("task_id", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    named_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    named_at: Mapped[datetime]

    unit: Mapped[Unit] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])


class ProgressKind(StrEnum):
    """What a line of a task's story tells."""

    REPORT = "report"
    CLAIM = "claim"
    ACCEPT = "accept"
    RETURN = "return"
    REOPEN = "reopen"
    #: the unit took back that it is done
    WITHDRAW = "withdraw"
    EXTEND = "extend"
    CANCEL = "cancel"
    SUPERSEDE = "supersede"


#: In SQL: a line that says a product was not good enough.
RETURNED = "kind IN ('return', 'reopen')"


class Progress(Base):
    """One line of a task's story: a report, or what was decided about it."""

    __tablename__ = "progress"
    __table_args__ = (
        # few are given back: records count them without reading every report
        Index("ix_progress_returned", "task_id", sqlite_where=sql(RETURNED),
              postgresql_where=sql(RETURNED)),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]
    kind: Mapped[ProgressKind] = mapped_column(String(20), default=ProgressKind.REPORT)
    text: Mapped[str] = mapped_column(Text)
    #: 0..100 as the unit sees it; 100 only together with done
    percent: Mapped[int] = mapped_column(default=0)

    author: Mapped[User] = relationship()
    evidence: Mapped[list[Evidence]] = relationship(lazy="selectin", order_by="Evidence.id")


class Evidence(Base):
    """One file that proves a report: a photo, a scan, a table."""

    __tablename__ = "task_evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    progress_id: Mapped[int] = mapped_column(ForeignKey("progress.id"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    storage_key: Mapped[str] = mapped_column(String(200))


class ExtensionStatus(StrEnum):
    """Where a request for more time stands."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


#: In SQL: more time was granted; and, as each database says it, only asked for after the deadline.
GRANTED = "status = 'granted'"
_LATE_ON = {
    "sqlite": f"{GRANTED} AND date(substr(asked_at, 1, 19), '+7 hours') > old_due",
    "postgresql": f"{GRANTED} AND CAST((asked_at) AT TIME ZONE 'Asia/Ho_Chi_Minh' AS DATE)"
    " > old_due",
}


class ExtensionRequest(Base):
    """A unit asks for more time; the old deadline stays here (xin gia hạn)."""

    __tablename__ = "extension_request"
    __table_args__ = (
        # few are asked for too late: records count them without reading every request
        Index("ix_extension_request_late", "task_id", sqlite_where=sql(_LATE_ON["sqlite"]),
              postgresql_where=sql(_LATE_ON["postgresql"])),
        # One question at a time, whatever two people of a unit send at once.
        Index(
            "uq_extension_request_open", "task_id", unique=True,
            sqlite_where=sql("status = 'asked'"), postgresql_where=sql("status = 'asked'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    #: the deadline when it was asked, the one that was wished for, and the one that was given
    old_due: Mapped[date | None]
    wanted: Mapped[date]
    granted: Mapped[date | None]
    status: Mapped[ExtensionStatus] = mapped_column(
        String(20), default=ExtensionStatus.ASKED, index=True
    )
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(Text, default="")

    task: Mapped[Task] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
