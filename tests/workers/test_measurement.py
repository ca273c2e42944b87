"""What this machine is measured for: the fastest way is kept, shown and used, until it changes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from meetly.cli_check import examine
from meetly.cli_model import model as command
from meetly.config import Config
from meetly.paths import DEMO_DATA
from workers import crew, measurement
from workers.measurement import Pace, Way

MICRO = str(DEMO_DATA / "micro-vi.pt")
FAST = Way("faster-whisper", "float32", 1, 2)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data=tmp_path)


def keep(config: Config, way: Way, pace: float = 12.5) -> None:
    measurement._keep(config, config.speech_model, Pace(way, pace, 321, "2026-11-25"))


def test_a_real_process_tells_how_fast_it_heard(config: Config) -> None:
    pace = measurement.pace_of(config, MICRO, Way("faster-whisper", "float32", 1, 1))
    assert pace.pace > 0 and pace.peak_mb > 50


def test_a_way_that_fails_has_no_pace(config: Config) -> None:
    assert measurement.pace_of(config, "/nowhere.pt", FAST).pace == 0


def test_the_fastest_way_is_kept_and_the_crew_follows_it(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    paces = {("faster-whisper", 1): 10.0, ("faster-whisper", 2): 19.0, ("openai-whisper", 1): 5.0}

    def told(_config: Config, _model: str, way: Way) -> Pace:
        return Pace(way, paces[way.kind, way.processes], 300, "2026-11-25")

    monkeypatch.setattr(measurement, "pace_of", told)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    best = measurement.measure(config, MICRO)
    assert best.way == Way("faster-whisper", "float32", 2, 1)
    assert measurement.stored(config, MICRO) == best
    assert crew.processes(config) == 2
    assert crew.environment(config)["MEETLY_SPEECH_ENGINE"] == "faster-whisper"
    assert crew.environment(config)["MEETLY_SPEECH_COMPUTE"] == "float32"


def test_a_further_process_must_fit_into_memory(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        measurement, "pace_of", lambda _c, _m, way: Pace(way, 10.0 * way.processes, 9000, "")
    )
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr(measurement, "_free_mb", lambda: 20_000)
    assert measurement.measure(config, MICRO).way.processes == 1


def test_a_measurement_of_another_machine_counts_for_nothing(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(config, FAST)
    assert measurement.stored(config, MICRO) is not None
    monkeypatch.setattr(measurement, "_processor", lambda: "another processor")
    assert measurement.stored(config, MICRO) is None
    assert crew.is_unmeasured(config)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"MODEL": {"way": 3}}'])
def test_a_spoilt_file_is_as_if_nothing_was_measured(config: Config, content: str) -> None:
    text = content.replace("MODEL", json.dumps(MICRO)[1:-1])
    (config.data / measurement.FILE).write_text(text, encoding="utf-8")
    assert measurement.stored(config, MICRO) is None


def test_settings_win_over_what_was_measured(tmp_path: Path) -> None:
    keep(Config(data=tmp_path), Way("faster-whisper", "float32", 2, 1))
    plain = Config(data=tmp_path, speech_engine="openai-whisper", speech_processes=3)
    assert crew.processes(plain) == 3
    assert "MEETLY_SPEECH_ENGINE" not in crew.environment(plain)
    assert not crew.is_unmeasured(plain)


def test_an_engine_of_its_own_is_not_measured(tmp_path: Path) -> None:
    named = Config(data=tmp_path, speech_model="tests.tones:ToneTranscriber")
    assert not crew.is_unmeasured(named)


def test_the_doctor_shows_what_was_measured(config: Config) -> None:
    keep(config, FAST)
    [pace] = [finding for finding in examine(config) if finding.topic == "pace"]
    assert pace.well and "12.5 s of sound a second" in pace.says


def test_a_model_is_converted_on_the_command_line(tmp_path: Path) -> None:
    done = CliRunner().invoke(command, ["convert", MICRO, str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "out" / "model.bin").is_file()
