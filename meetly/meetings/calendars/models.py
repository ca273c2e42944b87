"""Rows of calendars: the subscriptions a person gave to programs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetly.accounts.models import User
from meetly.extensions import Base


class CalendarFeed(Base):
    """One address at which a calendar program reads a person's meetings; revoked on its own."""

    __tablename__ = "calendar_feed"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    #: what the person calls it: "điện thoại"
    name: Mapped[str] = mapped_column(String(80))
    #: SHA-256 of the secret in the address
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    #: last time a program read it, to the hour
    seen_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()
