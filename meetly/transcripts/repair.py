"""What was heard, written as the office writes it; pure, and never further than it is certain.

Names of the meeting, figures, dates, numbers of documents and abbreviations are put right; each
change is told with what was heard, so that one click takes it back. Text that was right stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from meetly.transcripts import abbreviations, figures, name_matching, punctuation
from meetly.transcripts.heard_text import Change, Wording, first_fitting
from meetly.transcripts.known_names import Names

#: Reasons that change how a text looks, not what it says; they are not marked for the reader.
QUIET = frozenset({"capitals", "punctuation"})
DOUBTFUL = "doubtful"


@dataclass(frozen=True)
class Repair:
    """One change: characters [start, end) of the new text say `now` where `was` was heard.

    `why`: name, glossary, number, date, money, document, abbreviation, capitals, punctuation; or
    doubtful, where `now` is still what was heard and `could` lists the names it may be.
    """

    start: int
    end: int
    was: str
    now: str
    why: str
    could: tuple[str, ...] = ()


@dataclass(frozen=True)
class Repaired:
    """A text after its repair."""

    text: str
    repairs: tuple[Repair, ...]


NO_NAMES = Names()


def repair(
    text: str,
    names: Names = NO_NAMES,
    *,
    probabilities: Sequence[tuple[str, float]] = (),
    bare: bool | None = None,
) -> Repaired:
    """Repair one heard sentence by the names a meeting knows.

    `probabilities` are (word, 0..1) as the engine wrote them; `bare` says that the engine writes
    neither capitals nor marks, otherwise both are left as they are.
    """
    wording = Wording.of(text, probabilities)
    named, doubts = name_matching.names_in(wording, names)
    changes = first_fitting(
        [
            *name_matching.terms_in(wording, names),
            *named,
            *figures.changes(wording),
            *abbreviations.changes(wording),
            *(punctuation.capitals(wording) if bare else ()),
        ]
    )
    changes = [c for c in changes if c.now != wording.said(c.start, c.end)]
    unsettled = [
        Change(doubt.start, doubt.end, "", DOUBTFUL)
        for doubt in doubts
        if not any(c.start < doubt.end and doubt.start < c.end for c in changes)
    ]
    could = {(doubt.start, doubt.end): doubt.names for doubt in doubts}
    everything = sorted([*changes, *unsettled], key=lambda change: change.start)
    marks = dict(punctuation.marks(wording)) if bare else {}
    return _put_together(wording, everything, could, marks, capital=bool(bare))


def _put_together(
    wording: Wording,
    changes: Sequence[Change],
    could: dict[tuple[int, int], tuple[str, ...]],
    marks: dict[int, str],
    *,
    capital: bool,
) -> Repaired:
    """Write the text anew and note where each change came to stand."""
    parts: list[str] = []
    repairs: list[Repair] = []
    length = read = place = 0
    waiting = {change.start: change for change in changes}

    def write(piece: str) -> None:
        nonlocal length
        parts.append(piece)
        length += len(piece)

    while place < len(wording.words):
        change = waiting.get(place, Change(place, place + 1, "", ""))
        begin, end = wording.places[place][0], wording.places[change.end - 1][1]
        write(wording.text[read:begin])
        was = wording.text[begin:end]
        now, why = (change.now or was), change.why
        if place == 0:
            now = _opened(now, was, capital)
            why = why or ("capitals" if now != was else "")
        if why == DOUBTFUL or (why and now != was):
            names = could.get((change.start, change.end), ()) if why == DOUBTFUL else ()
            repairs.append(Repair(length, length + len(now), was, now, why, names))
        write(now)
        read, place = end, change.end
        if mark := marks.get(place - 1):
            repairs.append(Repair(length, length + len(mark), "", mark, "punctuation"))
            write(mark)
    write(wording.text[read:])
    return Repaired("".join(parts), tuple(repairs))


def _opened(now: str, was: str, capital: bool) -> str:
    """A sentence that began with a capital still does; a bare one gets its capital."""
    return now[:1].upper() + now[1:] if capital or was[:1].isupper() else now
