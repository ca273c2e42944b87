"""Repairs shown in a text and taken back one by one; pure.

A repair is stored as {"was", "now", "why", "at", "could"}: `at` is where it began in the text as
it was repaired. People correct the text afterwards, so that each is looked for near that place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from meetly.transcripts.repair import DOUBTFUL, QUIET, Repaired

#: Below this probability a word is shown as doubtful.
UNSURE_WORD = 0.5
#: Characters by which a person's correction may have moved a repair.
_FAR = 80
#: How many words further on the engine's next word is looked for.
_REACH = 12


@dataclass(frozen=True)
class Part:
    """A stretch of a text: as it reads, which repair it is, or how sure its one word is."""

    text: str
    #: the number of the repair in the segment's list, none for words as they were heard
    number: int | None = None
    was: str = ""
    why: str = ""
    #: names it may be, where it is doubtful
    could: tuple[str, ...] = ()
    #: 0..1; 1 where nothing says that it is doubtful
    probability: float = 1.0

    @property
    def is_doubtful(self) -> bool:
        """Say whether several names fit and nothing was changed."""
        return self.why == DOUBTFUL


def stored(done: Repaired) -> list[dict[str, str]]:
    """Return the repairs of a text as they are kept with its segment."""
    kept = []
    for change in done.repairs:
        row = {"was": change.was, "now": change.now, "why": change.why, "at": str(change.start)}
        kept.append(row | ({"could": " | ".join(change.could)} if change.could else {}))
    return kept


def placed(text: str, repairs: Sequence[Mapping[str, str]]) -> list[tuple[int, int, int]]:
    """Return (start, end, number) of the repairs still to be seen in a text, in its order.

    One whose words a person has changed since is left out.
    """
    found: list[tuple[int, int, int]] = []
    reached = shift = 0
    for number, row in enumerate(repairs):
        if not row["now"]:
            continue
        wanted = int(row.get("at", 0)) + shift
        start = _nearest(text, row["now"], wanted, reached)
        if start is not None:
            reached, shift = start + len(row["now"]), start - int(row.get("at", 0))
            found.append((start, reached, number))
    return found


def marked(
    text: str, repairs: Sequence[Mapping[str, str]], words: Sequence[Sequence[Any]] = ()
) -> list[Part]:
    """Part a segment's text for the page: what was repaired, doubtful words, and the rest.

    `words` are those of the segment: [start, end, text, probability].
    """
    parts: list[Part] = []
    read, sounds = 0, list(words)
    for start, end, number in placed(text, repairs):
        row = repairs[number]
        if row["why"] in QUIET:
            continue
        parts += _heard(text[read:start], sounds)
        could = tuple(row["could"].split(" | ")) if row.get("could") else ()
        parts.append(Part(text[start:end], number, row["was"], row["why"], could))
        _step_over(row["was"], sounds)
        read = end
    parts += _heard(text[read:], sounds)
    return parts


def restored(
    text: str, repairs: Sequence[Mapping[str, str]], number: int
) -> tuple[str, list[dict[str, str]]] | None:
    """Return the text with one repair taken back, and the repairs that are left.

    None when it is no longer to be seen in the text, or was only a doubt.
    """
    place = next((place for place in placed(text, repairs) if place[2] == number), None)
    if place is None or repairs[number]["was"] == repairs[number]["now"]:
        return None
    start, end, _ = place
    was = repairs[number]["was"]
    longer = len(was) - (end - start)
    left = []
    for other, row in enumerate(repairs):
        if other != number:
            at = int(row.get("at", 0))
            moved = at + longer if other > number else at
            left.append({**row, "at": str(moved)})
    return text[:start] + was + text[end:], left


def _nearest(text: str, now: str, wanted: int, reached: int) -> int | None:
    """Find the words nearest to where they were, whole, behind the repair before."""
    edge = r"(?<!\w)(?<!\w[/.,])" if now[0].isalnum() else ""
    tail = r"(?!\w)(?![/.,]\w)" if now[-1].isalnum() else ""
    found = [
        match.start()
        for match in re.finditer(f"{edge}{re.escape(now)}{tail}", text)
        if match.start() >= reached and abs(match.start() - wanted) <= _FAR
    ]
    return min(found, key=lambda start: abs(start - wanted), default=None)


def _heard(text: str, sounds: list[Sequence[Any]]) -> Iterator[Part]:
    """Yield a stretch as it was heard, each word apart that the engine was not sure of."""
    sure = ""
    for piece in re.findall(r"\s+|\S+", text):
        probability = 1.0 if piece.isspace() else _probability(piece, sounds)
        if probability >= UNSURE_WORD:
            sure += piece
            continue
        if sure:
            yield Part(sure)
            sure = ""
        yield Part(piece, probability=probability)
    if sure:
        yield Part(sure)


def _probability(piece: str, sounds: list[Sequence[Any]]) -> float:
    """Return how sure the engine was of a word, taking it and all before it off the list."""
    wanted = _plain(piece)
    for place, sound in enumerate(sounds[:_REACH]):
        if _plain(str(sound[2])) == wanted:
            del sounds[: place + 1]
            return float(sound[3])
    return 1.0


def _step_over(was: str, sounds: list[Sequence[Any]]) -> None:
    for piece in was.split():
        _probability(piece, sounds)


def _plain(word: str) -> str:
    return word.strip().strip(".,;:?!…").lower()
