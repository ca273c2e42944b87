"""What a group of units means is read off its name."""

from __future__ import annotations

import pytest

from meetly.accounts.models import LOCALITIES, UnitKind
from meetly.directions.groups import kinds_reached

LEVEL = set(LOCALITIES)


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("UBND các xã, phường", LEVEL),
        ("ubnd cac xa, phuong", LEVEL),
        ("UBND các xã, phường, đặc khu", LEVEL),
        ("các địa phương", LEVEL),
        ("UBND cấp xã", LEVEL),
        ("UBND các xã", {UnitKind.COMMUNE}),
        ("các phường", {UnitKind.WARD}),
        ("các sở, ban, ngành", {UnitKind.DEPARTMENT}),
        ("các sở, ngành, địa phương", {UnitKind.DEPARTMENT, *LEVEL}),
        ("các chủ đầu tư", set()),
        ("các hợp tác xã", set()),
        ("các tổ chức chính trị - xã hội", set()),
        ("các cơ sở y tế", set()),
        ("các phương tiện thông tin", set()),
        ("UBND xã Nậm Hoa", set()),
        ("Sở Tài chính", set()),
    ],
)
def test_a_group_reaches_the_kinds_it_names(name: str, kinds: set[UnitKind]) -> None:
    assert kinds_reached(name) == kinds
