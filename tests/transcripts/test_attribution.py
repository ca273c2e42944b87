"""A sentence belongs to whoever talked through most of it."""

from __future__ import annotations

import pytest

from meetly.transcripts.attribution import Talk, attribute

CHAIR, OFFICE = "Chủ tịch", "Chánh Văn phòng"


@pytest.mark.parametrize(
    ("talks", "speaker"),
    [
        ([], None),
        ([Talk(CHAIR, 0, 5)], None),
        ([Talk(CHAIR, 0, 10)], None),
        ([Talk(CHAIR, 0, 20)], CHAIR),
        ([Talk(CHAIR, 0, 12), Talk(OFFICE, 12, 30)], OFFICE),
        ([Talk(OFFICE, 12, 30), Talk(CHAIR, 0, 18)], CHAIR),
        ([Talk(OFFICE, 15, 20), Talk(CHAIR, 10, 15)], CHAIR),  # equal: who began earlier
        ([Talk(CHAIR, 10, 12), Talk(OFFICE, 12, 15.5), Talk(CHAIR, 15.5, 20)], CHAIR),
    ],
)
def test_the_largest_share_names_the_speaker(talks: list[Talk], speaker: str | None) -> None:
    assert attribute(10, 20, talks) == speaker


def test_equal_shares_of_uneven_numbers_are_still_equal() -> None:
    talks = [Talk(CHAIR, 0.0, 0.1), Talk(OFFICE, 0.1, 0.4), Talk(CHAIR, 0.4, 0.6)]
    assert attribute(0.0, 0.6, talks) == CHAIR
