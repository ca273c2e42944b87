"""When a recording began is read from its name and its tags, and believed only where it fits."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from meetly.recordings.beginnings import beginning, named, written_in
from meetly.recordings.sound import probe
from tests.recordings import media

#: eight in the morning in Vietnam
EIGHT = datetime(2026, 11, 25, 1, 0, 12, tzinfo=UTC)
DAY = date(2026, 11, 25)
#: an hour of sound, uploaded at half past eleven
NOON = datetime(2026, 11, 25, 4, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "name",
    [
        "2026-11-25 08-00-12.mp4",
        "2026-11-25_08.00.12.mkv",
        "20261125_080012.m4a",
        "20261125-080012.wav",
        "20261125080012.wav",
        "Voice 261125_080012.m4a",
        "REC_20261125_080012_001.mp3",
        "20261125_080012-0001.m4a",
        "giaoban_2026-11-25-08-00-12.mp4",
        "Giao ban-20261125_080012-Meeting Recording.mp4",
        "WhatsApp Audio 2026-11-25 at 08.00.12.ogg",
        "GMT20261125-010012_Recording.m4a",
        "GMT20261125-010012_Recording_1920x1080.mp4",
        "20261125T010012Z.wav",
        "2026-11-25T08:00:12+07:00.ogg",
        "2026-11-25 10:00:12 GMT+9.ogg",
        "2026-11-25 01-00-12 UTC.mkv",
        "5f3a-1795568412000.webm",
    ],
)
def test_names_of_many_recorders_hold_the_same_moment(name: str) -> None:
    assert named(name) == EIGHT


@pytest.mark.parametrize(
    ("name", "wall"),
    [
        ("261125_0800.mp3", "08:00"),
        ("Giao ban (2026-11-25 08:00 GMT+7).mp4", "08:00"),
        ("Giao ban - 2026_11_25 08_00 GMT+07_00 - Recording.mp4", "08:00"),
        ("Ghi âm 25-11-2026 8h05.m4a", "08:05"),
        ("8 giờ 05 ngày 25-11-2026.m4a", "08:05"),
        ("08h30_25.11.2026.mp3", "08:30"),
    ],
)
def test_names_to_the_minute_and_vietnamese_names_are_read(name: str, wall: str) -> None:
    hour, minute = map(int, wall.split(":"))
    assert named(name) == datetime(2026, 11, 25, hour - 7, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    "name",
    ["Recording 5.m4a", "20261125.mp3", "họp 25-11-2026.m4a", "2026-13-45 99-00.mp3",
     "12345678901234567890.mp3", "ZOOM0001.WAV", "phần 2.ogg"],
)  # fmt: skip
def test_a_name_without_a_moment_holds_none(name: str) -> None:
    assert named(name) is None


def test_tags_are_read_with_their_zone() -> None:
    assert written_in({"creation_time": "2026-11-25T01:00:12.000000Z"}) == EIGHT
    assert written_in({"creation_time": "08:00:12", "date": "2026-11-25"}) == EIGHT
    assert written_in({"date": "2026"}) is None
    assert written_in({"title": "Giao ban"}) is None


def began(name: str, written: datetime | None, seconds: float = 3600) -> datetime | None:
    return beginning(filename=name, written=written, seconds=seconds, received=NOON, day=DAY)


def test_the_tag_is_believed_where_it_fits_the_upload() -> None:
    assert began("a.mp4", EIGHT) == EIGHT
    assert began("2026-11-25 08-02-00.mp4", EIGHT) == EIGHT


@pytest.mark.parametrize(
    "written",
    [
        EIGHT + timedelta(hours=1, seconds=2),  # written when the recorder stopped
        EIGHT + timedelta(hours=2),  # written when it was converted
        EIGHT + timedelta(hours=7),  # a wall clock that calls itself UTC
    ],
)
def test_a_tag_later_than_the_end_of_the_sound_gives_way_to_the_name(written: datetime) -> None:
    assert began("2026-11-25 08-00-12.mp4", written) == EIGHT


def test_a_tag_that_can_only_be_the_end_or_a_wall_clock_is_read_so() -> None:
    end = NOON - timedelta(minutes=2)
    assert began("a.mp4", end) == end - timedelta(hours=1)
    assert began("a.mp4", EIGHT + timedelta(hours=7)) == EIGHT


@pytest.mark.parametrize(
    "written", [datetime(1970, 1, 1, tzinfo=UTC), datetime(2024, 11, 25, 1, tzinfo=UTC)]
)
def test_a_clock_that_was_never_set_is_not_believed(written: datetime) -> None:
    assert began("a.mp4", written) is None
    assert began("20261125_080012.mp4", written) == EIGHT


def test_a_name_from_another_day_or_the_future_is_not_believed() -> None:
    assert began("2026-11-20 08-00-12.mp4", None) is None
    assert began("2026-11-25 11-00-00.mp4", None) is None  # would still be recording
    assert began("2026-11-24 08-00-12.mp4", None) == EIGHT - timedelta(days=1)


def test_the_tag_of_a_real_file_is_found(tmp_path: Path) -> None:
    samples = media.speech(1.0)
    dated = media.record(tmp_path / "a.m4a", samples, tags={"creation_time": EIGHT.isoformat()})
    assert probe(dated).written == EIGHT
    assert probe(media.record(tmp_path / "b.ogg", samples)).written is None
