"""A transcript as a file: plain text, subtitles, or data for programs; pure. See `document`."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from meetly.transcripts.subtitles import Cue, cues


@dataclass(frozen=True)
class Line:
    """One sentence as it reads now; seconds from the beginning of the recording."""

    start: float
    end: float
    text: str
    speaker: str = ""
    suspicion: str = ""
    probability: float = 1.0
    #: (start, end, text, probability) of each word heard, in seconds of the recording
    words: tuple[tuple[float, float, str, float], ...] = ()

    @property
    def shown(self) -> str:
        """The words, in brackets where they may never have been said."""
        return f"[? {self.text}]" if self.suspicion else self.text


@dataclass(frozen=True)
class Export:
    """All that goes into a file."""

    lines: Sequence[Line]
    duration: float
    language: str
    model: str
    #: stretches that could not be transcribed
    gaps: Sequence[tuple[float, float]] = ()
    #: of what it is: the meeting, when it was held, the file
    title: str = ""
    held: str = ""
    filename: str = ""


def as_text(export: Export) -> str:
    """Write the speakers' turns as paragraphs, each with its time."""
    paragraphs: list[str] = []
    speaker: str | None = None
    for line in export.lines:
        if line.speaker != speaker or not paragraphs:
            speaker = line.speaker
            head = f"[{clock(line.start)}]" + (f" {speaker}:" if speaker else "")
            paragraphs.append(f"{head} {line.shown}")
        else:
            paragraphs[-1] += f" {line.shown}"
    return "\n\n".join(paragraphs) + "\n"


def as_srt(export: Export) -> str:
    """Write SubRip subtitles."""
    written: list[str] = []
    for _line, cue in _cues(export, led=True):
        times = f"{_stamp(cue.start, ',')} --> {_stamp(cue.end, ',')}"
        lines = "\n".join(each.replace("-->", "→") for each in cue.lines)
        written.append(f"{len(written) + 1}\n{times}\n{lines}\n")
    return "\n".join(written)


def as_vtt(export: Export) -> str:
    """Write WebVTT subtitles with the speakers as voices."""
    written = ["WEBVTT\n"]
    for line, cue in _cues(export, led=False):
        voice = f"<v {html.escape(_one_line(line.speaker))}>" if line.speaker else ""
        words = voice + "\n".join(html.escape(each, quote=False) for each in cue.lines)
        times = f"{_stamp(cue.start, '.')} --> {_stamp(cue.end, '.')}"
        written.append(f"{times}\n{words}\n")
    return "\n".join(written)


def as_json(export: Export) -> str:
    """Write data for programs, with the same words as `meetly transcribe --json`."""
    content: dict[str, Any] = {
        "duration": round(export.duration, 3),
        "language": export.language,
        "model": export.model,
        "segments": [
            {
                "start": line.start,
                "end": line.end,
                "text": line.text,
                "speaker": line.speaker or None,
                "probability": line.probability,
                "suspicion": line.suspicion,
                "words": [
                    {"start": start, "end": end, "text": text, "probability": probability}
                    for start, end, text, probability in line.words
                ],
            }
            for line in export.lines
        ],
        "gaps": [{"start": start, "end": end} for start, end in export.gaps],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


#: Ending of the file, how it is written, and what it is called on the web.
FORMATS: dict[str, tuple[Callable[[Export], str], str]] = {
    "txt": (as_text, "text/plain; charset=utf-8"),
    "srt": (as_srt, "application/x-subrip; charset=utf-8"),
    "vtt": (as_vtt, "text/vtt; charset=utf-8"),
    "json": (as_json, "application/json"),
}


def _cues(export: Export, *, led: bool) -> Iterator[tuple[Line, Cue]]:
    """Yield what stands under the picture, where `led` with the name at the begin of a turn."""
    speaker = ""
    for line in export.lines:
        lead = f"{line.speaker}:" if led and line.speaker and line.speaker != speaker else ""
        speaker = line.speaker
        for cue in cues(line.shown, line.start, line.end, line.words, lead):
            yield line, cue


def _one_line(text: str) -> str:
    return " ".join(text.split())


def clock(seconds: float) -> str:
    """Write a second of the recording as 1:02:03."""
    whole = int(seconds)
    return f"{whole // 3600}:{whole % 3600 // 60:02d}:{whole % 60:02d}"


def _stamp(seconds: float, point: str) -> str:
    thousandths = round(seconds * 1000)
    whole, rest = divmod(thousandths, 1000)
    return f"{whole // 3600:02d}:{whole % 3600 // 60:02d}:{whole % 60:02d}{point}{rest:03d}"
