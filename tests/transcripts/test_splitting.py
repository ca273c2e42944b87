"""Cuts lie in the longest pauses, lose no sample, and come out the same every time."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from meetly.errors import BadInput
from meetly.paths import DEMO_DATA
from meetly.recordings.clip import wav
from meetly.recordings.formats import TooLong
from meetly.recordings.sound import RATE, decode
from meetly.transcripts.splitting import Cut, split
from tests.recordings import media

SAMPLE = DEMO_DATA / "briefing.opus"


def saved(folder: Path, samples: media.Samples) -> Path:
    path = folder / "a.wav"
    path.write_bytes(wav(samples))
    return path


def test_the_cuts_join_to_the_whole_recording() -> None:
    cuts = list(split(SAMPLE, target=5, longest=12))
    whole = np.concatenate(list(decode(SAMPLE)))
    joined = np.concatenate([cut.samples for cut in cuts])
    assert len(joined) == len(whole)
    assert np.abs(joined - whole).max() <= 0.5 / 32768
    assert [cut.ordinal for cut in cuts] == list(range(len(cuts)))
    for before, after in pairwise(cuts):
        assert before.end == after.start
    for cut in cuts:
        assert len(cut.samples) == round((cut.end - cut.start) * RATE)
        assert 0 <= cut.speech <= cut.end - cut.start + 0.02


@pytest.mark.parametrize(("target", "longest"), [(5, 12), (20, 29.5), (3, 3)])
def test_no_cut_is_longer_than_allowed_nor_shorter_than_wished(
    target: float, longest: float
) -> None:
    lengths = [cut.end - cut.start for cut in split(SAMPLE, target=target, longest=longest)]
    assert max(lengths) <= longest + 1e-6
    assert min(lengths[:-1]) >= target - 1e-6


def test_the_same_file_gives_the_same_cuts() -> None:
    def fingerprint(cut: Cut) -> tuple[float, float, float, bytes]:
        return cut.start, cut.end, cut.speech, cut.samples.tobytes()

    first, second = (
        [fingerprint(cut) for cut in split(SAMPLE, target=8, longest=15)] for _ in range(2)
    )
    assert first == second


def test_a_cut_kept_as_a_file_is_the_same_to_the_last_sample(tmp_path: Path) -> None:
    cut = next(split(SAMPLE, target=5, longest=12))
    again = np.concatenate(list(decode(saved(tmp_path, cut.samples))))
    assert again.dtype == cut.samples.dtype == np.float32
    assert np.array_equal(again, cut.samples)


def test_a_cut_lies_in_the_middle_of_the_longest_pause(tmp_path: Path) -> None:
    parts = [(6.0, 0.4), (2.0, 1.2), (3.0, 0.3), (8.0, 1.0)]
    path = saved(tmp_path, media.conversation(parts))
    first = next(split(path, target=5, longest=14))
    assert first.end == pytest.approx(6.0 + 0.4 + 2.0 + 0.6, abs=0.15)


@pytest.mark.parametrize("noise", [0.0, 0.003, 0.01])
def test_no_word_is_cut_where_there_is_a_pause(tmp_path: Path, noise: float) -> None:
    parts = [(2.0 + index % 3, 0.5 + 0.1 * (index % 4)) for index in range(24)]
    samples = media.conversation(parts)
    pauses, second = [], 0.0
    for spoken, pause in parts:
        pauses.append((second + spoken, second + spoken + pause))
        second += spoken + pause
    path = saved(tmp_path, samples + media.noise(len(samples) / RATE, noise))
    cuts = list(split(path, target=8, longest=14))
    assert len(cuts) > 5
    for cut in cuts[:-1]:
        assert any(start <= cut.end <= end for start, end in pauses), cut.end


def test_somebody_who_never_pauses_is_cut_between_syllables(tmp_path: Path) -> None:
    path = saved(tmp_path, media.speech(40.0))
    cuts = list(split(path, target=8, longest=12))
    assert [cut.end - cut.start <= 12 for cut in cuts] == [True] * len(cuts)
    assert sum(cut.speech for cut in cuts) > 30


def test_a_chunk_in_which_nobody_speaks_is_empty(tmp_path: Path) -> None:
    quiet = media.noise(30, 0.01)
    samples = np.concatenate([media.speech(10.0), quiet, media.speech(10.0, seed=5)])
    cuts = list(split(saved(tmp_path, samples), target=8, longest=12))
    empty = [cut for cut in cuts if cut.is_empty]
    assert len(empty) >= 2
    assert all(cut.end <= 40.5 and cut.start >= 9.5 for cut in empty)
    assert not cuts[0].is_empty and not cuts[-1].is_empty


def test_a_hole_keeps_what_follows_at_the_players_time(tmp_path: Path) -> None:
    spoken = np.concatenate([media.speech(6.0), media.speech(6.0, seed=4)])
    path = media.record(tmp_path / "a.webm", spoken, holes=[(6.0, 20.0)])
    cuts = list(split(path, target=5, longest=9))
    assert cuts[-1].end == pytest.approx(32.0, abs=0.2)
    assert any(cut.is_empty for cut in cuts)


def test_too_much_sound_is_refused_while_splitting(tmp_path: Path) -> None:
    path = media.silent_hours(tmp_path / "a.ogg", 1)
    with pytest.raises(TooLong):
        list(split(path, target=20, longest=29.5, budget=100))


@pytest.mark.parametrize(("target", "longest"), [(0, 10), (-1, 10), (12, 10)])
def test_lengths_that_make_no_sense_are_refused(target: float, longest: float) -> None:
    with pytest.raises(BadInput):
        next(split(SAMPLE, target=target, longest=longest))


def test_an_hour_is_split_in_the_memory_of_a_few_chunks(tmp_path: Path) -> None:
    path = media.silent_hours(tmp_path / "a.ogg", 1)
    program = (
        "import resource, sys; from pathlib import Path\n"
        "from meetly.transcripts.splitting import split\n"
        "def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "cuts = split(Path(sys.argv[1]), target=20, longest=29.5); next(cuts); before = peak()\n"
        "print(sum(1 for _ in cuts), peak() - before)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True,
    )  # fmt: skip
    chunks, grown = map(int, done.stdout.split())
    assert chunks > 100
    kilobytes_of_an_hour = 3600 * RATE * 4 // 1024
    assert grown < kilobytes_of_an_hour // 10
