"""Speech processes killed and stopped: nothing finished is lost, nothing is stored twice."""

from __future__ import annotations

from pathlib import Path

from tests.workers.torture import House, kill_at_random, stop_past_the_lease


def test_twenty_kills_leave_the_same_transcript(tmp_path: Path) -> None:
    outcome = kill_at_random(House(tmp_path), kills=20, seed=20261123)
    assert outcome.kills >= 20
    assert (outcome.lost, outcome.duplicates, outcome.identical) == (0, 0, True), outcome
    assert outcome.redone_max <= 1, outcome
    assert outcome.in_hand > 0, "no kill hit a chunk in hand: this run proved nothing"


def test_a_worker_that_wakes_past_its_lease_is_refused(tmp_path: Path) -> None:
    house = House(tmp_path, slowness=0.4, sentences=6)
    outcome = stop_past_the_lease(house)
    assert (outcome.duplicates, outcome.identical, outcome.redone_max) == (0, True, 1), outcome
    assert "went to another" in house.log()


def test_the_check_finds_a_store_that_does_not_ask(tmp_path: Path) -> None:
    outcome = stop_past_the_lease(House(tmp_path, slowness=0.4, sentences=6, planted=True))
    assert outcome.duplicates > 0
    assert not outcome.identical
