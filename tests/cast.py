"""The cast every test knows: one province, its office and departments, two communes, a stranger.

Khải chairs and approves, Nam keeps the meeting, Long leads the finance department, Sình and Hoa are
the commune's leader and participant, Châu belongs to the other commune, Lạ to another province.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from meetly.accounts import service as accounts
from meetly.accounts.models import Role, Unit, UnitKind, User

PASSWORD = "mật khẩu của thử nghiệm"


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
    province = _unit("LG", "UBND tỉnh Lam Giang", UnitKind.PROVINCE)
    other = _unit("KH", "UBND tỉnh Khác", UnitKind.PROVINCE)
    units = {
        "office": _unit("LG.VP", "Văn phòng UBND tỉnh", UnitKind.OFFICE, province, "Văn phòng"),
        "finance": _unit("LG.STC", "Sở Tài chính", UnitKind.DEPARTMENT, province),
        "builders": _unit("LG.SXD", "Sở Xây dựng", UnitKind.DEPARTMENT, province),
        "nam_hoa": _unit("LG.NH", "UBND xã Nậm Hoa", UnitKind.COMMUNE, province, "xã Nậm Hoa"),
        "doi_thong": _unit("LG.DT", "UBND phường Đồi Thông", UnitKind.WARD, province),
    }
    people = {
        "quan": _person("quan", "Đinh Văn Quân", province, Role.ADMIN),
        "khai": _person("khai", "Trần Quốc Khải", units["office"], Role.LEADER),
        "nam": _person("nam", "Đỗ Văn Nam", units["office"], Role.SECRETARY),
        "long": _person("long", "Phạm Đức Long", units["finance"], Role.LEADER),
        "sinh": _person("sinh", "Vàng A Sình", units["nam_hoa"], Role.LEADER),
        "hoa": _person("hoa", "Lò Thị Hoa", units["nam_hoa"], Role.PARTICIPANT),
        "chau": _person("chau", "Nguyễn Bảo Châu", units["doi_thong"], Role.PARTICIPANT),
        "la": _person("la", "Người Lạ", other, Role.SECRETARY),
    }
    everyone: dict[str, Any] = {**units, **people}
    return Cast(province=province, other_province=other, **everyone)


def _unit(code: str, name: str, kind: UnitKind, parent: Unit | None = None, *aliases: str) -> Unit:
    return accounts.add_unit(None, code=code, name=name, kind=kind, parent=parent, aliases=aliases)


def _person(login: str, name: str, unit: Unit, role: Role) -> User:
    user = accounts.add_user(
        None, login=login, name=name, password=PASSWORD, email=f"{login}@lamgiang.example"
    )
    accounts.give_role(None, user, unit, role)
    return user
