"""The stretch of text in which a party is told to act, and the stages it falls into.

One direction has one lead and one deadline. Where a later stage of the work has a deadline of its
own, it is a direction of its own; a date for the report alone is not such a stage.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from meetly.directions.extraction.clauses import begins_item, is_break
from meetly.directions.extraction.cues import Cue
from meetly.directions.extraction.deadlines import Bond, Moment
from meetly.directions.extraction.lexicon import LINKS, REPORTS
from meetly.directions.extraction.reading import Reading
from meetly.directions.extraction.scene import Scene
from meetly.directions.extraction.verbs import ADVERBS, STRONG


@dataclass(slots=True)
class Stretch:
    """The tokens [first, end) in which one party is told to act."""

    first: int
    end: int
    lead: tuple[str, ...]
    coordinate: list[str]
    cues: tuple[Cue, ...]
    #: directions of one part of the speech («Một là», «Hai là») may share a deadline
    part: int = 0
    shared: Moment | None = None
    moments: list[Moment] = field(default_factory=list)


def stages_of(scene: Scene, stretch: Stretch) -> list[Stretch]:
    """Cut a stretch where a later stage of the work has its own deadline, and at list items."""
    moments = scene.moments_in(stretch.first, stretch.end)
    stages: list[Stretch] = []
    first = stretch.first
    bounds = _item_bounds(scene, stretch) or _stage_bounds(scene, stretch, moments)
    for bound in [*bounds, stretch.end]:
        end = bound
        while end > first + 1 and trails(scene.reading, end - 1):
            end -= 1
        stage = Stretch(first, end, stretch.lead, [], stretch.cues, stretch.part, stretch.shared)
        stage.moments = scene.moments_in(first, end)
        stages.append(stage)
        first = bound
    stages[0].coordinate = stretch.coordinate
    return stages


def trails(reading: Reading, place: int) -> bool:
    """Whether the token is a mark that a span leaves off at its end."""
    token = reading.tokens[place]
    return token.is_mark and token.word not in {")", "%", "”", "»", '"'}


def _item_bounds(scene: Scene, stretch: Stretch) -> list[int]:
    """«Giao Sở X: a) …; b) …»: every item after the first is a direction of its own."""
    if all(cue.kind != "stem" for cue in stretch.cues):
        return []
    reading = scene.reading
    items = [
        place
        for place in range(stretch.first + 1, stretch.end)
        if not reading.tokens[place].is_mark and begins_item(reading, place)
    ]
    return items[1:]


def _stage_bounds(scene: Scene, stretch: Stretch, moments: list[Moment]) -> list[int]:
    """A new stage begins after a deadline when more work, not just its report, has another."""
    reading = scene.reading
    bounds: list[int] = []
    dated = [m for m in moments if m.due is not None and m.bond >= Bond.DAY]
    for earlier, later in pairwise(dated):
        if earlier.due == later.due:
            continue
        place = _clause_after(scene, earlier, stretch.end)
        if place is None or reading.tokens[place].start > later.start + 1:
            continue
        if _reports_only(reading, place):
            continue
        bounds.append(place)
    return bounds


def _clause_after(scene: Scene, moment: Moment, end: int) -> int | None:
    """Return where the next clause with a verb begins behind a deadline."""
    reading = scene.reading
    place = scene.token_after(moment.end)
    while place < end:
        if is_break(reading, place) and not reading.tokens[place].is_mark:
            return place
        if STRONG.at(reading, place) or (LINKS.at(reading, place) and is_break(reading, place)):
            return place
        place += 1
    return None


def _reports_only(reading: Reading, place: int) -> bool:
    while step := LINKS.at(reading, place) or ADVERBS.at(reading, place):
        place = step
    return bool(REPORTS.at(reading, place))


def deadline_of(scene: Scene, stretch: Stretch) -> Moment | None:
    """The deadline of the work wins over that of its report; a shared one comes last."""
    recurs = any(m.bond is Bond.RECURRING for m in stretch.moments)
    dated = [m for m in stretch.moments if m.due is not None and m.bond >= Bond.DAY]
    if recurs:
        # «hằng tuần … đến hết năm»: the end of a habit is not a deadline.
        dated = [m for m in dated if m.bond is Bond.DEADLINE and not _until(scene.reading, m)]
    main = [m for m in dated if not _in_report(scene, stretch, m)]
    chosen = (main or dated)[:1]
    return chosen[0] if chosen else stretch.shared


def _until(reading: Reading, moment: Moment) -> bool:
    said = reading.line[moment.start : moment.end].split()
    return (bool(said) and said[0] in {"đến", "den", "tới", "toi"}) or "đến hết" in " ".join(said)


def _in_report(scene: Scene, stretch: Stretch, moment: Moment) -> bool:
    """Whether the clause around a date is about reporting."""
    reading = scene.reading
    place = scene.token_at(moment.start)
    while place > stretch.first and not is_break(reading, place):
        if REPORTS.at(reading, place):
            return True
        place -= 1
    return bool(REPORTS.at(reading, place))
