"""Verbs of accounts: units, people, roles, signing in, and the question who may do what."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy import select

from meetly import audit, clock
from meetly.accounts import passwords, sessions
from meetly.accounts.directory import Directory, DirectoryUnit
from meetly.accounts.models import LOCALITIES, Membership, Role, Unit, UnitKind, User
from meetly.errors import BadInput, NotAllowed, NotFound
from meetly.extensions import db
from meetly.folding import fold

# -- units -----------------------------------------------------------------------------------


def add_unit(
    actor_id: int | None,
    *,
    code: str,
    name: str,
    kind: UnitKind,
    parent: Unit | None = None,
    aliases: Sequence[str] = (),
) -> Unit:
    """Add a unit to the tree; BadInput when its code is taken."""
    if db.session.scalar(select(Unit).where(Unit.code == code)):
        raise BadInput("Mã đơn vị %(code)s đã có.", code=code)
    unit = Unit(
        code=code, name=name, kind=kind, aliases=list(aliases), valid_from=clock.today(),
        parent_id=parent.id if parent else None,
    )  # fmt: skip
    db.session.add(unit)
    db.session.flush()
    unit.path = f"{parent.path if parent else '/'}{unit.id}/"
    audit.record(actor_id, "accounts.add_unit", unit, name=name)
    return unit


def import_units(actor_id: int | None, path: Path) -> int:
    """Add the units of a CSV file (code,name,kind,parent,aliases); return how many were new.

    `parent` is a code, aliases are separated by |. Rows whose code exists are left alone, so that
    the same file can be imported again. BadInput names the line that cannot be used.
    """
    added = 0
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            if unit_by_code(row.get("code") or "") is not None:
                continue
            _add_from_row(actor_id, row, number)
            added += 1
    return added


def _add_from_row(actor_id: int | None, row: dict[str, str | None], number: int) -> None:
    code, name, kind = row.get("code"), row.get("name"), row.get("kind")
    parent = unit_by_code(row.get("parent") or "")
    if not code or not name or kind not in set(UnitKind):
        raise BadInput(
            "Dòng %(number)s: cần mã, tên và loại đơn vị (%(kinds)s).",
            number=number, kinds=", ".join(UnitKind),
        )  # fmt: skip
    if row.get("parent") and parent is None:
        raise BadInput(
            "Dòng %(number)s: không có đơn vị cấp trên mang mã %(code)s.",
            number=number, code=row["parent"],
        )  # fmt: skip
    aliases = [alias.strip() for alias in (row.get("aliases") or "").split("|") if alias.strip()]
    add_unit(actor_id, code=code, name=name, kind=UnitKind(kind), parent=parent, aliases=aliases)


def close_unit(actor: User, unit: Unit, successor: Unit | None = None) -> None:
    """End a unit today; it stays readable and receives nothing more."""
    require(actor, unit.parent_id or unit.id, Role.ADMIN)
    unit.valid_to = clock.today()
    if successor:
        successor.predecessor_id = unit.id
    audit.record(actor.id, "accounts.close_unit", unit)


def unit_by_code(code: str) -> Unit | None:
    """Find a unit by its code."""
    return db.session.scalar(select(Unit).where(Unit.code == code))


def units(*, kinds: Iterable[UnitKind] = (), on: bool = True) -> list[Unit]:
    """List units in tree order, of these kinds (all when none are named).

    `on` leaves out those that no longer exist.
    """
    query = select(Unit).order_by(Unit.path)
    if kinds:
        query = query.where(Unit.kind.in_(list(kinds)))
    found = db.session.scalars(query)
    return [unit for unit in found if not on or unit.exists_on(clock.today())]


def localities() -> list[Unit]:
    """List the living communes, wards and special zones: who "UBND các xã, phường" reaches."""
    return units(kinds=LOCALITIES)


def unit_named(name: str) -> Unit | None:
    """Find the living unit of this name or alias, forgiving case and diacritics."""
    wanted = fold(name).strip()
    living = units()
    by_name = next((unit for unit in living if fold(unit.name) == wanted), None)
    return by_name or next(
        (unit for unit in living if wanted in {fold(alias) for alias in unit.aliases}), None
    )


def directory() -> Directory:
    """Return the living units as the pure directory that extraction and drafting read."""
    return Directory(
        [
            DirectoryUnit(name=u.name, kind=u.kind, aliases=tuple(u.aliases), code=u.code)
            for u in units()
        ]
    )


# -- people ----------------------------------------------------------------------------------


def add_user(
    actor_id: int | None,
    *,
    login: str,
    name: str,
    password: str,
    position: str = "",
    email: str = "",
    language: str = "vi",
) -> User:
    """Add a person; BadInput when the login is taken or the password too short."""
    login = login.strip().lower()
    if not login or db.session.scalar(select(User).where(User.login == login)):
        raise BadInput("Tên đăng nhập %(login)s đã có người dùng.", login=login)
    user = User(
        login=login, name=name.strip(), position=position, email=email, language=language,
        password_hash=passwords.hashed(password), created_at=clock.now(),
    )  # fmt: skip
    db.session.add(user)
    db.session.flush()
    audit.record(actor_id, "accounts.add_user", user, login=login)
    return user


def give_role(actor_id: int | None, user: User, unit: Unit, role: Role) -> Membership:
    """Let a person act in a unit; giving the same role twice changes nothing."""
    held = next((m for m in user.memberships if (m.unit_id, m.role) == (unit.id, role)), None)
    if held:
        return held
    membership = Membership(user_id=user.id, unit_id=unit.id, role=role)
    db.session.add(membership)
    db.session.flush()
    db.session.refresh(user, ["memberships"])
    audit.record(actor_id, "accounts.give_role", membership, user=user.login, role=role)
    return membership


def set_active(actor: User, user: User, active: bool) -> None:
    """Open or close an account; closing it ends its sessions at once."""
    require_admin_of(actor, user)
    user.active = active
    if not active:
        sessions.close_all(user.id)
    audit.record(actor.id, "accounts.set_active", user, active=active)


def change_password(user: User, old: str, new: str) -> None:
    """Replace a person's own password and sign every browser out; BadInput when `old` is wrong."""
    if not passwords.matches(old, user.password_hash):
        raise BadInput("Mật khẩu hiện tại chưa đúng; mật khẩu chưa được đổi.")
    user.password_hash = passwords.hashed(new)
    sessions.close_all(user.id)
    audit.record(user.id, "accounts.change_password", user)


