"""A row of the table of directions, read back into what is assigned to whom and by when."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from meetly.folding import fold
from meetly.minutes.block_lines import cells as cells_of
from meetly.minutes.blocks import Assignment, Block, BlockKind
from meetly.minutes.facts import MeetingFacts
from meetly.minutes.task_wording import deadline_words
from meetly.paper_wording import capitalised, clean, day, lowered, row

_TASK, _LEAD, _COORDINATE, _DUE, _PRODUCT = range(1, 6)
#: what stands in a cell that holds nothing
_NOTHING = {"", "–", "-", "—", "…", "can chu tri xac nhan", "chua co han"}
_DATE = re.compile(r"\b(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})\b")
_RECURRING = re.compile(r"^\s*định kỳ\s*:\s*", re.IGNORECASE)
_OFTEN = re.compile(r"\b(?:hang|moi|thuong xuyen|dinh ky)\b")


@dataclass(frozen=True)
class Row:
    """A direction as the row has it, and the due cell that nobody could read."""

    block: Block
    unread: str = ""


def changed(block: Block, cells: Sequence[str], facts: MeetingFacts) -> Row:
    """Return a direction as its edited row has it; cells nobody touched change nothing."""
    before = cells_of(0, block, facts)
    differs = {
        column
        for column in (_TASK, _LEAD, _COORDINATE, _DUE, _PRODUCT)
        if column < len(cells) and clean(cells[column]) != clean(before[column])
    }
    given = block.assignment or Assignment()
    new, unread = _given(given, cells, differs)
    text = block.text
    if _TASK in differs:
        text = _with_task(text, before[_TASK], cells[_TASK], new)
    if _LEAD in differs and len(given.lead) == len(new.lead) == 1:
        text = text.replace(given.lead[0], new.lead[0])
    words = deadline_words(text)
    if new.due != given.due and new.due and words:
        text = text.replace(words, f"trước ngày {day(new.due)}")
    changed = replace(block, kind=BlockKind.DIRECTION, text=text, assignment=new)
    return Row(changed if changed != replace(block, assignment=given) else block, unread)


def added(identity: str, cells: Sequence[str]) -> Row:
    """Return the direction of a row somebody wrote."""
    new, unread = _given(Assignment(), cells, {_LEAD, _COORDINATE, _DUE, _PRODUCT})
    text = _ordered(cells[_TASK], new)
    return Row(Block(identity, BlockKind.DIRECTION, text, assignment=new), unread)


def _given(given: Assignment, cells: Sequence[str], differs: set[int]) -> tuple[Assignment, str]:
    unread = ""
    if _LEAD in differs:
        given = replace(given, lead=_names(cells[_LEAD]))
    if _COORDINATE in differs:
        given = replace(given, coordinate=_names(cells[_COORDINATE]))
    if _PRODUCT in differs:
        given = replace(given, product="" if _is_nothing(cells[_PRODUCT]) else cells[_PRODUCT])
    if _DUE in differs:
        due = _due(given, cells[_DUE])
        given, unread = (given, cells[_DUE]) if due is None else (due, "")
    return given, unread


def _due(given: Assignment, cell: str) -> Assignment | None:
    """Read a deadline; None when no single day and no rule can be made out."""
    if _is_nothing(cell):
        return replace(given, due=None, recurring=None)
    dates = _DATE.findall(cell)
    if len(dates) == 1:
        number, month, year = map(int, dates[0])
        try:
            due = date(year, month, number)
        except ValueError:
            return None
        often = _RECURRING.search(cell) is not None
        return replace(given, due=due, recurring=given.recurring if often else None)
    if not dates and _OFTEN.search(fold(cell)):
        return replace(given, due=None, recurring=_RECURRING.sub("", cell))
    return None


def _with_task(text: str, before: str, after: str, given: Assignment) -> str:
    """Put the new task into the sentence where the old one stands, or write the sentence anew."""
    for old, new in ((before, after), (lowered(before), lowered(after))):
        if text.count(old) == 1:
            return text.replace(old, new.rstrip(" .") if not text.endswith(old) else new)
    return _ordered(after, given)


def _ordered(task: str, given: Assignment) -> str:
    if not given.lead:
        return capitalised(task)
    return f"Giao {row(given.lead)} {lowered(task)}"


def _names(cell: str) -> tuple[str, ...]:
    if _is_nothing(cell):
        return ()
    return tuple(name for part in cell.split(";") if (name := clean(part)))


def _is_nothing(cell: str) -> bool:
    folded = fold(clean(cell))
    return folded in _NOTHING or folded.startswith("chua co han")
