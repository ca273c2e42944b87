"""Speech processes killed and stopped: nothing finished is lost, nothing is stored twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workers.house import House
from tests.workers.torture import kill_at_random, stop_past_the_lease


@pytest.mark.parametrize("batch", [1, 4])
def test_kills_leave_the_same_transcript(tmp_path: Path, batch: int) -> None:
    outcome = kill_at_random(House(tmp_path, batch=batch), kills=20, seed=20261123 + batch)
    assert outcome.kills >= 20
    assert (outcome.lost, outcome.duplicates, outcome.identical) == (0, 0, True), outcome
    assert outcome.redone_max <= batch, outcome
    assert outcome.in_hand > 0, "no kill hit a chunk in hand: this run proved nothing"


@pytest.mark.postgres
def test_kills_leave_the_same_transcript_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    outcome = kill_at_random(House(tmp_path, database=postgres_url), kills=10, seed=20261125)
    assert outcome.is_good(), outcome
    assert outcome.in_hand > 0, "no kill hit a chunk in hand: this run proved nothing"


def test_a_worker_that_wakes_past_its_lease_is_refused(tmp_path: Path) -> None:
    house = House(tmp_path, slowness=0.4, sentences=6)
    outcome = stop_past_the_lease(house)
    assert (outcome.duplicates, outcome.identical, outcome.redone_max) == (0, True, 1), outcome
    assert "went to another" in house.log()


def test_the_check_finds_a_store_that_does_not_ask(tmp_path: Path) -> None:
    outcome = stop_past_the_lease(House(tmp_path, slowness=0.4, sentences=6, planted="lease"))
    assert outcome.duplicates > 0
    assert not outcome.is_good()


def test_the_check_finds_a_chunk_called_done_too_early(tmp_path: Path) -> None:
    house = House(tmp_path, slowness=0.01, planted="early", life=0.15)
    outcome = kill_at_random(house, kills=30, seed=20261125)
    assert outcome.lost > 0, outcome
    assert not outcome.is_good()