def authenticate(login: str, password: str, address: str) -> User | None:
    """Return the person whose login and password these are, or None after counting the failure.

    Raises TooManyTries while the growing delay lasts. The caller commits in both cases.
    """
    passwords.refuse_hasty(login, address)
    query = select(User).where(User.login == login.strip().lower())
    user: User | None = db.session.scalar(query)
    right = passwords.matches(password, user.password_hash if user else None)
    if user is None or not right or not user.active:
        passwords.note_failure(login, address)
        return None
    passwords.forget_failures(login, address)
    audit.record(user.id, "accounts.sign_in", user)
    return user


def user_by_login(login: str) -> User:
    """Return the person with this login; NotFound otherwise."""
    query = select(User).where(User.login == login.strip().lower())
    user: User | None = db.session.scalar(query)
    if user is None:
        raise NotFound()
    return user


def people_of(unit_ids: Iterable[int], *roles: Role) -> list[User]:
    """List the active people of these units, of these roles (any when none are named)."""
    query = select(User).join(Membership, Membership.user_id == User.id)
    query = query.where(Membership.unit_id.in_(list(unit_ids)), User.active)
    if roles:
        query = query.where(Membership.role.in_(roles))
    return list(db.session.scalars(query.distinct().order_by(User.id)))


# -- who may do what -------------------------------------------------------------------------


def roles_in(user: User, unit_id: int) -> set[Role]:
    """Tell which roles a person holds in a unit."""
    return {Role(m.role) for m in user.memberships if m.unit_id == unit_id}


def units_as(user: User, *roles: Role) -> list[Unit]:
    """List the units in which a person holds one of these roles (any when none are named)."""
    held = (m for m in user.memberships if not roles or m.role in roles)
    return list({m.unit_id: m.unit for m in held}.values())


def require(user: User, unit_id: int, *roles: Role) -> None:
    """Raise NotAllowed unless the person holds one of these roles in the unit."""
    if not roles_in(user, unit_id) & set(roles):
        raise NotAllowed()


def administered(admin: User) -> list[Unit]:
    """List the units below (and with) those the person administers."""
    roots = [unit.path for unit in units_as(admin, Role.ADMIN)]
    return [u for u in units(on=False) if any(u.path.startswith(root) for root in roots)]


def require_admin_of(admin: User, user: User) -> None:
    """Raise NotFound unless every unit of the person lies under the administrator's."""
    mine = {unit.id for unit in administered(admin)}
    if not user.unit_ids or not user.unit_ids <= mine:
        raise NotFound()


def users_under(admin: User) -> list[User]:
    """List the people an administrator looks after."""
    mine = [unit.id for unit in administered(admin)]
    query = select(User).join(Membership, Membership.user_id == User.id)
    query = query.where(Membership.unit_id.in_(mine)).distinct().order_by(User.name)
    return list(db.session.scalars(query))


def user_under(admin: User, user_id: int) -> User:
    """Return a person the administrator looks after; NotFound otherwise."""
    user = db.session.get(User, user_id)
    if user is None:
        raise NotFound()
    require_admin_of(admin, user)
    return user


def unit_under(admin: User, unit_id: int) -> Unit:
    """Return a unit the administrator looks after; NotFound otherwise."""
    found = next((unit for unit in administered(admin) if unit.id == unit_id), None)
    if found is None:
        raise NotFound()
    return found
