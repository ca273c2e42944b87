"""Who is invited, said by group: resolved, recognised, kept and put into words."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from meetly.accounts.models import Unit, UnitKind
from meetly.meetings.audience import GROUPS, Audience

KINDS = [
    UnitKind.OFFICE, *[UnitKind.DEPARTMENT] * 3, *[UnitKind.COMMUNE] * 4, *[UnitKind.WARD] * 2,
    UnitKind.SPECIAL_ZONE, UnitKind.PROVINCE,
]  # fmt: skip
UNITS = [Unit(id=n, name=f"Đơn vị {n}", kind=kind) for n, kind in enumerate(KINDS, start=1)]
DEPARTMENTS, LOCALITIES = (1, 2, 3, 4), (5, 6, 7, 8, 9, 10, 11)
chosen_units = st.sets(st.sampled_from([unit.id for unit in UNITS]))
chosen_groups = st.lists(st.sampled_from(list(GROUPS)), unique=True)


def test_a_group_is_every_unit_of_its_kinds_in_the_order_of_the_tree() -> None:
    assert Audience(groups=("localities", "departments")).resolve(UNITS) == DEPARTMENTS + LOCALITIES
    assert Audience(groups=("wards",), unit_ids=(2,)).resolve(UNITS) == (2, 9, 10)


def test_all_departments_but_one() -> None:
    assert Audience(groups=("departments",), without=(3,)).resolve(UNITS) == (1, 2, 4)


def test_a_commune_founded_later_is_invited_by_itself() -> None:
    kept = json.loads(json.dumps(Audience(groups=("localities",), without=(5,)).to_json()))
    later = [*UNITS, Unit(id=90, name="UBND xã Mới", kind=UnitKind.COMMUNE)]
    assert Audience.from_json(kept).resolve(later) == (*LOCALITIES[1:], 90)


def test_a_group_no_longer_known_is_left_out() -> None:
    assert Audience.from_json({"groups": ["districts", "wards"]}) == Audience(groups=("wards",))
    assert Audience.from_json({}) == Audience()


@given(chosen_units, chosen_groups)
def test_ticking_groups_and_units_invites_exactly_what_is_ticked(
    chosen: set[int], groups: list[str]
) -> None:
    audience = Audience.ticked(chosen, groups, UNITS)
    assert set(audience.resolve(UNITS)) == chosen
    assert Audience.from_json(json.loads(json.dumps(audience.to_json()))) == audience


@given(chosen_units)
def test_recognising_groups_changes_nobody(chosen: set[int]) -> None:
    assert set(Audience.recognised(chosen, UNITS).resolve(UNITS)) == chosen


@pytest.mark.parametrize(
    ("chosen", "groups", "without"),
    [
        (DEPARTMENTS, ("departments",), ()),
        (DEPARTMENTS[:3], ("departments",), (4,)),
        (DEPARTMENTS[:2], (), ()),
        (LOCALITIES, ("localities",), ()),
        ((5, 6, 7, 8), ("communes",), ()),
        ((9, 10), (), ()),
    ],
)
def test_a_group_is_recognised_when_few_are_missing(
    chosen: tuple[int, ...], groups: tuple[str, ...], without: tuple[int, ...]
) -> None:
    audience = Audience.recognised(chosen, UNITS)
    assert (audience.groups, audience.without) == (groups, without)


def test_it_is_said_in_one_line(app: Flask) -> None:
    audience = Audience(
        groups=("departments", "localities"), without=(3,), unit_ids=(12, 5), people_ids=(7, 99)
    )
    with app.test_request_context():
        assert audience.said(UNITS, {7: "Lò Thị Hoa"}) == (
            "Các sở, ban, ngành, trừ Đơn vị 3; các xã, phường, đặc khu; Đơn vị 12; "
            "ông/bà Lò Thị Hoa"
        )
        assert Audience().said(UNITS, {}) == ""
