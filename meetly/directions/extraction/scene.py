"""Everything known about a text before anything is judged."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date

from meetly.accounts.directory import Directory
from meetly.directions.extraction.assignees import Party, find_parties
from meetly.directions.extraction.calendar_days import WorkingDayAfter, working_days_after
from meetly.directions.extraction.clauses import Sentence, sentences
from meetly.directions.extraction.deadlines import Moment, find_moments
from meetly.directions.extraction.reading import Reading


class Scene:
    """A text with its sentences, the parties mentioned in it and its expressions of time."""

    def __init__(
        self,
        reading: Reading,
        meeting: date,
        directory: Directory,
        working_day_after: WorkingDayAfter = working_days_after,
    ) -> None:
        """Look for parties first: a text without a unit needs no further reading."""
        self.reading = reading
        self.parties: list[Party] = find_parties(reading, directory)
        self.sentences: list[Sentence] = sentences(reading) if self.parties else []
        self.moments: list[Moment] = (
            find_moments(reading, meeting, working_day_after) if self.parties else []
        )
        self._starts = [token.start for token in reading.tokens]
        self._ends = [token.end for token in reading.tokens]

    def said(self, first: int, end: int) -> str:
        """Return the words at tokens [first, end) as they stand in the text."""
        start, stop = self.reading.original(self._starts[first], self._ends[end - 1])
        return " ".join(self.reading.source[start:stop].split())

    def said_at(self, moment: Moment) -> str:
        """Return the words of an expression of time as they stand in the text."""
        start, stop = self.reading.original(moment.start, moment.end)
        return " ".join(self.reading.source[start:stop].split()).strip(" ,")

    def moment_at(self, place: int) -> Moment | None:
        """Return the expression of time that covers token `place`."""
        if place >= len(self._starts):
            return None
        start = self._starts[place]
        return next((m for m in self.moments if m.start <= start < m.end), None)

    def moment_ending(self, place: int) -> Moment | None:
        """Return the expression of time that ends right before token `place`, commas aside."""
        before = place - 1
        while before >= 0 and self.reading.tokens[before].word == ",":
            before -= 1
        if before < 0:
            return None
        end = self._ends[before]
        return next((m for m in self.moments if m.start < end <= m.end), None)

    def moments_in(self, first: int, end: int) -> list[Moment]:
        """Return the expressions of time inside tokens [first, end)."""
        begin, stop = self._starts[first], self._ends[end - 1]
        return [m for m in self.moments if begin - 1 <= m.start and m.end <= stop]

    def token_after(self, offset: int) -> int:
        """Return the first token that starts at or after a place in the text."""
        return bisect_left(self._starts, offset)

    def token_at(self, offset: int) -> int:
        """Return the token that covers or follows a place in the text."""
        return bisect_right(self._ends, offset)
