"""Rows of accounts: units, people, memberships, sessions and failed sign-ins."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from flask_login import UserMixin
from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetly.extensions import Base


class UnitKind(StrEnum):
    """What a unit is; levels are data, so kinds carry no rank."""

    PROVINCE = "province"
    DEPARTMENT = "department"
    OFFICE = "office"
    COMMUNE = "commune"
    WARD = "ward"
    SPECIAL_ZONE = "special_zone"
    BODY = "body"


#: The kinds that a direction to "UBND các xã, phường" reaches.
LOCALITIES = (UnitKind.COMMUNE, UnitKind.WARD, UnitKind.SPECIAL_ZONE)


class Role(StrEnum):
    """What a person may do in one unit."""

    ADMIN = "admin"
    SECRETARY = "secretary"
    LEADER = "leader"
    PARTICIPANT = "participant"


class Unit(Base):
    """A node of the organisation tree (đơn vị)."""

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: national or provincial code; names repeat across provinces, codes do not
    code: Mapped[str] = mapped_column(String(30), unique=True)
    #: canonical name as written in documents: "UBND xã Nậm Hoa", "Sở Tài chính"
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[UnitKind] = mapped_column(String(20))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    #: ids from the root down to this unit, "/1/7/": a subtree is one prefix
    path: Mapped[str] = mapped_column(String(200), index=True, default="/")
    #: other names people say or older documents use
    aliases: Mapped[list[str]] = mapped_column(JSON, default=list)
    #: first and last day on which the unit exists; a closed unit stays readable, receives nothing
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    #: the unit this one replaced
    predecessor_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))

    parent: Mapped[Unit | None] = relationship(remote_side=[id], foreign_keys=[parent_id])

    def exists_on(self, day: date) -> bool:
        """Say whether the unit is in being on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


class User(UserMixin, Base):
    """A person who signs in."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: what is typed to sign in, always lower case
    login: Mapped[str] = mapped_column(String(120), unique=True)
    #: full name with diacritics
    name: Mapped[str] = mapped_column(String(120))
    #: post as written in documents: "Chủ tịch UBND tỉnh"
    position: Mapped[str] = mapped_column(String(160), default="")
    #: where mails go; empty when there is no address
    email: Mapped[str] = mapped_column(String(200), default="")
    #: Argon2id, never shown
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    #: vi or en
    language: Mapped[str] = mapped_column(String(5), default="vi")
    created_at: Mapped[datetime]

    memberships: Mapped[list[Membership]] = relationship(lazy="selectin", viewonly=True)

    #: the secret of the session this request came with; set by the user loader, never stored
    session_token: str = ""

    # Flask-Login would call two people the same who came with no request: it compares get_id().
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def get_id(self) -> str:
        """Return what Flask-Login keeps in the cookie: the session's secret, not the user's id."""
        return self.session_token

    @property
    def is_active(self) -> bool:
        """Whether the account may be used (Flask-Login asks)."""
        return self.active

    @property
    def roles(self) -> set[Role]:
        """Every role the person holds in any unit."""
        return {Role(m.role) for m in self.memberships}

    @property
    def unit_ids(self) -> set[int]:
        """The units the person belongs to."""
        return {m.unit_id for m in self.memberships}


class Membership(Base):
    """One role of one person in one unit."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("user_id", "unit_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    role: Mapped[Role] = mapped_column(String(20))

    unit: Mapped[Unit] = relationship(lazy="joined")
    user: Mapped[User] = relationship(viewonly=True)


class SigningOrder(StrEnum):
    """In whose place a person signs (NĐ 30/2020 Điều 13): the lines above the name."""

    #: KT.: a deputy for the head
    FOR = "KT."
    #: TL.: the head of a subordinate unit by order of the head
    BY_ORDER = "TL."
    #: TUQ.: by written authority
    AUTHORISED = "TUQ."
    #: Q.: the acting head
    ACTING = "Q."


class Delegation(Base):
    """One person signs and approves in the place of a unit's head, from one day to another."""

    __tablename__ = "delegation"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    order: Mapped[SigningOrder] = mapped_column(String(10))
    #: the post in whose place it is: "Chánh Văn phòng"
    post: Mapped[str] = mapped_column(String(160))
    deputy_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    #: the document that says so, where there is one: "Giấy ủy quyền số 02/GUQ-VP"
    grounds: Mapped[str] = mapped_column(String(300), default="")
    starts_on: Mapped[date]
    #: last day; none until it is ended
    ends_on: Mapped[date | None]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    ended_at: Mapped[datetime | None]

    unit: Mapped[Unit] = relationship()
    deputy: Mapped[User] = relationship(foreign_keys=[deputy_id])


class LoginSession(Base):
    """One signed-in browser; deleting the row ends the session, whatever cookie is replayed."""

    __tablename__ = "login_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: SHA-256 of the secret in the cookie
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    created_at: Mapped[datetime]
    #: last request, to the minute
    seen_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(String(60), default="")
    agent: Mapped[str] = mapped_column(Text, default="")


class LoginFailure(Base):
    """Wrong passwords in a row for one account or one address."""

    __tablename__ = "login_failure"
    __table_args__ = (Index("ix_login_failure_last_at", "last_at"),)

    #: "account@address" or "address", hashed
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime]
