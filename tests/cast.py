"""The cast every test knows: one province, its office and departments, two communes, a stranger.

Khải chairs and approves, Nam keeps the meeting, Long leads the finance department, Sình and Hoa are
the commune's leader and participant, Châu belongs to the other commune, Lạ to another province.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from meetly.accounts import service as accounts
from meetly.accounts.models import Role, Unit, UnitKind, User
from meetly.extensions import db

PASSWORD = "mật khẩu của thử nghiệm"

#: code, name, kind, the unit above, aliases
UNITS: dict[str, tuple[Any, ...]] = {
    "province": ("LG", "UBND tỉnh Lam Giang", UnitKind.PROVINCE, ""),
    "other_province": ("KH", "UBND tỉnh Khác", UnitKind.PROVINCE, ""),
    "office": ("LG.VP", "Văn phòng UBND tỉnh", UnitKind.OFFICE, "province", "Văn phòng"),
    "finance": ("LG.STC", "Sở Tài chính", UnitKind.DEPARTMENT, "province"),
    "builders": ("LG.SXD", "Sở Xây dựng", UnitKind.DEPARTMENT, "province"),
    "nam_hoa": ("LG.NH", "UBND xã Nậm Hoa", UnitKind.COMMUNE, "province", "xã Nậm Hoa"),
    "doi_thong": ("LG.DT", "UBND phường Đồi Thông", UnitKind.WARD, "province"),
}
#: full name, unit, role in it
PEOPLE = {
    "quan": ("Đinh Văn Quân", "province", Role.ADMIN),
    "khai": ("Trần Quốc Khải", "office", Role.LEADER),
    "nam": ("Đỗ Văn Nam", "office", Role.SECRETARY),
    "long": ("Phạm Đức Long", "finance", Role.LEADER),
    "sinh": ("Vàng A Sình", "nam_hoa", Role.LEADER),
    "hoa": ("Lò Thị Hoa", "nam_hoa", Role.PARTICIPANT),
    "chau": ("Nguyễn Bảo Châu", "doi_thong", Role.PARTICIPANT),
    "la": ("Người Lạ", "other_province", Role.SECRETARY),
}


@dataclass(frozen=True)
class Cast:
    """Everyone and everywhere, by first name."""

    province: Unit
    office: Unit
    finance: Unit
    builders: Unit
    nam_hoa: Unit
    doi_thong: Unit
    other_province: Unit

    #: administrator of the province
    quan: User
    #: chair: leader in the office's meetings
    khai: User
    #: secretary of the office
    nam: User
    #: leader of the finance department
    long: User
    #: leader, participant of the commune Nậm Hoa
    sinh: User
    hoa: User
    #: participant of the ward Đồi Thông
    chau: User
    #: secretary of another province: must never see anything
    la: User


def assemble() -> Cast:
    """Add the cast to an empty database; the caller commits."""
    units: dict[str, Unit] = {}
    for name, (code, called, kind, parent, *aliases) in UNITS.items():
        above = units[parent] if parent else None
        units[name] = accounts.add_unit(
            None, code=code, name=called, kind=kind, parent=above, aliases=aliases
        )
    people = {
        login: _person(login, called, units[unit], role)
        for login, (called, unit, role) in PEOPLE.items()
    }
    everyone: dict[str, Any] = {**units, **people}
    return Cast(**everyone)


def recall() -> Cast:
    """Find the cast in a database that holds it."""
    by_code = {unit.code: unit for unit in db.session.scalars(select(Unit))}
    by_login = {user.login: user for user in db.session.scalars(select(User))}
    units = {name: by_code[code] for name, (code, *_) in UNITS.items()}
    everyone: dict[str, Any] = {**units, **{login: by_login[login] for login in PEOPLE}}
    return Cast(**everyone)


def _person(login: str, name: str, unit: Unit, role: Role) -> User:
    user = accounts.add_user(
        None, login=login, name=name, password=PASSWORD, email=f"{login}@lamgiang.example"
    )
    accounts.give_role(None, user, unit, role)
    return user
