"""Who spoke when, as a file of a conference engine says it; read without trusting a byte of it."""

from __future__ import annotations

import json
import math
import unicodedata
from dataclasses import dataclass
from typing import Any

from meetly.errors import BadInput, TooLarge

#: Bytes of a file of events, and events in it: twelve hours of a lively conference stay below.
LARGEST, MOST = 8 * 1024**2, 50_000
#: Seconds after the start of a recording at which nobody can be speaking any more.
LATEST = 48 * 3600.0
#: Characters of a name, a position, a unit.
LONGEST_NAME = 200
#: Different people in one file.
MOST_SPEAKERS = 2_000


@dataclass(frozen=True)
class TalkEvents:
    """Stretches of speech as (speaker, start, end), and what is known of the speakers."""

    talks: tuple[tuple[str, float, float], ...]
    speakers: tuple[dict[str, str], ...] = ()


def read(raw: bytes) -> TalkEvents:
    """Read {"talks": [{"speaker", "start", "end"}], "speakers": [...]} or the bare list of talks.

    "events" is understood as well as "talks". Raises TooLarge, or BadInput that names the first
    entry which cannot be used.
    """
    if len(raw) > LARGEST:
        raise TooLarge("Tệp “ai nói lúc nào” quá lớn; bản ghi và phần đã nhận vẫn còn nguyên.")
    try:
        content = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BadInput("Tệp “ai nói lúc nào” không phải JSON đọc được; chưa có gì đổi.") from error
    return from_content(content)


def from_content(content: Any) -> TalkEvents:
    """Read the same from values already parsed."""
    speakers: Any = []
    if isinstance(content, dict):
        speakers = content.get("speakers") or []
        content = content.get("talks") or content.get("events") or []
    if not isinstance(content, list) or not isinstance(speakers, list):
        raise BadInput("Tệp “ai nói lúc nào” cần một danh sách gồm speaker, start, end.")
    if len(content) > MOST or len(speakers) > MOST_SPEAKERS:
        raise TooLarge("Tệp “ai nói lúc nào” có quá nhiều dòng; chưa có gì đổi.")
    talks = {_talk(entry, number) for number, entry in enumerate(content, start=1)}
    known = {voice["name"]: voice for voice in map(_speaker, speakers) if voice["name"]}
    ordered = sorted(talks, key=lambda talk: (talk[1], talk[2], talk[0]))
    return TalkEvents(tuple(ordered), tuple(known.values()))


def clean(words: Any) -> str:
    """Return a name on one line: composed letters, no control characters, not too long."""
    if not isinstance(words, str):
        return ""
    composed = unicodedata.normalize("NFC", words)
    visible = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in composed)
    return " ".join(visible.split())[:LONGEST_NAME].strip()


def _talk(entry: Any, number: int) -> tuple[str, float, float]:
    values = entry if isinstance(entry, dict) else {}
    speaker = clean(values.get("speaker"))
    start, end = _second(values.get("start")), _second(values.get("end"))
    if not speaker or start is None or end is None or end < start:
        raise BadInput(
            "Dòng %(number)s của tệp “ai nói lúc nào” chưa đúng: cần speaker, và start không sau "
            "end, tính bằng giây.",
            number=number,
        )
    return speaker, start, end


def _second(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not math.isfinite(value) or not 0 <= value <= LATEST:
        return None
    return round(float(value), 3)


def _speaker(entry: Any) -> dict[str, str]:
    values = entry if isinstance(entry, dict) else {}
    return {key: clean(values.get(key)) for key in ("name", "position", "unit")}
