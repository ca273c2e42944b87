"""Where the sound of a meeting is missing, put to the secretary as a question of the draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from meetly import clock
from meetly.minutes.blocks import Block, BlockKind
from meetly.minutes.speech import Utterance


@dataclass(frozen=True)
class Interruption:
    """Seconds of the line of which nothing can be read, and the clock at both ends."""

    start: float
    end: float
    begins: datetime
    ends: datetime
    #: the recording that was not transcribed; empty where there is no sound at all
    recording: str = ""


def questions(gaps: Sequence[Interruption], said: Sequence[Utterance]) -> list[Block]:
    """Return one question a gap; it leads to the words right before and right after it."""
    return [_question(number, gap, said) for number, gap in enumerate(gaps, 1)]


def _question(number: int, gap: Interruption, said: Sequence[Utterance]) -> Block:
    before = [u.id for u in said if u.start < gap.start][-1:]
    after = [u.id for u in said if u.start >= gap.start][:1]
    return Block(
        id=f"gap{number}",
        kind=BlockKind.QUESTION,
        text=f"{_what(gap)}, từ {_clock(gap.begins)} đến {_clock(gap.ends)}; "
        "cần bổ sung nội dung đã trao đổi trong thời gian này, nếu có.",
        evidence=(*before, *after),
        start=gap.start,
    )


def _what(gap: Interruption) -> str:
    length = _length(gap.end - gap.start)
    if gap.recording:
        return f"Chưa bóc băng được {length} của bản ghi {gap.recording}"
    return f"Bản ghi gián đoạn {length}"


def _length(seconds: float) -> str:
    minutes = round(seconds / 60)
    if seconds < 60:
        return f"{round(seconds)} giây"
    if minutes < 60:
        return f"{minutes} phút"
    return f"{minutes // 60} giờ {minutes % 60:02d} phút"


def _clock(moment: datetime) -> str:
    wall = clock.local(moment)
    return f"{wall.hour} giờ {wall.minute:02d}"
