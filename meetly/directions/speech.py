"""Directions in a whole meeting: only the chair, or the Office for the chair, gives them.

Reports, promises and requests of the units are never directions, whatever words they use; so who
speaks decides first. One speaker's utterances are read as one text, because a recogniser cuts
sentences in the middle, and every direction is led back to the utterance it began in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from meetly.accounts.directory import Directory
from meetly.directions.extraction import Found, extract
from meetly.directions.reading import Phrases, Reading

#: the Office passes on what the chair has decided
_FOR_THE_CHAIR = Phrases(
    """
    thay mặt chủ trì | thay mặt chủ tọa | thay mặt đồng chí chủ tịch | thay mặt chủ tịch |
    thừa lệnh chủ tịch | thừa ủy quyền | theo ý kiến của đồng chí chủ tịch |
    theo ý kiến đồng chí chủ tịch | theo ý kiến chủ tịch | theo chỉ đạo của chủ tịch |
    theo chỉ đạo của đồng chí chủ tịch | theo chỉ đạo của chủ trì | chủ tịch giao |
    đồng chí chủ tịch giao | đồng chí chủ tịch yêu cầu | chủ tịch yêu cầu |
    chủ tịch ubnd tỉnh giao | chủ tịch ubnd tỉnh yêu cầu | được sự đồng ý của chủ tịch |
    được chủ tịch ủy quyền | thông báo kết luận của chủ tịch | truyền đạt kết luận
    """
)
_OFFICE = Phrases(
    "chánh văn phòng|phó chánh văn phòng|văn phòng ubnd|văn phòng ủy ban|lãnh đạo văn phòng"
)


class Spoken(Protocol):
    """What is needed of an utterance; `meetly.minutes.drafting.Utterance` has it."""

    @property
    def text(self) -> str:
        """The words."""

    @property
    def speaker(self) -> str:
        """The name or label of the speaker, empty if unknown."""

    @property
    def position(self) -> str:
        """The post of the speaker, empty if unknown."""

    @property
    def chair(self) -> bool:
        """Whether the speaker chairs the meeting."""


@dataclass(frozen=True)
class Heard:
    """A direction and where it was said: utterance index and character offset of both ends."""

    found: Found
    first: int
    start: int
    last: int
    end: int


def extract_speech(
    utterances: Sequence[Spoken], meeting_date: date, directory: Directory | None = None
) -> list[Heard]:
    """Return the directions of a meeting in order, each tied to the utterances it was said in."""
    known = directory or Directory.standard()
    chaired = any(utterance.chair for utterance in utterances)
    heard: list[Heard] = []
    for indexes in _turns(utterances):
        if not _may_direct(utterances, indexes, chaired):
            continue
        text, starts = _joined(utterances, indexes)
        for found in extract(text, meeting_date, known):
            heard.append(_located(found, indexes, starts))
    return heard


def _turns(utterances: Sequence[Spoken]) -> Iterator[list[int]]:
    """Group consecutive utterances of one speaker."""
    turn: list[int] = []
    for index, utterance in enumerate(utterances):
        if turn and _same_voice(utterances[turn[-1]], utterance):
            turn.append(index)
        else:
            if turn:
                yield turn
            turn = [index]
    if turn:
        yield turn


def _same_voice(one: Spoken, other: Spoken) -> bool:
    return (one.speaker, one.position, one.chair) == (other.speaker, other.position, other.chair)


def _may_direct(utterances: Sequence[Spoken], turn: list[int], chaired: bool) -> bool:
    """The chair may; the Office may for the chair; an unknown voice may if no chair is known."""
    first = utterances[turn[0]]
    if first.chair:
        return True
    text = " ".join(utterances[index].text for index in turn)
    label = Reading(f"{first.position} {first.speaker}")
    if _OFFICE.within(label, 0, len(label.tokens)) is not None:
        reading = Reading(text)
        return _FOR_THE_CHAIR.within(reading, 0, len(reading.tokens)) is not None
    return not chaired and not first.position and not first.speaker


def _joined(utterances: Sequence[Spoken], turn: list[int]) -> tuple[str, list[int]]:
    parts: list[str] = []
    starts: list[int] = []
    place = 0
    for index in turn:
        starts.append(place)
        parts.append(utterances[index].text)
        place += len(utterances[index].text) + 1
    return " ".join(parts), starts


def _located(found: Found, turn: list[int], starts: list[int]) -> Heard:
    first = max(i for i, start in enumerate(starts) if start <= found.start)
    last = max(i for i, start in enumerate(starts) if start < max(found.end, found.start + 1))
    return Heard(
        found, turn[first], found.start - starts[first], turn[last], found.end - starts[last]
    )
