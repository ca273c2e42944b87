"""A transcript as a file: plain text, subtitles, or data for programs; pure."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Line:
    """One sentence as it reads now; seconds from the beginning of the recording."""

    start: float
    end: float
    text: str
    speaker: str = ""
    suspicion: str = ""
    probability: float = 1.0

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


def as_text(export: Export) -> str:
    """Write the speakers' turns as paragraphs, each with its time."""
    paragraphs: list[str] = []
    speaker: str | None = None
    for line in export.lines:
        if line.speaker != speaker or not paragraphs:
            speaker = line.speaker
            head = f"[{_clock(line.start)}]" + (f" {speaker}:" if speaker else "")
            paragraphs.append(f"{head} {line.shown}")
        else:
            paragraphs[-1] += f" {line.shown}"
    return "\n\n".join(paragraphs) + "\n"


def as_srt(export: Export) -> str:
    """Write SubRip subtitles."""
    cues = [
        f"{number}\n{_stamp(line.start, ',')} --> {_stamp(line.end, ',')}\n{_spoken(line)}\n"
        for number, line in enumerate(export.lines, start=1)
    ]
    return "\n".join(cues)


def as_vtt(export: Export) -> str:
    """Write WebVTT subtitles with the speakers as voices."""
    cues = ["WEBVTT\n"]
    for line in export.lines:
        voice = f"<v {html.escape(_one_line(line.speaker))}>" if line.speaker else ""
        words = voice + html.escape(_one_line(line.shown), quote=False)
        cues.append(f"{_stamp(line.start, '.')} --> {_stamp(line.end, '.')}\n{words}\n")
    return "\n".join(cues)


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


def _spoken(line: Line) -> str:
    words = _one_line(line.shown).replace("-->", "→")
    return f"{_one_line(line.speaker)}: {words}" if line.speaker else words


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600}:{whole % 3600 // 60:02d}:{whole % 60:02d}"


def _stamp(seconds: float, point: str) -> str:
    thousandths = round(seconds * 1000)
    whole, rest = divmod(thousandths, 1000)
    return f"{whole // 3600:02d}:{whole % 3600 // 60:02d}:{whole % 60:02d}{point}{rest:03d}"
