"""Blocks keep every field through JSON, and their bytes depend on nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetly.minutes.blocks import (
    Assignment,
    Block,
    BlockKind,
    canonical,
    from_json,
    sha256,
    to_json,
)

FULL = Block(
    id="b7-1",
    kind=BlockKind.DIRECTION,
    text="Giao Sở Tài chính «rà soát» 14 dự án.",
    evidence=(3, 4),
    unit="Sở Tài chính",
    speaker="Trần Quốc Khải",
    start=12.5,
    assignment=Assignment(("Sở Tài chính",), ("các chủ đầu tư",), date(2026, 12, 10), "hằng tuần"),
)

assignments = st.builds(
    Assignment,
    lead=st.lists(st.text()).map(tuple),
    coordinate=st.lists(st.text()).map(tuple),
    due=st.none() | st.dates(),
    recurring=st.none() | st.text(min_size=1),
    product=st.text(),
)
blocks = st.builds(
    Block,
    id=st.text(),
    kind=st.sampled_from(BlockKind),
    text=st.text(),
    evidence=st.lists(st.integers()).map(tuple),
    unit=st.text(),
    speaker=st.text(),
    start=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    assignment=st.none() | assignments,
)


@given(st.lists(blocks, unique_by=lambda block: block.id))
def test_blocks_come_back_from_json_as_they_went(written: list[Block]) -> None:
    text = json.dumps(to_json(written))
    assert from_json(text) == written
    assert from_json(to_json(written)) == written
    assert canonical(from_json(canonical(written))) == canonical(written)


def test_the_hash_is_of_the_canonical_bytes() -> None:
    assert canonical([]) == b"[]"
    assert sha256([]) == "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"
    assert canonical([FULL]).isascii()
    assert canonical([replace(FULL, text="Ồ", start=3)]).startswith(b'[{"assignment":{"coordinate"')


@pytest.mark.parametrize(
    "changed",
    [
        replace(FULL, text="Giao Sở Tài chính rà soát 15 dự án."),
        replace(FULL, evidence=(4, 3)),
        replace(FULL, kind=BlockKind.ASSESSMENT),
        replace(FULL, start=12.6),
        replace(FULL, assignment=None),
        replace(FULL, assignment=Assignment(("Sở Tài chính",), due=date(2026, 12, 11))),
    ],
)
def test_every_change_changes_the_hash(changed: Block) -> None:
    assert sha256([changed]) != sha256([FULL])


def test_order_is_part_of_the_minutes() -> None:
    other = replace(FULL, id="b8")
    assert sha256([FULL, other]) != sha256([other, FULL])


@pytest.mark.parametrize(
    "bad",
    [
        "{}",
        "[1]",
        '[{"id": "b1", "kind": "report"}]',
        '[{"id": "b1", "kind": "rumour", "text": ""}]',
        '[{"id": 1, "kind": "report", "text": ""}]',
        '[{"id": "b1", "kind": "report", "text": "", "evidence": ["x"]}]',
        '[{"id": "b1", "kind": "report", "text": "", "assignment": {"lead": "Sở"}}]',
        '[{"id": "b1", "kind": "report", "text": "", "assignment": {"due": "10/12"}}]',
        '[{"id": "b", "kind": "report", "text": ""}, {"id": "b", "kind": "report", "text": ""}]',
        "not json",
    ],
)
def test_what_is_no_list_of_blocks_is_refused(bad: str) -> None:
    with pytest.raises(ValueError):
        from_json(bad)
