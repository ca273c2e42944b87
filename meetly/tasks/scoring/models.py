"""Rows of scoring: the formula of a unit, and the records that were fixed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetly.accounts.models import Unit, User
from meetly.extensions import Base


class ScoringFormula(Base):
    """How a unit scores the tasks it gave, from one day on; an older one is kept."""

    __tablename__ = "scoring_formula"
    __table_args__ = (UniqueConstraint("unit_id", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    valid_from: Mapped[date]
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: the rule it follows: "Nghị định 335/2025/NĐ-CP"
    grounds: Mapped[str] = mapped_column(Text, default="")
    made_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    made_at: Mapped[datetime]

    unit: Mapped[Unit] = relationship()


class FixedRecord(Base):
    """The record of a period as it stood when it was fixed (chốt); never changed afterwards."""

    __tablename__ = "fixed_record"
    __table_args__ = (UniqueConstraint("unit_id", "period", "by"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    #: "2026-11", "2026-Q4" or "2026"
    period: Mapped[str] = mapped_column(String(10))
    #: "unit" or "officer"
    by: Mapped[str] = mapped_column(String(10))
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    formula: Mapped[dict[str, Any]] = mapped_column(JSON)
    fixed_at: Mapped[datetime]
    fixed_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))

    unit: Mapped[Unit] = relationship()
    fixed_by: Mapped[User] = relationship()


class GeneralPoints(Base):
    """General points a leader gave one unit or officer for a month; all of them where none is."""

    __tablename__ = "general_points"
    __table_args__ = (UniqueConstraint("unit_id", "period", "by", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: whose leader gave them
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    #: "2026-11"
    period: Mapped[str] = mapped_column(String(10))
    #: "unit" or "officer": what `subject_id` is the id of
    by: Mapped[str] = mapped_column(String(10))
    subject_id: Mapped[int]
    #: in hundredths of a point
    points: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    set_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    set_at: Mapped[datetime]

    set_by: Mapped[User] = relationship()
