"""Units and people: the tree, the import, and who looks after whom."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from meetly import clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, UnitKind, User
from meetly.errors import BadInput, NotAllowed, NotFound
from meetly.extensions import db
from tests.cast import Cast

SignIn = Callable[[User], FlaskClient]


def test_a_unit_is_found_by_name_alias_and_without_diacritics(cast: Cast) -> None:
    assert accounts.unit_named("UBND xã Nậm Hoa") == cast.nam_hoa
    assert accounts.unit_named("xa nam hoa") == cast.nam_hoa
    assert accounts.unit_named("Sở Không Có") is None


def test_a_subtree_is_one_prefix(cast: Cast) -> None:
    assert cast.nam_hoa.path == f"/{cast.province.id}/{cast.nam_hoa.id}/"
    assert cast.other_province not in accounts.administered(cast.quan)
    assert cast.nam_hoa in accounts.administered(cast.quan)


def test_a_closed_unit_stays_readable_but_is_no_longer_found(cast: Cast) -> None:
    accounts.close_unit(cast.quan, cast.builders, successor=cast.finance)
    cast.builders.valid_to = clock.today().replace(year=2020)
    assert accounts.unit_named("Sở Xây dựng") is None
    assert cast.builders in accounts.units(on=False)
    assert cast.finance.predecessor_id == cast.builders.id


def test_importing_the_same_file_twice_adds_nothing(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "units.csv"
    file.write_text(
        "code,name,kind,parent,aliases\n"
        "LG.900,UBND xã Mới,commune,LG,xã Mới|xã Cũ\n"
        "LG.STC,Sở Tài chính,department,LG,\n",
        encoding="utf-8-sig",
    )
    assert accounts.import_units(None, file) == 1
    assert accounts.import_units(None, file) == 0
    found = accounts.unit_named("xã cũ")
    assert found is not None and found.kind == UnitKind.COMMUNE


@pytest.mark.parametrize(
    "line", ["X1,Tên,village,LG,", "X1,,commune,LG,", "X1,Tên,commune,KHÔNG,", ",Tên,commune,LG,"]
)
def test_a_line_that_cannot_be_used_is_named(cast: Cast, tmp_path: Path, line: str) -> None:
    file = tmp_path / "units.csv"
    file.write_text(f"code,name,kind,parent,aliases\n{line}\n", encoding="utf-8")
    with pytest.raises(BadInput, match="Dòng 2"):
        accounts.import_units(None, file)


def test_a_role_counts_only_in_its_unit(cast: Cast) -> None:
    accounts.require(cast.nam, cast.office.id, Role.SECRETARY)
    with pytest.raises(NotAllowed):
        accounts.require(cast.nam, cast.finance.id, Role.SECRETARY)
    with pytest.raises(NotAllowed):
        accounts.require(cast.nam, cast.office.id, Role.LEADER)


def test_giving_the_same_role_twice_changes_nothing(cast: Cast) -> None:
    first = accounts.give_role(None, cast.nam, cast.office, Role.SECRETARY)
    assert accounts.give_role(None, cast.nam, cast.office, Role.SECRETARY) is first


def test_an_administrator_adds_a_unit_and_a_person_who_can_sign_in(
    cast: Cast, sign_in: SignIn, client: FlaskClient
) -> None:
    browser = sign_in(cast.quan)
    browser.post(
        "/units",
        data={"code": "LG.901", "name": "UBND xã Thử", "kind": "commune",
              "parent": str(cast.province.id)},
    )  # fmt: skip
    unit = accounts.unit_by_code("LG.901")
    assert unit is not None
    person = {"name": "Người Thử", "unit": str(unit.id), "role": "participant", "login": "thu",
              "password": "mật khẩu đầu tiên"}  # fmt: skip
    assert browser.post("/people", data=person).status_code == 302
    answer = client.post("/sign-in", data={"login": "thu", "password": "mật khẩu đầu tiên"})
    assert answer.status_code == 302


def test_a_taken_login_is_told_beside_its_field(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.quan).post(
        "/people",
        data={"name": "Ai đó", "unit": str(cast.office.id), "role": "leader", "login": "nam",
              "password": "mật khẩu đầu tiên"},
    )  # fmt: skip
    assert answer.status_code == 200 and "đã có người dùng" in answer.text


def test_an_administrator_never_reaches_another_province(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.quan)
    assert browser.post(f"/people/{cast.la.id}/active", data={"active": "0"}).status_code == 404
    assert browser.post(f"/units/{cast.other_province.id}/close").status_code == 404
    assert "Người Lạ" not in browser.get("/people").text
    with pytest.raises(NotFound):
        accounts.user_under(cast.quan, cast.la.id)


@pytest.mark.parametrize("who", ["khai", "nam", "hoa"])
def test_only_administrators_see_units_and_people(cast: Cast, sign_in: SignIn, who: str) -> None:
    browser = sign_in(getattr(cast, who))
    assert browser.get("/units").status_code == 403
    assert browser.get("/people").status_code == 403


def test_everything_done_is_in_the_audit_chain(cast: Cast) -> None:
    from meetly import audit

    accounts.set_active(cast.quan, cast.hoa, False)
    db.session.flush()
    assert audit.of(cast.hoa)[0].details == {"active": False}
    assert audit.verify() is None
