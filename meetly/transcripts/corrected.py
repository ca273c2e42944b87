"""How much people had to correct: words changed by hand per thousand words heard."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from meetly import clock
from meetly.accounts.models import Unit
from meetly.extensions import db
from meetly.meetings.models import Meeting
from meetly.transcripts.models import Segment, SegmentEdit, Transcript

#: Months shown side by side.
MONTHS = 12


@dataclass(frozen=True)
class Corrected:
    """Words of a text and how many of them were changed by hand."""

    words: int
    changed: int

    @property
    def per_thousand(self) -> float | None:
        """Words changed of a thousand; None where nothing was said."""
        if not self.words:
            return None
        share = 1000 * self.changed / self.words
        return round(share, 1) if 0 < share < 100 else round(share)


@dataclass(frozen=True)
class Month:
    """The corrections of the meetings of one month."""

    year: int
    month: int
    recordings: int
    corrected: Corrected


def changed_words(before: str, after: str) -> int:
    """Count the words that were replaced, put in or taken out between two texts."""
    old, new = before.split(), after.split()
    codes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return sum(max(b - a, d - c) for kind, a, b, c, d in codes if kind != "equal")


def of_transcript(transcript: Transcript) -> Corrected:
    """Count the words of a transcript as it is shown, and those that people changed."""
    return _count(Segment.transcript_id == transcript.id)


def by_month(units: Sequence[Unit], now: datetime | None = None) -> list[Month]:
    """List the months of the last year in which units held meetings that were heard."""
    local = clock.local(now or clock.now())
    first = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    first = first.replace(year=first.year - 1)
    query = (
        select(Meeting.starts_at, Transcript.id)
        .join(Transcript, Transcript.meeting_id == Meeting.id)
        .where(Meeting.unit_id.in_([unit.id for unit in units]), Meeting.starts_at >= first)
    )
    found: dict[tuple[int, int], list[int]] = {}
    for starts_at, transcript_id in db.session.execute(query):
        day = clock.local(starts_at)
        found.setdefault((day.year, day.month), []).append(transcript_id)
    return [
        Month(year, month, len(ids), _count(Segment.transcript_id.in_(ids)))
        for (year, month), ids in sorted(found.items(), reverse=True)
    ][:MONTHS]


def _count(mine: ColumnElement[bool]) -> Corrected:
    """Count over segments that are shown; what nobody said is no text."""
    shown = (mine, Segment.current, Segment.suspicion == "")
    blanks = func.length(Segment.text) - func.length(func.replace(Segment.text, " ", ""))
    words = db.session.scalar(select(func.sum(blanks + 1)).where(*shown, Segment.text != ""))
    first = select(func.min(SegmentEdit.id)).group_by(SegmentEdit.segment_id)
    edited = (
        select(SegmentEdit.before, Segment.text)
        .join(Segment, Segment.id == SegmentEdit.segment_id)
        .where(*shown, SegmentEdit.id.in_(first))
    )
    changed = sum(changed_words(before, text) for before, text in db.session.execute(edited))
    return Corrected(int(words or 0), changed)
