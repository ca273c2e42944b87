"""Find directions (ý kiến chỉ đạo) in a text: who shall do what, with whom, by when.

How a direction is found, in order:

1. `reading` makes the text comparable (case, diacritics, hesitations) without moving a character;
2. `assignees` finds every unit that is mentioned, `deadlines` every expression of time;
3. `cues` keeps the units that stand where the acting one stands and are told to act, `telling`
   sorts out what only reports, asks or wishes;
4. `gathering` gives each of them its stretch of text, and `stages` cuts it again where the work
   has deadlines of its own for each stage;
5. here every stage yields a direction: lead, coordinating units, one deadline, what recurs.

Nothing is guessed: a pronoun without a unit before it, or a date that cannot be computed, gives
no lead and no date.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from meetly.accounts.directory import Directory
from meetly.directions.extraction.deadlines import Bond
from meetly.directions.extraction.gathering import Gathering
from meetly.directions.extraction.reading import Reading
from meetly.directions.extraction.scene import Scene
from meetly.directions.extraction.stages import Stretch, due_of, stages_of


@dataclass(frozen=True)
class Found:
    """A direction in a text: `span` is text[start:end]; an unknown deadline stays None."""

    span: str
    start: int
    end: int
    lead: tuple[str, ...]
    coordinate: tuple[str, ...]
    due: date | None
    recurring: str | None
    confidence: float
    cues: tuple[str, ...]


def extract(text: str, meeting_date: date, directory: Directory | None = None) -> list[Found]:
    """Return the directions of a text in order; days count from the day of the meeting."""
    reading = Reading(text)
    scene = Scene(reading, meeting_date, directory or Directory.standard())
    stretches = Gathering(scene).stretches()
    return [_found(scene, stage) for stretch in stretches for stage in stages_of(scene, stretch)]


def as_json(found: Found) -> dict[str, object]:
    """Return a direction as the plain values that `meetly directions --jsonl` writes."""
    return {
        "span": found.span,
        "lead": list(found.lead),
        "coordinate": list(found.coordinate),
        "due": found.due.isoformat() if found.due else None,
        "recurring": found.recurring,
    }


def _found(scene: Scene, stretch: Stretch) -> Found:
    reading = scene.reading
    tokens = reading.tokens
    start, end = reading.original(tokens[stretch.first].start, tokens[stretch.end - 1].end)
    due = due_of(scene, stretch)
    recurring = next((m for m in stretch.moments if m.bond is Bond.RECURRING), None)
    phrase = None
    if recurring is not None:
        begin, stop = reading.original(recurring.start, recurring.end)
        phrase = reading.source[begin:stop].strip()
    cues = tuple(dict.fromkeys([*stretch.cues, *(["deadline"] if due else [])]))
    return Found(
        reading.source[start:end],
        start,
        end,
        stretch.lead,
        tuple(stretch.coordinate),
        due,
        phrase,
        _confidence(reading, cues),
        cues,
    )


def _confidence(reading: Reading, cues: tuple[str, ...]) -> float:
    weights = {"order": 0.3, "deadline": 0.15, "must": 0.1, "verb": 0.1, "stem": 0.1, "time": 0.05}
    sure = 0.4 + sum(weights.get(cue, 0.0) for cue in cues)
    return round(min(0.95, sure - (0.0 if reading.punctuated else 0.1)), 2)
