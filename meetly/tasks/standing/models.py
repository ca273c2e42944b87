"""Rows of standing tasks: what one unit owes again and again."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetly.accounts.models import Unit
from meetly.directions.models import Direction
from meetly.extensions import Base


class Frequency(StrEnum):
    """How often something is owed."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"


class StandingTask(Base):
    """What one unit owes once a period, from one day on until it is ended."""

    __tablename__ = "standing_task"
    __table_args__ = (UniqueConstraint("direction_id", "lead_name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    direction_id: Mapped[int] = mapped_column(ForeignKey("direction.id"))
    owner_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    lead_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    lead_name: Mapped[str] = mapped_column(String(200))
    frequency: Mapped[Frequency] = mapped_column(String(20))
    #: Monday is 0; for weekly ones
    weekday: Mapped[int | None]
    #: day of the month (31 is the last); months into the quarter or year for the longer ones
    day: Mapped[int | None]
    month: Mapped[int | None]
    #: time of day in Vietnam, where one was said
    hour: Mapped[time | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    #: the last period that was opened; the next one follows from it
    last_due: Mapped[date | None]
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    ended_at: Mapped[datetime | None]

    direction: Mapped[Direction] = relationship()
    lead_unit: Mapped[Unit | None] = relationship(foreign_keys=[lead_unit_id])
