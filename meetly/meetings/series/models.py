"""Rows of series: the rule, the template of the occurrences, and how calendars know it."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetly.accounts.models import Unit, User
from meetly.extensions import Base


class HolidayPolicy(StrEnum):
    """What happens to an occurrence that falls on a public holiday."""

    SKIP = "skip"
    NEXT_WORKING_DAY = "next"
    PREVIOUS_WORKING_DAY = "previous"
    KEEP = "keep"


class Series(Base):
    """What recurs (họp định kỳ); its occurrences are meetings made ahead of time."""

    __tablename__ = "series"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    title: Mapped[str] = mapped_column(String(300))
    #: recurrence rule of RFC 5545 without the prefix, "FREQ=WEEKLY;BYDAY=MO"; wall time of Vietnam
    rule: Mapped[str] = mapped_column(String(300))
    starts_on: Mapped[date]
    #: time of day in Vietnam, and minutes
    begins: Mapped[time]
    duration: Mapped[int]
    holidays: Mapped[HolidayPolicy] = mapped_column(String(20), default=HolidayPolicy.SKIP)
    #: place, link, chair, secretary, note, agenda, who is invited, papers and reports due
    template: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    #: name of the event in calendars, and how often they were told of a change (RFC 5545)
    uid: Mapped[str] = mapped_column(String(60), unique=True, default=lambda: str(uuid.uuid4()))
    sequence: Mapped[int] = mapped_column(default=0)
    #: when the whole series was opened to those invited; until then each occurrence is a draft
    published_at: Mapped[datetime | None]
    #: no occurrence is made any more from here on
    ended_at: Mapped[datetime | None]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
    #: counts accepted changes; a form that names an older one is Stale
    version: Mapped[int] = mapped_column(default=1)

    unit: Mapped[Unit] = relationship(lazy="joined")
    created_by: Mapped[User] = relationship()
