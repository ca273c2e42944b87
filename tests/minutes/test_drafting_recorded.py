"""The draft of the sample beside its secretary's: from the script, and from the recording."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bench.minutes import Drafted, drafted, long_meeting, recorded
from meetly.accounts.directory import Directory
from meetly.minutes.blocks import BlockKind
from meetly.minutes.drafting import Utterance
from meetly.paths import DEMO_DATA
from tests.conftest import missing
from tests.minutes import sample


@pytest.fixture(scope="module")
def directory() -> Directory:
    return Directory.read(DEMO_DATA / "units.csv")


@pytest.fixture(scope="module", params=["script", "recording"])
def made(request: pytest.FixtureRequest, directory: Directory) -> Drafted:
    said: Sequence[Utterance] = sample.utterances()
    if request.param == "recording":
        if not (DEMO_DATA / "micro-vi.pt").exists():
            missing("the bundled speech model")
        pytest.importorskip("torch")
        said = recorded(directory)
    return drafted(said, directory)


def test_every_figure_name_and_date_was_said_where_it_cites(made: Drafted) -> None:
    assert made.unsupported == []
    assert all(block.evidence for block in made.blocks)


def test_at_least_nine_of_ten_directions_stand_in_the_table(made: Drafted) -> None:
    assert made.directions_found >= 9


def test_parts_one_and_two_hold_two_fifths_of_the_words(made: Drafted) -> None:
    assert 0.2 < made.words_ratio <= 0.4


def test_the_questions_are_those_of_the_secretary(made: Drafted) -> None:
    asked = [b.text for b in made.blocks if b.kind is BlockKind.QUESTION]
    assert len(asked) == 3
    assert "chưa có thời điểm kết thúc" in asked[0]
    assert "chưa rõ đơn vị nào chủ trì" in asked[1]
    assert "trước đợt rét đậm đầu tiên" in asked[2]


def test_an_invented_figure_is_counted(made: Drafted) -> None:
    """Planted: one digit of one block."""
    block = next(b for b in made.blocks if "48" in b.text)
    planted = replace(block, text=block.text.replace("48", "49"))
    others = [b for b in made.blocks if b is not block]
    assert Drafted([*others, planted], made.said).unsupported == [f"{block.id}: 49"]


def test_a_direction_with_another_day_is_not_counted(made: Drafted) -> None:
    """Planted: every deadline lost."""
    late = [
        replace(b, assignment=replace(b.assignment, due=None)) if b.assignment else b
        for b in made.blocks
    ]
    assert Drafted(late, made.said).directions_found < 4


def test_three_hours_hold_ten_thousand_segments() -> None:
    said = long_meeting()
    assert len(said) == 10_000 and 10_000 < said[-1].end <= 10_800
    assert len({u.id for u in said}) == len(said)
