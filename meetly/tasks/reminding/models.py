"""Rows of reminding: what a unit wants to be told when, and what each person was told."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetly.accounts.models import Unit
from meetly.extensions import Base


class ReminderPlan(Base):
    """When the tasks a unit gave are recalled, and who hears of missed deadlines."""

    __tablename__ = "reminder_plan"

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    #: days before the deadline: [7, 3, 1, 0]
    before: Mapped[list[int]] = mapped_column(JSON)
    #: [{"after": 1, "to": "unit_head"}, ...]: days after the deadline and who hears then
    ladder: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    #: when the digest of the day goes out, and when nobody is told anything (Vietnam)
    digest_at: Mapped[time]
    quiet_from: Mapped[time]
    quiet_until: Mapped[time]
    #: nobody is told anything on weekends and public holidays
    rests: Mapped[bool] = mapped_column(default=False)
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    changed_at: Mapped[datetime]

    unit: Mapped[Unit] = relationship()


class ToldTask(Base):
    """One person was told of one task under one rule; unique, so nobody is told twice."""

    __tablename__ = "told_task"
    __table_args__ = (UniqueConstraint("user_id", "task_id", "rule", "due"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)
    #: "before.7", "after.3.leader": part of what makes it one reminder
    rule: Mapped[str] = mapped_column(String(40))
    #: the deadline it was about: a moved one is another reminder
    due: Mapped[date]
    #: the digest that carried it
    notice_key: Mapped[str] = mapped_column(String(120))
    told_at: Mapped[datetime]
