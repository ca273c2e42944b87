"""Every trouble ends in a finished transcript with one gap at most, or in a state that goes on."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from meetly import arriving
from meetly.accounts.models import User
from meetly.extensions import db
from meetly.recordings.models import Recording
from meetly.transcripts import service as transcripts
from meetly.transcripts.models import Chunk, ChunkStatus, Segment, Transcript
from meetly.transcripts.takes import service as takes
from tests import tones
from tests.conftest import missing
from tests.workers.house import ROOT, House, Nursery
from tests.workers.torture import unkilled

#: the beginning of one sentence of those that are said, and of no other
DEADLY = {"MEETLY_TEST_DEADLY": next(
    words for words in (" ".join(said[:3]).capitalize() for said in tones.sentences(24)[8:])
    if len(set(words.lower().split())) == 3
)}  # fmt: skip
PATIENCE = 90.0


def until(true: Callable[[], object], house: House) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, house.log()[-3000:]
        time.sleep(0.03)


def state(house: House, recording_id: int) -> str:
    with house.looking():
        transcript = house.transcript(recording_id)
        return str(transcript.status) if transcript else ""


def supervise(house: House, nursery: Nursery, recording_id: int, wanted: str = "ready") -> None:
    """Keep a process alive as the supervisor does, until the transcript has come this far."""
    deadline = time.monotonic() + PATIENCE
    while state(house, recording_id) != wanted:
        assert time.monotonic() < deadline, house.log()[-3000:]
        for pid, owner in list(nursery.living.items()):
            if not Path(f"/proc/{pid}").exists():
                del nursery.living[pid]
                house.give_back(owner)
        if not nursery.living:
            nursery.start()
        time.sleep(0.03)


def ask(house: House, recording_id: int, wish: Callable[[User, Transcript], object]) -> None:
    """Do what a person does on the page of the transcript."""
    with house.at_work():
        nam = db.session.scalars(select(User)).one()
        transcript = house.transcript(recording_id)
        assert transcript is not None
        wish(nam, transcript)


def gaps(house: House, recording_id: int) -> list[str]:
    return [gap["start"] for gap in json.loads(house.text(recording_id))["gaps"]]


@pytest.mark.parametrize("batch", [1, 4])
def test_a_chunk_that_kills_its_worker_three_times_is_the_only_gap(
    tmp_path: Path, batch: int
) -> None:
    house = House(
        tmp_path, slowness=0.0, model="tests.tones:KillingTranscriber", attempts=3, batch=batch,
        further=DEADLY,
    )  # fmt: skip
    recording_id = house.receive()
    with house.nursery() as nursery:
        supervise(house, nursery, recording_id)
    assert len(gaps(house, recording_id)) == 1
    tried = sorted(house.tried(recording_id))
    assert tried[-1] == 3
    assert tried[-1 - batch] <= 1, "only those heard beside it were heard a second time"


def test_a_model_that_vanishes_is_a_clear_state_and_a_retry_keeps_all(tmp_path: Path) -> None:
    model = tmp_path / "model.bin"
    model.touch()
    house = House(
        tmp_path, slowness=0.1, model="tests.tones:FiledTranscriber",
        further={"MEETLY_TEST_MODEL": str(model)},
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEETLY_TEST_MODEL", str(model))
        wanted, _ = unkilled(house)
    recording_id = house.receive()
    with house.nursery() as nursery:
        pid = nursery.start()
        until(lambda: len(house.finished(recording_id)) >= 2, house)
        model.unlink()
        house.give_back(nursery.kill(pid))  # the next process has to load it anew
        supervise(house, nursery, recording_id, "failed")
        done = house.finished(recording_id)
        ask(house, recording_id, lambda _nam, t: _assert_failed(t))
        model.touch()
        ask(house, recording_id, transcripts.retry)
        supervise(house, nursery, recording_id)
    assert house.text(recording_id) == wanted
    now = house.finished(recording_id)
    assert {ordinal: now[ordinal] for ordinal in done} == done, "nothing done was done again"


def _assert_failed(transcript: Transcript) -> None:
    assert transcript.failure.startswith("NOT_CONFIGURED: Không thấy mô hình")


# -- stopping and taking away ------------------------------------------------------------------


def test_a_worker_notices_within_one_chunk_that_it_was_stopped(tmp_path: Path) -> None:
    house = House(tmp_path, slowness=0.2)
    wanted, _ = unkilled(house)
    recording_id = house.receive()
    with house.nursery() as nursery:
        nursery.start()
        until(lambda: len(house.finished(recording_id)) >= 2, house)
        before = house.finished(recording_id)
        ask(house, recording_id, transcripts.cancel)
        time.sleep(1.5)
        stopped = house.finished(recording_id)
        assert len(stopped) <= len(before) + 2, "the chunk in hand, and one stored meanwhile"
        assert house.claims() == {"chunks": 0, "cutting": 0}
        assert state(house, recording_id) == "cancelled"
        ask(house, recording_id, transcripts.retry)
        supervise(house, nursery, recording_id)
    assert house.text(recording_id) == wanted
    now = house.finished(recording_id)
    assert {ordinal: now[ordinal] for ordinal in stopped} == stopped


def test_cutting_can_be_stopped_and_goes_on_where_it_was(tmp_path: Path) -> None:
    house = House(tmp_path, slowness=0.0, sentences=80)
    wanted, _ = unkilled(house)
    recording_id = house.receive()
    with house.nursery() as nursery:
        nursery.start()
        until(lambda: cut(house, recording_id) >= 2, house)
        ask(house, recording_id, transcripts.cancel)
        until(lambda: not house.claims()["cutting"], house)
        time.sleep(0.5)
        part = cut(house, recording_id)
        time.sleep(0.5)
        assert cut(house, recording_id) == part
        assert state(house, recording_id) == "cancelled"
        ask(house, recording_id, transcripts.retry)
        supervise(house, nursery, recording_id)
    assert house.text(recording_id) == wanted
    assert part < cut(house, recording_id)


def cut(house: House, recording_id: int) -> int:
    with house.looking():
        query = select(func.count(Chunk.id)).join(Transcript)
        return db.session.scalar(query.where(Transcript.recording_id == recording_id)) or 0


@pytest.mark.parametrize("stage", ["cutting", "hearing", "again", "ready"])
def test_a_recording_goes_in_every_state_and_the_worker_goes_on(tmp_path: Path, stage: str) -> None:
    slow = 0.0 if stage == "cutting" else 0.15
    house = House(tmp_path, slowness=slow, sentences=80 if stage == "cutting" else 12)
    wanted, _ = unkilled(house)
    recording_id = house.receive()
    with house.nursery() as nursery:
        pid = nursery.start()
        if stage == "cutting":
            until(lambda: cut(house, recording_id) >= 2, house)
        elif stage == "hearing":
            until(lambda: len(house.finished(recording_id)) >= 2, house)
        else:
            until(lambda: house.is_ready(recording_id), house)
        if stage == "again":
            ask(house, recording_id, _everything_again)
            until(lambda: house.claims()["chunks"], house)
        ask(house, recording_id, lambda nam, t: transcripts.discard(nam, t.recording_id))
        other = house.receive()
        until(lambda: house.is_ready(other), house)
        assert Path(f"/proc/{pid}").exists(), house.log()[-3000:]
    with house.looking():
        assert db.session.scalar(select(func.count(Recording.id))) == 2
        for kind in (Chunk, Segment):
            assert len(set(db.session.scalars(select(kind.transcript_id)))) == 2
    assert house.text(other) == wanted
    assert "will try again" not in house.log()


def _everything_again(nam: User, transcript: Transcript) -> None:
    key = takes.models(transcript)[0].key
    query = select(Chunk.id).where(
        Chunk.transcript_id == transcript.id, Chunk.status == ChunkStatus.DONE
    )
    for chunk_id in db.session.scalars(query).all():
        takes.hear_again(nam, chunk_id, key)


def test_two_processes_hear_everything_again_while_one_is_killed(tmp_path: Path) -> None:
    house = House(tmp_path, slowness=0.1)
    wanted, count = unkilled(house)
    recording_id = house.receive()
    with house.nursery() as nursery:
        supervise(house, nursery, recording_id)
        ask(house, recording_id, _everything_again)
        victim = nursery.start()
        until(lambda: house.claims()["chunks"], house)
        house.give_back(nursery.kill(victim))
        supervise(house, nursery, recording_id)
    assert house.text(recording_id) == wanted, "the same sound says the same"
    assert house.segments(recording_id) == 2 * count, "every hearing is kept once"


# -- a full disk -------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a folder on a disk of 32 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode:
        missing("the right to mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Take all the room there is."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError as error:
                assert error.errno == errno.ENOSPC
    return ballast


@pytest.mark.parametrize("stage", ["cutting", "hearing"])
def test_a_full_disk_only_keeps_the_work_waiting(
    small_disk: Path, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arriving, "RESERVE", 0)  # uploads keep more free than there is
    house = House(small_disk, slowness=0.15, attempts=3, sentences=40)
    wanted, _ = unkilled(house)
    shutil.rmtree(small_disk / "var" / "files" / "chunks")  # as tidying does after a while
    recording_id = house.receive()
    ballast = fill(small_disk) if stage == "cutting" else None
    with house.nursery() as nursery:
        pid = nursery.start()
        if ballast is None:
            until(lambda: len(house.finished(recording_id)) >= 3, house)
            ballast = fill(small_disk)
        time.sleep(3.0)  # many tries: more than a chunk has attempts
        assert Path(f"/proc/{pid}").exists(), "the worker lives on"
        assert state(house, recording_id) in ("", "splitting", "transcribing")
        done = house.finished(recording_id)
        ballast.unlink()
        until(lambda: house.is_ready(recording_id), house)
    assert house.text(recording_id) == wanted
    assert gaps(house, recording_id) == []
    now = house.finished(recording_id)
    assert {ordinal: now[ordinal] for ordinal in done} == done


# -- the supervisor ----------------------------------------------------------------------------


def children(pid: int) -> set[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(child) for child in found}


def test_the_supervisor_keeps_two_processes_and_seats_each_anew(tmp_path: Path) -> None:
    house = House(tmp_path, slowness=0.1, sentences=60, further={"MEETLY_SPEECH_PROCESSES": "2"})
    recording_id = house.receive()
    with (tmp_path / "log.txt").open("ab") as log:
        worker = subprocess.Popen(
            [sys.executable, "-m", "workers"], env=house.environment, stdout=log, stderr=log,
            cwd=ROOT,
        )  # fmt: skip
        try:
            until(lambda: len(children(worker.pid)) == 2, house)
            until(lambda: len(house.holders()) == 2, house)
            both = children(worker.pid)
            for pid in both:
                assert nice_of(pid) == 19, "pages and reminders go first"
            dead = min(both)
            os.kill(dead, signal.SIGKILL)
            until(lambda: dead not in children(worker.pid), house)
            assert children(worker.pid) >= both - {dead}, "the other one works on"
            until(lambda: len(children(worker.pid)) == 2, house)
            until(lambda: house.is_ready(recording_id), house)
            worker.terminate()
            assert worker.wait(timeout=60) == 0
        finally:
            worker.kill()
            worker.wait()
    assert gaps(house, recording_id) == []


def nice_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()[16])
