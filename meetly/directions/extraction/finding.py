"""Find directions (ý kiến chỉ đạo) in a text: who shall do what, with whom, by when.

How a direction is found, in order:

1. `reading` makes the text comparable (case, diacritics, hesitations) without moving a character;
2. `assignees` finds every unit that is mentioned, `deadlines` every expression of time;
3. `cues` keeps the units that stand where the acting one stands and are told to act, `telling`
   sorts out what only reports, asks or wishes;
4. `gathering` gives each of them its stretch of text, and `stages` cuts it again where the work
   has deadlines of its own for each stage;
5. here every stage yields a direction: lead, coordinating units, one deadline, what recurs;
   `outcomes` adds what shall come of it and to whom that goes.

Nothing is guessed: a pronoun without a unit before it, or a date that cannot be computed, gives
no lead and no date.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from meetly.accounts.directory import Directory
from meetly.directions.extraction.calendar_days import WorkingDayAfter, working_days_after
from meetly.directions.extraction.deadlines import Bond, Moment
from meetly.directions.extraction.gathering import Gathering
from meetly.directions.extraction.outcomes import product_of, recipient_of
from meetly.directions.extraction.reading import Reading
from meetly.directions.extraction.scene import Scene
from meetly.directions.extraction.stages import Stretch, deadline_of, stages_of


@dataclass(frozen=True)
class Found:
    """A direction in a text: `span` is text[start:end]; an unknown deadline stays None.

    `cues` are the words that made it fire, each behind its kind: "order:giao". `product` is what
    shall come of it in the span's own words, `report_to` the unit that gets it; empty if unsaid.
    """

    span: str
    start: int
    end: int
    lead: tuple[str, ...]
    coordinate: tuple[str, ...]
    due: date | None
    recurring: str | None
    confidence: float
    cues: tuple[str, ...]
    product: str = ""
    report_to: str = ""


def extract(
    text: str,
    meeting_date: date,
    directory: Directory | None = None,
    *,
    working_day_after: WorkingDayAfter = working_days_after,
) -> list[Found]:
    """Return the directions of a text in order; days count from the day of the meeting.

    Working days are Mondays to Fridays unless a calendar that knows the holidays is handed in.
    """
    known = directory or Directory.standard()
    scene = Scene(Reading(text), meeting_date, known, working_day_after)
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
    deadline = deadline_of(scene, stretch)
    recurring = next((m for m in stretch.moments if m.bond is Bond.RECURRING), None)
    phrase = None
    if recurring is not None:
        begin, stop = reading.original(recurring.start, recurring.end)
        phrase = reading.source[begin:stop].strip()
    kinds = {cue.kind for cue in stretch.cues} | ({"deadline"} if deadline else set())
    return Found(
        span=reading.source[start:end],
        start=start,
        end=end,
        lead=stretch.lead,
        coordinate=tuple(stretch.coordinate),
        due=deadline.due if deadline else None,
        recurring=phrase,
        confidence=_confidence(reading, kinds),
        cues=tuple(dict.fromkeys(_cue_words(scene, stretch, deadline))),
        product=product_of(scene, stretch),
        report_to=recipient_of(scene, stretch),
    )


def _cue_words(scene: Scene, stretch: Stretch, deadline: Moment | None) -> Iterator[str]:
    """Yield each cue as "kind:words"; a time that is the deadline is said once."""
    by_when = scene.said_at(deadline) if deadline else ""
    for cue in stretch.cues:
        words = scene.said(cue.first, cue.end).rstrip(" ,")
        if not (cue.kind == "time" and words == by_when):
            yield f"{cue.kind}:{words}"
    if deadline:
        yield f"deadline:{by_when}"


def _confidence(reading: Reading, kinds: Iterable[str]) -> float:
    weights = {"order": 0.3, "deadline": 0.15, "must": 0.1, "verb": 0.1, "stem": 0.1, "time": 0.05}
    sure = 0.4 + sum(weights.get(kind, 0.0) for kind in kinds)
    return round(min(0.95, sure - (0.0 if reading.punctuated else 0.1)), 2)
