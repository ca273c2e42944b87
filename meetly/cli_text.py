"""The commands that need no database: recording to text, to minutes, text to directions.

Their options and the JSON they write are contracts with other programs.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from meetly.accounts.directory import Directory
from meetly.config import Config
from meetly.errors import BadInput

if TYPE_CHECKING:
    from meetly.directions.extraction import Found
    from meetly.minutes.blocks import Block
    from meetly.minutes.drafting import Utterance
    from meetly.recordings.talk_events import TalkEvents
    from meetly.transcripts.attribution import Talk
    from workers.dictation import Dictation

DAY = click.DateTime(["%Y-%m-%d"])

model_option = click.option(
    "--model",
    help="A Whisper name (small, large-v3-turbo), a .pt checkpoint or a model's folder; "
    "default MEETLY_SPEECH_MODEL, else the bundled micro model.",
)
language_option = click.option(
    "--language", default="vi", show_default=True, help="Spoken language."
)
events_option = click.option(
    "--events",
    type=click.Path(path_type=Path),
    help="JSON of who spoke when: [{speaker, start, end}], seconds.",
)
units_option = click.option(
    "--units",
    type=click.Path(path_type=Path),
    help="Unit directory: the CSV of `meetly unit import`, or one name a line.",
)


@click.command()
@click.argument("audio", type=click.Path(path_type=Path))
@model_option
@language_option
@events_option
@units_option
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object instead of lines.")
def transcribe(
    audio: Path,
    model: str | None,
    language: str,
    events: Path | None,
    units: Path | None,
    as_json: bool,
) -> None:
    """Write down what is said in AUDIO.

    Vietnamese figures are written as offices write them (15/12, 98,7%); with --units so are the
    names of the units that were heard nearly right.

    \b
    --json writes {"duration", "language", "model",
                   "segments": [{"start", "end", "text", "speaker"}]}, times in seconds.
    """
    heard = _listen(audio, model, language, events, _directory(units))
    if as_json:
        _write_json(
            {
                "duration": round(heard.duration, 3),
                "language": heard.language,
                "model": heard.model,
                "segments": [
                    {
                        "start": round(s.start, 3),
                        "end": round(s.end, 3),
                        "text": s.text,
                        "speaker": s.speaker,
                    }
                    for s in heard.segments
                ],
            }
        )
        return
    for s in heard.segments:
        who = f"{s.speaker}: " if s.speaker else ""
        click.echo(f"[{_clock(s.start)}] {who}{s.text}")


@click.command()
@click.argument("audio", type=click.Path(path_type=Path))
@click.option("--title", required=True, help="Name of the meeting, as in the document.")
@click.option("--date", "day", type=DAY, required=True, help="Day it was held, YYYY-MM-DD.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The .docx to write.")
@click.option("--chair", default="", help="Name of the chair, to tell conclusions apart.")
@model_option
@language_option
@events_option
@units_option
@click.option("--json", "as_json", is_flag=True, help="Write what was made as one JSON object.")
def minutes(
    audio: Path,
    title: str,
    day: Any,
    out: Path,
    chair: str,
    model: str | None,
    language: str,
    events: Path | None,
    units: Path | None,
    as_json: bool,
) -> None:
    """Draft the minutes (biên bản) of AUDIO as a .docx in the decree's layout.

    Fields nobody told Meetly (place, chair, secretary) are left as dots to be filled in. The
    directions found are listed with lead, coordinating units and deadline.
    """
    from meetly.minutes.document import minutes_docx
    from meetly.minutes.drafting import roll_call
    from meetly.minutes.facts import MeetingFacts, Person

    if not out.parent.is_dir():
        raise BadInput("Không có thư mục %(path)s để ghi tệp.", path=out.parent)
    directory = _directory(units)
    heard = _listen(audio, model, language, events, directory)
    said = _utterances(heard, chair, _speakers(events))
    blocks, found = _draft(said, day.date(), chair, directory)
    facts = MeetingFacts(
        title=title, date=day.date(), chair=Person(name=chair), attendance=roll_call(said, chair)
    )
    out.write_bytes(minutes_docx(facts, blocks))
    if as_json:
        _write_json(
            {
                "minutes": str(out),
                "duration": round(heard.duration, 3),
                "segments": len(heard.segments),
                "blocks": len(blocks),
                "directions": found,
            }
        )
    else:
        click.echo(f"{out}: {len(blocks)} blocks, {len(found)} directions")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True), required=False)
@click.option("--jsonl", is_flag=True, help='Read lines {"id","meeting_date","text"} instead.')
@click.option("--date", "day", type=DAY, help="Day of the meeting, for one text in FILE.")
@units_option
def directions(file: Path | None, jsonl: bool, day: Any, units: Path | None) -> None:
    """Find the directions in a text: who shall do what by when.

    \b
    meetly directions --date 2026-11-23 FILE         one text, one JSON object
    meetly directions --jsonl < texts.jsonl          a line in, a line out:
      {"id", "meeting_date", "text"}  ->  {"id", "directions":
        [{"span", "lead": [], "coordinate": [], "due", "recurring"}]}
    One text also tells product, report_to, confidence and the cues it was found by, and counts
    working days by the Vietnamese calendar; --jsonl counts Mondays to Fridays.
    """
    from meetly.directions.extraction import as_json, extract
    from meetly.working_days import working_day_after

    directory = _directory(units)
    source = _read_text(file)
    if jsonl:
        for number, item in enumerate(_items(source.splitlines()), start=1):
            found = extract(item["text"], _day(item["meeting_date"], number), directory)
            answer = {"id": item["id"], "directions": [as_json(one) for one in found]}
            click.echo(json.dumps(answer, ensure_ascii=False))
        return
    if day is None:
        raise BadInput("Cần --date YYYY-MM-DD: hạn xử lý được tính từ ngày họp.")
    found = extract(source, day.date(), directory, working_day_after=working_day_after)
    _write_json({"directions": [as_json(one) | _why(one) for one in found]})


def _why(found: Found) -> dict[str, object]:
    """Return what a person who reads one text wants to know besides the labels."""
    return {
        "product": found.product,
        "report_to": found.report_to,
        "confidence": found.confidence,
        "cues": list(found.cues),
    }


def _listen(
    audio: Path,
    model: str | None,
    language: str,
    events: Path | None,
    directory: Directory | None,
) -> Dictation:
    from meetly.transcripts.known_names import Names
    from workers import engines
    from workers.dictation import transcribe_file

    config = Config.from_environment()
    talks = _talks(events) if events else None
    names = Names.of_directory(directory) if directory else Names()
    engine = engines.make(model or config.speech_model, "", config)
    with ExitStack() as shown:
        bar: Any = None

        def show(done: float, whole: float) -> None:
            nonlocal bar
            if bar is None:  # only once there is something to show; a refusal comes before
                bar = shown.enter_context(
                    click.progressbar(
                        length=1000, label="Transcribing", file=sys.stderr, show_eta=True
                    )
                )
            bar.update(int(1000 * done / max(whole, 0.001)) - bar.pos)

        return transcribe_file(
            audio, engine, language, talks, show, names=names, budget=config.longest_recording
        )


def _utterances(
    heard: Dictation, chair: str, speakers: dict[str, dict[str, str]]
) -> list[Utterance]:
    from meetly.minutes.drafting import Utterance

    return [
        Utterance(
            id=number, start=s.start, end=s.end, text=s.text, speaker=s.speaker or "",
            position=speakers.get(s.speaker or "", {}).get("position", ""),
            unit=speakers.get(s.speaker or "", {}).get("unit", ""),
            chair=bool(chair) and s.speaker == chair,
        )
        for number, s in enumerate(heard.segments, start=1)
        if not s.suspicion
    ]  # fmt: skip


def _draft(
    said: list[Utterance], day: date, chair: str, directory: Directory | None
) -> tuple[list[Any], list[dict[str, Any]]]:
    """Turn what was heard into blocks with their directions woven in."""
    from meetly.directions.conclusions import conclude
    from meetly.directions.extraction import as_json
    from meetly.minutes import doubts
    from meetly.minutes.drafting import draft

    drafted = _worded(draft(said, chair=chair), said)
    drafted += doubts.questions(drafted, said, directory)
    blocks, found = conclude(drafted, said, day, directory)
    return blocks, [as_json(item) for item in found]


def _worded(blocks: list[Block], said: list[Utterance]) -> list[Block]:
    """Have the draft worded by the model that is configured, if one is, and say what came of it."""
    from meetly.minutes.rewording import REWORDED, reworded
    from workers.wording import worded

    wording = worded(Config.from_environment(), blocks, said)
    blocks, passed = reworded(blocks, said, wording)
    if wording.drafter:
        asked = sum(block.kind in REWORDED for block in blocks)
        click.echo(f"{wording.drafter}: {wording.note(passed, asked)} paragraphs", err=True)
    return blocks


def _talks(path: Path) -> list[Talk]:
    from meetly.transcripts.attribution import Talk

    return [Talk(speaker, start, end) for speaker, start, end in _events(path).talks]


def _speakers(path: Path | None) -> dict[str, dict[str, str]]:
    return {row["name"]: row for row in _events(path).speakers} if path else {}


def _events(path: Path) -> TalkEvents:
    from meetly.recordings import talk_events

    if not path.is_file():
        raise BadInput("Không có tệp %(path)s.", path=path)
    return talk_events.read(path.read_bytes())


def _directory(units: Path | None) -> Directory | None:
    if units is None:
        return None
    if not units.is_file():
        raise BadInput("Không có tệp %(path)s.", path=units)
    return Directory.read(units)


def _read_text(file: Path | None) -> str:
    if file is None or str(file) == "-":
        return sys.stdin.read()
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise BadInput("Không có tệp %(path)s.", path=file) from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("Không đọc được %(path)s như văn bản UTF-8.", path=file) from error


def _items(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
            yield {key: item[key] for key in ("id", "meeting_date", "text")}
        except (ValueError, KeyError, TypeError) as error:
            raise BadInput(
                "Dòng %(number)s không phải JSON có id, meeting_date, text.", number=number
            ) from error


def _day(value: str, number: int) -> date:
    try:
        return date.fromisoformat(value)
    except (ValueError, TypeError) as error:
        raise BadInput(
            "Dòng %(number)s: meeting_date phải là YYYY-MM-DD.", number=number
        ) from error


def _write_json(answer: dict[str, Any]) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False))


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600:d}:{whole % 3600 // 60:02d}:{whole % 60:02d}"
