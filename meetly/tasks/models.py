"""Rows of tasks: what a unit has to do, who helps, and what was reported."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetly.accounts.models import Unit, User
from meetly.clock import local
from meetly.directions.models import Direction
from meetly.extensions import Base
from meetly.meetings.models import Meeting


class TaskState(StrEnum):
    """How a task stands on a day; computed from dates, never chosen (DOMAIN: QĐ 42/2014)."""

    NOT_STARTED = "not_started"
    IN_TIME = "in_time"
    OVERDUE = "overdue"
    DONE_IN_TIME = "done_in_time"
    DONE_LATE = "done_late"
    CANCELLED = "cancelled"


class Task(Base):
    """A confirmed direction being followed up by one leading unit (nhiệm vụ)."""

    __tablename__ = "task"
    __table_args__ = (
        UniqueConstraint("direction_id", "lead_name"),
        Index("ix_task_lead_unit_id_completed_at_due", "lead_unit_id", "completed_at", "due"),
        Index("ix_task_owner_unit_id_completed_at_due", "owner_unit_id", "completed_at", "due"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    direction_id: Mapped[int] = mapped_column(ForeignKey("direction.id"))
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    #: the unit whose leader gave it
    owner_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    #: none when the name is not in the directory; the name is kept all the same
    lead_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    lead_name: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    due: Mapped[date | None]
    recurring: Mapped[str] = mapped_column(String(200), default="")
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    #: first report of work on it
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    direction: Mapped[Direction] = relationship()
    meeting: Mapped[Meeting] = relationship()
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
        if self.due is not None and day > self.due:
            return TaskState.OVERDUE
        return TaskState.IN_TIME if self.started_at else TaskState.NOT_STARTED

    def days_late(self, day: date) -> int:
        """Count the days past the deadline; 0 when there is none or it has not passed."""
        if self.due is None or self.completed_at or self.cancelled_at:
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


class Progress(Base):
    """One report on a task."""

    __tablename__ = "progress"

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Text)
    #: 0..100 as the unit sees it; 100 only together with done
    percent: Mapped[int] = mapped_column(default=0)

    author: Mapped[User] = relationship()
