"""One direction made two: which half keeps which unit, and whose the deadline is; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from meetly.accounts.directory import Directory
from meetly.directions.extraction import extract
from meetly.folding import fold
from meetly.minutes.blocks import Assignment
from meetly.paper_wording import lowered

_CLAUSE_END = re.compile(r"[.;:,]$")
_STRONG_END = re.compile(r"[.;]$")


@dataclass(frozen=True)
class Whole:
    """A direction before it is parted: its words and what they assign, as corrected."""

    text: str
    given: Assignment


def breaks(text: str) -> list[int]:
    """List after how many words a direction may be parted, the likeliest places first.

    The ends of sentences come first, then those of clauses, then every other word.
    """
    words = text.split()
    places = range(1, len(words))

    def rank(at: int) -> tuple[int, int]:
        end = words[at - 1]
        weight = 0 if _STRONG_END.search(end) else 1 if _CLAUSE_END.search(end) else 2
        return weight, abs(2 * at - len(words))

    return sorted(places, key=rank)


def halves(
    whole: Whole, at: int, given_on: date, directory: Directory
) -> tuple[tuple[str, Assignment], tuple[str, Assignment]] | None:
    """Part a direction after its first `at` words; None where one half would have none.

    A half without a unit of its own goes on with the units of the whole, as its sentence did. A
    deadline belongs to the half that says it; one that neither says was put there for both.
    """
    words = whole.text.split()
    if not 0 < at < len(words):
        return None
    texts = (" ".join(words[:at]), " ".join(words[at:]))
    said = _said(whole.text, whole.given, given_on, directory)
    first, second = (_said(text, whole.given, given_on, directory) for text in texts)
    given = [_own(half, said, whole.given) for half in (first, second)]
    if not (first.due or second.due):
        given = [replace(half, due=whole.given.due) for half in given]
    if not (first.recurring or second.recurring):
        given = [replace(half, recurring=whole.given.recurring) for half in given]
    given[0] = _with_the_rest(given[0], given[1], texts[1], whole.given)
    return (texts[0], given[0]), (texts[1], given[1])


def _said(text: str, given: Assignment, given_on: date, directory: Directory) -> Assignment:
    """Read what words assign by themselves; without a unit they are read as said to the whole's."""
    found = extract(text, given_on, directory)
    lead = found[0].lead if found else ()
    if not found and given.lead:
        found = extract(f"{given.lead[0]} {lowered(text)}", given_on, directory)
    if not found:
        return Assignment(lead)
    item = found[0]
    return Assignment(lead, item.coordinate, item.due, item.recurring)


def _own(half: Assignment, said: Assignment, given: Assignment) -> Assignment:
    """Take what a person corrected over what the words of the whole said."""
    named = set(half.lead) <= set(given.lead)
    corrected = half.lead == said.lead and not named
    return Assignment(
        lead=given.lead if corrected or not half.lead else half.lead,
        coordinate=half.coordinate,
        due=given.due if half.due == said.due and half.due else half.due,
        recurring=given.recurring
        if half.recurring == said.recurring and half.recurring
        else half.recurring,
        product=given.product,
    )


def _with_the_rest(
    first: Assignment, second: Assignment, text: str, given: Assignment
) -> Assignment:
    """Give the first half the units that the second does not name; none is lost."""
    named = fold(text)
    rest = [
        name
        for name in given.coordinate
        if name not in (*second.coordinate, *second.lead) and fold(name) not in named
    ]
    lead = [name for name in given.lead if name not in second.lead]
    first = replace(first, lead=tuple(dict.fromkeys((*first.lead, *lead))))
    return replace(first, coordinate=tuple(dict.fromkeys((*rest, *first.coordinate))))
