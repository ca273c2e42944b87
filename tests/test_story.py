"""The whole story with the real micro model: what `make demo` promises."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("story") / "var"


def demo(house: Path) -> dict[str, Any]:
    ran = subprocess.run(
        [sys.executable, "-m", "meetly", "demo", "--json"],
        env={**os.environ, "MEETLY_DATA": str(house)},
        capture_output=True, text=True, timeout=220, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    made: dict[str, Any] = json.loads(ran.stdout)
    return made


@pytest.fixture(scope="module")
def made(house: Path) -> dict[str, Any]:
    return demo(house)


def test_the_recording_is_understood(made: dict[str, Any]) -> None:
    assert made["wer"] <= 0.10


def test_the_directions_are_found_with_lead_and_deadline(made: dict[str, Any]) -> None:
    from meetly.demo import score

    found = [score.order(d["lead"], date_of(d["due"]), d["recurring"]) for d in made["directions"]]
    assert score.right(found) >= 8
    assert len(found) - score.right(found) <= 2


def test_every_direction_has_its_second_of_sound(made: dict[str, Any]) -> None:
    starts = [direction["start"] for direction in made["directions"]]
    assert all(start is not None and start > 200 for start in starts)
    assert starts == sorted(starts)


def test_both_documents_are_there_and_tasks_are_open(made: dict[str, Any]) -> None:
    assert Path(made["minutes"]).read_bytes()[:2] == b"PK"
    assert Path(made["notice"]).read_bytes()[:2] == b"PK"
    # one direction goes to all 75 communes and wards
    assert made["tasks"] >= 75 + 8


def test_run_again_it_starts_clean(house: Path, made: dict[str, Any]) -> None:
    again = demo(house)
    assert again["directions"] == made["directions"] and again["tasks"] == made["tasks"]


def test_the_demo_never_touches_another_province(tmp_path: Path) -> None:
    environment = {**os.environ, "MEETLY_DATA": str(tmp_path)}
    command = [sys.executable, "-m", "meetly"]
    subprocess.run(
        [*command, "init", "--admin", "qt", "--unit", "UBND tỉnh Thật", "--password",
         "mật khẩu dài"],
        env=environment, check=True, capture_output=True,
    )  # fmt: skip
    refused = subprocess.run(
        [*command, "demo"], env=environment, capture_output=True, text=True, check=False
    )
    assert refused.returncode == 2 and "UBND tỉnh Thật" in refused.stderr


def date_of(text: str | None) -> Any:
    from datetime import date

    return date.fromisoformat(text) if text else None
