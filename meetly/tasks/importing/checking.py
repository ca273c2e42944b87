"""What is wrong with a line, so that somebody can put it right before it is taken over; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from meetly.folding import fold
from meetly.tasks.importing.names import Names
from meetly.tasks.importing.rows import Progressed, Row


class Trouble(StrEnum):
    """What may be wrong; the first ones keep a line from being taken over."""

    NO_TEXT = "no_text"
    NO_LEAD = "no_lead"
    UNREAD_DUE = "unread_due"
    UNREAD_DAY = "unread_day"
    NO_DONE_DAY = "no_done_day"
    DONE_AHEAD = "done_ahead"
    GIVEN_AHEAD = "given_ahead"
    # from here on the line may be taken over as it is
    UNKNOWN_UNIT = "unknown_unit"
    FORMER_UNIT = "former_unit"
    DUE_BEFORE = "due_before"
    UNKNOWN_OFFICER = "unknown_officer"
    DOUBLE = "double"


BLOCKING = frozenset(
    {
        Trouble.NO_TEXT, Trouble.NO_LEAD, Trouble.UNREAD_DUE, Trouble.UNREAD_DAY,
        Trouble.NO_DONE_DAY, Trouble.DONE_AHEAD, Trouble.GIVEN_AHEAD,
    }
)  # fmt: skip
#: a line with one of these is looked at by people
NOTABLE = BLOCKING | {Trouble.UNKNOWN_UNIT, Trouble.FORMER_UNIT, Trouble.DUE_BEFORE}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, the words it is about, and what may be meant instead."""

    trouble: Trouble
    words: str = ""
    suggestions: tuple[str, ...] = ()

    @property
    def blocks(self) -> bool:
        """Whether the line cannot be taken over like this."""
        return self.trouble in BLOCKING


def problems(row: Row, names: Names, given_on: date, today: date) -> list[Problem]:
    """List what is wrong with a line that the directory and the calendar can tell."""
    return [*_missing(row), *_days(row, given_on, today), *_units(row, names)]


def blocks(row: Row, given_on: date, today: date) -> bool:
    """Tell whether a line cannot be taken over as it is."""
    found = [*_missing(row), *_days(row, given_on, today)]
    return any(problem.blocks for problem in found)


def _missing(row: Row) -> Iterator[Problem]:
    if not row.text:
        yield Problem(Trouble.NO_TEXT)
    if not row.lead:
        yield Problem(Trouble.NO_LEAD)
    if row.unread:
        yield Problem(Trouble.UNREAD_DUE, row.unread)
    for _field, words in row.unread_days:
        yield Problem(Trouble.UNREAD_DAY, words)


def _days(row: Row, given_on: date, today: date) -> Iterator[Problem]:
    given = row.given_on or given_on
    if given > today:
        yield Problem(Trouble.GIVEN_AHEAD, f"{given:%d/%m/%Y}")
    if row.due and row.due < given:
        yield Problem(Trouble.DUE_BEFORE, f"{given:%d/%m/%Y}")
    if row.progressed == Progressed.DONE:
        if row.done_on is None:
            unread = any(field == "done_on" for field, _words in row.unread_days)
            yield from () if unread else (Problem(Trouble.NO_DONE_DAY),)
        elif row.done_on > today:
            yield Problem(Trouble.DONE_AHEAD, f"{row.done_on:%d/%m/%Y}")


def _units(row: Row, names: Names) -> Iterator[Problem]:
    for name in (*row.lead, *row.coordinate):
        if not names.is_known(name):
            trouble = Trouble.FORMER_UNIT if names.is_former(name) else Trouble.UNKNOWN_UNIT
            yield Problem(trouble, name, tuple(names.suggestions(name)))


def likeness(lead: str, text: str, due: date | None) -> tuple[str, str, date | None]:
    """Return what two tasks share that are the same."""
    return fold(lead), " ".join(fold(text).split()).strip(" .;"), due
