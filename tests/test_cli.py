"""The command line: contracts with other programs, and one clear sentence for bad input."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import wave
from pathlib import Path

import pytest

from meetly.paths import DEMO_DATA

#: a sentence of a voice the bundled model has not heard
CLIP = Path(__file__).parent / "training" / "data" / "unseen.opus"
UNSEEN = {"id": "a", "meeting_date": "2026-11-23", "text": "Giao Sở Y tế báo cáo trước ngày 05/12."}


def meetly(
    *arguments: str | Path, given: str | None = None, data: Path | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "MEETLY_DATA": str(data or "/nonexistent/never made")}
    return subprocess.run(
        [sys.executable, "-m", "meetly", *map(str, arguments)],
        input=given, capture_output=True, text=True, env=environment, timeout=200, check=False,
    )  # fmt: skip


def test_help_reads_like_a_manual() -> None:
    shown = meetly("--help").stdout
    for command in (
        "init",
        "up",
        "worker",
        "demo",
        "check",
        "user",
        "unit",
        "transcribe",
        "receive-mail",
    ):
        assert f"  {command} " in shown
    assert "meetly transcribe AUDIO" in shown


def test_transcribe_writes_the_promised_json(tmp_path: Path) -> None:
    said = meetly("transcribe", CLIP, "--json")
    assert said.returncode == 0, said.stderr
    heard = json.loads(said.stdout)
    assert set(heard) == {"duration", "language", "model", "segments"}
    assert heard["language"] == "vi" and heard["duration"] > 1
    for segment in heard["segments"]:
        assert set(segment) == {"start", "end", "text", "speaker"}
        assert 0 <= segment["start"] <= segment["end"] <= heard["duration"] + 0.1


def test_minutes_writes_a_document(tmp_path: Path) -> None:
    out = tmp_path / "bien-ban.docx"
    made = meetly(
        "minutes", CLIP, "--title", "Họp thử", "--date", "2026-11-23", "--out", out, "--json"
    )
    assert made.returncode == 0, made.stderr
    assert out.read_bytes()[:2] == b"PK"
    assert json.loads(made.stdout)["minutes"] == str(out)


def test_directions_answers_line_by_line() -> None:
    lines = "\n".join(json.dumps(item) for item in (UNSEEN, {**UNSEEN, "id": "b", "text": "Chào."}))
    answered = meetly("directions", "--jsonl", given=lines)
    assert answered.returncode == 0, answered.stderr
    first, second = map(json.loads, answered.stdout.splitlines())
    assert first["id"] == "a" and second == {"id": "b", "directions": []}
    assert set(first["directions"][0]) == {"span", "lead", "coordinate", "due", "recurring"}
    assert first["directions"][0]["lead"] == ["Sở Y tế"]
    assert first["directions"][0]["due"] == "2026-12-05"


def test_directions_knows_the_units_it_is_given(tmp_path: Path) -> None:
    units = tmp_path / "units.csv"
    units.write_text("code,name,kind,parent,aliases\n1,UBND xã Nà Ló,commune,,xã Na Lo\n")
    text = tmp_path / "text.txt"
    text.write_text("xã na lo báo cáo trước ngày 05/12")
    found = meetly("directions", "--date", "2026-11-23", "--units", units, text)
    assert json.loads(found.stdout)["directions"][0]["lead"] == ["UBND xã Nà Ló"]


def silent(path: Path) -> None:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16000)
        out.writeframes(bytes(2 * 16000 * 3))


BAD_SOUND = {
    "nothing.mp3": None,
    "empty.mp3": b"",
    "letter.wav": b"Kinh gui: UBND tinh",
    "list.mp3": b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n/etc/passwd\n#EXT-X-ENDLIST\n",
    "folder": "folder",
    "silent.wav": "silent",
}


@pytest.mark.parametrize("name", BAD_SOUND)
def test_a_bad_recording_gets_one_sentence_and_exit_2(name: str, tmp_path: Path) -> None:
    path, content = tmp_path / name, BAD_SOUND[name]
    if content == "silent":
        silent(path)
    elif content == "folder":
        path.mkdir()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    refused = meetly("transcribe", path, "--json")
    assert refused.returncode == 2 and refused.stdout == ""
    sentence = refused.stderr.strip().splitlines()[-1]
    assert sentence.startswith("meetly: ") and "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    "model", ["no-such-model", "/nowhere/model.pt", str(DEMO_DATA / "units.csv")]
)
def test_a_model_that_is_not_there_is_named(model: str, tmp_path: Path) -> None:
    clip = DEMO_DATA / "briefing.opus"
    refused = meetly("transcribe", clip, "--model", model)
    assert refused.returncode == 2 and "Traceback" not in refused.stderr
    assert Path(model).name in refused.stderr


@pytest.mark.parametrize(
    "arguments,given",
    [
        (("directions", "--jsonl"), "not json\n"),
        (("directions", "--jsonl"), '{"id": 1}\n'),
        (("directions", "--jsonl"), '{"id": 1, "text": "x", "meeting_date": "mai"}\n'),
        (("directions", "nothing.txt", "--date", "2026-11-23"), ""),
        (("directions",), "Giao Sở Y tế"),
        (("minutes", "x.mp3", "--title", "T", "--date", "2026-11-23", "--out", "/no/dir/x"), ""),
        (("unit", "import", "nothing.csv"), ""),
    ],
)
def test_bad_input_gets_one_sentence_and_exit_2(
    arguments: tuple[str, ...], given: str, tmp_path: Path
) -> None:
    refused = meetly(*arguments, given=given, data=tmp_path / "var")
    assert refused.returncode == 2 and "Traceback" not in refused.stderr
    assert refused.stderr.startswith("meetly: ")


def test_an_office_is_set_up_from_the_command_line(tmp_path: Path) -> None:
    data = tmp_path / "var"
    units = tmp_path / "units.csv"
    units.write_text("code,name,kind,parent,aliases\nA,UBND xã Mẫu,commune,,\n")
    assert meetly("init", data=data).returncode == 0
    assert meetly("unit", "import", units, data=data).stdout == "1 units added\n"
    added = meetly(
        "user", "add", "thuky", "--name", "Lê Thư", "--unit", "A", "--role", "secretary",
        "--password", "mật khẩu đủ dài", data=data,
    )  # fmt: skip
    assert added.returncode == 0 and "UBND xã Mẫu" in added.stdout
    doctor = meetly("check", data=data)
    assert "database" in doctor.stdout and "tables" in doctor.stdout
    assert "the chain holds" in meetly("audit", data=data).stdout
    again = meetly(
        "user", "add", "thuky", "--name", "L", "--unit", "A", "--password", "mật khẩu dài",
        data=data,
    )  # fmt: skip
    assert again.returncode == 2 and "thuky" in again.stderr


def test_check_says_what_to_do_before_anything_is_set_up(tmp_path: Path) -> None:
    doctor = meetly("check", data=tmp_path / "nothing")
    assert doctor.returncode == 1 and "meetly init" in doctor.stdout
