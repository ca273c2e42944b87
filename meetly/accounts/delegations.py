"""Delegation and absence: who signs and approves in the place of a unit's head, and when.

One person at a time signs for a head: periods of one unit never overlap (NĐ 30/2020 Điều 13). Who
stands in is a leader of the unit anyway; a delegation gives the words above the name, no rights.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from sqlalchemy import select

from meetly import audit, clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Delegation, Role, SigningOrder, Unit, User
from meetly.errors import BadInput, NotFound
from meetly.extensions import db

KEEPERS = (Role.LEADER, Role.SECRETARY)
#: From here on a post names the agency, which the letterhead names already.
_AGENCY = re.compile(r",?\s+(?:của\s+)?(?:UBND|HĐND|Ủy ban|Hội đồng|Sở|Ban|tỉnh|xã|phường)\b.*")


def grant(
    user: User,
    unit: Unit,
    *,
    order: SigningOrder,
    post: str,
    deputy_id: int,
    starts_on: date,
    ends_on: date | None = None,
    grounds: str = "",
) -> Delegation:
    """Let a leader of the unit stand in for its head; BadInput when the days are taken or past."""
    unit = _kept_unit(user, unit.id)
    db.session.refresh(unit, with_for_update=True)  # two at once must not both find the days free
    deputy = next((p for p in leaders_of(unit) if p.id == deputy_id), None)
    if deputy is None:
        raise BadInput("Người ký thay phải là lãnh đạo đang làm việc của %(unit)s.", unit=unit.name)
    if not post.strip():
        raise BadInput("Hãy ghi chức vụ được ký thay, ví dụ “Chánh Văn phòng”.")
    _require_free(unit, starts_on, ends_on)
    made = Delegation(
        unit_id=unit.id, order=order, post=post.strip(), deputy_id=deputy.id,
        grounds=grounds.strip(), starts_on=starts_on, ends_on=ends_on, created_at=clock.now(),
        created_by_id=user.id,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    audit.record(
        user.id, "accounts.delegate", made, unit=unit.id, order=order, deputy=deputy.id,
        starts_on=starts_on.isoformat(), ends_on=ends_on.isoformat() if ends_on else None,
    )  # fmt: skip
    return made


def end(user: User, delegation: Delegation) -> None:
    """End a delegation today: the head is back; ending it twice changes nothing."""
    _kept_unit(user, delegation.unit_id)
    if delegation.ended_at is None:
        delegation.ended_at = clock.now()
        audit.record(user.id, "accounts.end_delegation", delegation)


def get(user: User, delegation_id: int) -> Delegation:
    """Return a delegation of a unit the person keeps; NotFound otherwise."""
    found = db.session.get(Delegation, delegation_id)
    if found is None:
        raise NotFound()
    _kept_unit(user, found.unit_id)
    return found


def units_kept(user: User) -> list[Unit]:
    """List the living units whose delegations the person looks after, in tree order.

    Its leaders and secretaries do, and the administrator above.
    """
    kept = {unit.id: unit for unit in accounts.units_as(user, *KEEPERS)}
    kept |= {unit.id: unit for unit in accounts.administered(user)}
    today = clock.today()
    return sorted((u for u in kept.values() if u.exists_on(today)), key=lambda u: (u.path, u.id))


def leaders_of(unit: Unit) -> list[User]:
    """List who may stand in for the head of a unit: its active leaders."""
    return accounts.people_of([unit.id], Role.LEADER)


def of_units(units: list[Unit]) -> list[Delegation]:
    """List the delegations of these units, the latest first."""
    query = select(Delegation).where(Delegation.unit_id.in_([unit.id for unit in units]))
    return list(db.session.scalars(query.order_by(Delegation.starts_on.desc(), Delegation.id)))


def running(unit_id: int, day: date) -> Delegation | None:
    """Return the delegation by which a unit's papers of that day are signed, if there is one."""
    query = select(Delegation).where(Delegation.unit_id == unit_id, Delegation.starts_on <= day)
    for found in db.session.scalars(query.order_by(Delegation.starts_on.desc())):
        last = last_day(found)
        if last is None or day <= last:
            leads = Role.LEADER in accounts.roles_in(found.deputy, unit_id)
            return found if leads and found.deputy.active else None
    return None


def last_day(delegation: Delegation) -> date | None:
    """Return the last day it counts; None when it runs on. Ended before it began, it never did."""
    if delegation.ended_at is None:
        return delegation.ends_on
    before = clock.local(delegation.ended_at).date() - timedelta(days=1)
    return min(before, delegation.ends_on) if delegation.ends_on else before


def capacity_of(user: User, unit_id: int, day: date) -> str:
    """Return in whose place a person acts in a unit: "KT. CHÁNH VĂN PHÒNG"; empty in one's own."""
    found = running(unit_id, day)
    return above_name(found)[0] if found and found.deputy_id == user.id else ""


def above_name(delegation: Delegation) -> list[str]:
    """Return the lines in capitals above the name of who stands in, as the decree orders them.

    An acting head has one line (Q.); everybody else has the head's post and, under it, their own.
    """
    first = f"{delegation.order} {delegation.post}".upper()
    own = bare_post(delegation.deputy.position).upper()
    return [first] if delegation.order == SigningOrder.ACTING or not own else [first, own]


def bare_post(position: str) -> str:
    """Return a post without the agency's name, which a document does not repeat."""
    return _AGENCY.sub("", " ".join(position.split()))


def _kept_unit(user: User, unit_id: int) -> Unit:
    found = next((unit for unit in units_kept(user) if unit.id == unit_id), None)
    if found is None:
        raise NotFound()
    return found


def _require_free(unit: Unit, starts_on: date, ends_on: date | None) -> None:
    if starts_on < clock.today():
        raise BadInput("Ngày bắt đầu ký thay không thể ở trước hôm nay.")
    if ends_on is not None and ends_on < starts_on:
        raise BadInput("Ngày kết thúc phải từ ngày bắt đầu trở đi.")
    for other in of_units([unit]):
        last = last_day(other)
        if (ends_on is None or other.starts_on <= ends_on) and (last is None or starts_on <= last):
            raise BadInput(
                "%(name)s đã được giao ký thay từ %(first)s%(last)s. Mỗi ngày chỉ một người ký "
                "thay: hãy chọn ngày khác, hoặc kết thúc lần giao đó trước.",
                name=other.deputy.name, first=f"{other.starts_on:%d/%m/%Y}",
                last=f" – {last:%d/%m/%Y}" if last else "",
            )  # fmt: skip
