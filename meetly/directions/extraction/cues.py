"""Signs that a unit is told to do something, and signs that it only reports or plans.

Order words also occur in reports, statistics and quotations, and half of real directions carry
none. So the judgement rests on what follows the unit: an order binds, «đã», «sẽ», «đạt» only tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from meetly.directions.extraction.assignees import Party
from meetly.directions.extraction.clauses import Sentence, begins_item, is_break
from meetly.directions.extraction.lexicon import (
    GOVERNORS,
    HYPOTHESES,
    LINKS,
    NOT_REPORTING,
    ORDERERS,
    ORDERS,
    PAST_ORDERS,
    PETITIONERS,
    REPORTING,
    TELLING_OPENINGS,
    TOGETHER_WITH,
)
from meetly.directions.extraction.reading import Phrases, Reading
from meetly.directions.extraction.scene import Scene
from meetly.directions.extraction.telling import is_told_about, turns_to_now
from meetly.directions.extraction.verbs import ADVERBS, MODALS, STRONG, WEAK, acts_at


class Cue(NamedTuple):
    """A sign at tokens [first, end) and its kind: order, verb, must, stem, time, word."""

    kind: str
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Subject:
    """A party in the place of one who acts: told to (`binding`) or only spoken about."""

    start: int
    party: Party
    predicate: int
    binding: bool
    cues: tuple[Cue, ...]


def subjects(scene: Scene, sentence: Sentence) -> list[Subject]:
    """Return the parties of a sentence that stand where the acting one stands, in order."""
    found: list[Subject] = []
    for party in scene.parties:
        if sentence.first <= party.first < sentence.end:
            series = any(earlier.binding for earlier in found)
            subject = _subject(scene, sentence, party, series)
            if subject is not None:
                found.append(subject)
    return found


def _subject(scene: Scene, sentence: Sentence, party: Party, series: bool) -> Subject | None:
    above = party.sort == "superior"
    order = _order_before(scene, sentence, party.first)
    if order is not None:
        start, binding, given = order
        told, predicate, cues = _predicate(scene, party.end, sentence.end, ordered=True)
        if predicate < 0 and scene.reading.keys[start - 1 : start] in (["thì"], ["thi"]):
            # «Việc X thì giao cho Sở Y»: the task stands in front.
            start, told, predicate = _clause_start(scene, sentence, start), True, party.end
        binding = binding and told and not above
        return Subject(start, party, predicate, binding, (given, *cues))
    if not _stands_free(scene, sentence, party):
        return None
    stem = _under_stem(scene, sentence, party.first)
    told, predicate, cues = _predicate(scene, party.end, sentence.end, ordered=stem is not None)
    if predicate < 0:
        return None
    binding = told and not above
    if stem:
        cues = (stem, *cues)
    elif binding:
        kinds = [cue.kind for cue in cues]
        binding = not is_told_about(scene, sentence, party, kinds, series=series)
    return Subject(party.first, party, predicate, binding, cues)


def _clause_start(scene: Scene, sentence: Sentence, place: int) -> int:
    while place > sentence.first and not is_break(scene.reading, place):
        place -= 1
    return place


def _under_stem(scene: Scene, sentence: Sentence, first: int) -> Cue | None:
    """«Yêu cầu: Sở A …; Sở B …»: the order in front of the colon holds for the whole list."""
    reading = scene.reading
    if not (is_break(reading, first) or begins_item(reading, first)):
        return None
    for place in range(first - 1, -1, -1):
        if reading.keys[place] == ":":
            order = ORDERS.before(reading, place)
            opens = order is not None and (
                order == 0 or is_break(reading, order) or bool(ORDERERS.before(reading, order))
            )
            return Cue("order", order, place) if order is not None and opens else None
        if place < sentence.first and not begins_item(reading, sentence.first):
            return None
    return None


def _order_before(scene: Scene, sentence: Sentence, first: int) -> tuple[int, bool, Cue] | None:
    """Return where the order of a party begins, whether the chair gives it now, and its words."""
    reading = scene.reading
    step = first
    while step > sentence.first and reading.keys[step - 1] in {",", ":", "là", "la", "thì", "cả"}:
        step -= 1
    start = ORDERS.before(reading, step)
    if start is None or start < sentence.first:
        return None
    longer = ORDERERS.before(reading, start)
    begin = start if longer is None or longer < sentence.first else longer
    if begin == start and begin > sentence.first and _NESTING.before(reading, begin) is not None:
        return None
    given = Cue("order", begin, step)
    if PAST_ORDERS.within(reading, sentence.first, step) is not None:
        return begin, False, given
    if begin == sentence.first or is_break(reading, begin) or begin < start:
        return begin, not _quoted(scene, sentence, begin), given
    linked = LINKS.before(reading, begin) is not None or ADVERBS.before(reading, begin) is not None
    if linked or scene.moment_ending(begin):
        return begin, not _quoted(scene, sentence, begin), given
    if not reading.punctuated and GOVERNORS.before(reading, begin) is None:
        asked = any(party.end == begin for party in scene.parties)
        return begin, not asked and not _quoted(scene, sentence, begin), given
    return None


def _quoted(scene: Scene, sentence: Sentence, begin: int) -> bool:
    """«Nghị quyết … giao», «Nếu được …, đề nghị»: the order is not given here and now."""
    reading = scene.reading
    if HYPOTHESES.within(reading, sentence.first, begin) is not None:
        return True
    if begin > sentence.first and PETITIONERS.at(reading, sentence.first):
        return True
    return (
        begin > sentence.first
        and TELLING_OPENINGS.at(reading, sentence.first) > 0
        and not is_break(reading, begin)
    )


#: «đang yêu cầu cấp xã …», «việc giao đơn vị …»: the order belongs to another clause
_NESTING = Phrases("đang | được | việc | theo | không | các | những | nội dung | nhiệm vụ | để")


def _stands_free(scene: Scene, sentence: Sentence, party: Party) -> bool:
    """Whether nothing in front of the party makes it an object."""
    reading = scene.reading
    first = party.first
    if first == sentence.first or begins_item(reading, first):
        return True
    if scene.moment_ending(first):
        return True
    if is_break(reading, first):
        # «phối hợp với, ờ, Công an …»: a hesitation is no clause.
        paused = reading.tokens[first].pause
        return not (paused and GOVERNORS.before(reading, first) is not None)
    if LINKS.before(reading, first) is not None or turns_to_now(reading, first):
        return True
    if reading.punctuated or _is_bare_pronoun(party):
        return False
    if GOVERNORS.before(reading, first) is not None and party.sort != "pronoun":
        return False
    return bool(
        acts_at(reading, party.end)
        or MODALS.at(reading, party.end)
        or _forbids(reading, party.end)
        or ADVERBS.at(reading, party.end)
        or _TENSES.at(reading, party.end)
        or scene.moment_at(party.end)
    )


#: even a plan or a report has its own subject, which ends the stretch of the one before
_TENSES = Phrases("sẽ | đã | đang")


def _is_bare_pronoun(party: Party) -> bool:
    """«sở», «xã» alone in the middle of a clause are part of it, not its subject."""
    return party.sort == "pronoun" and party.end - party.mentions[0].first == 1


def _is_comma(reading: Reading, place: int) -> bool:
    return reading.keys[place] == ","


def _predicate(
    scene: Scene, place: int, end: int, *, ordered: bool
) -> tuple[bool, int, tuple[Cue, ...]]:
    """Read from behind the party: does it act, and by which signs? -1 if nothing follows."""
    reading = scene.reading
    cues: list[Cue] = []
    party_end = place
    while place < end:
        telling = REPORTING.at(reading, place)
        if (
            telling
            and not NOT_REPORTING.at(reading, place)
            and STRONG.at(reading, place) <= telling
        ):
            return False, place, (Cue("report", place, telling),)
        moment = scene.moment_at(place)
        if moment is not None:
            behind = scene.token_after(moment.end)
            cues.append(Cue("time", place, behind))
            place = behind
            continue
        if reading.keys[place] == "(" and ")" in reading.keys[place:end]:
            # «Công an tỉnh (Phòng Cảnh sát kinh tế) kiểm tra …»
            place = reading.keys.index(")", place) + 1
            continue
        modal = MODALS.at(reading, place) or _forbids(reading, place)
        if modal:
            if modal < end and reading.tokens[modal].word.isdigit():
                return False, place, (Cue("report", place, modal),)
            cues.append(Cue("must", place, modal))
            place = modal
            continue
        verb = STRONG.at(reading, place) or TOGETHER_WITH.at(reading, place)
        if verb:
            return True, place, (*cues, Cue("verb", place, verb))
        step = _over(scene, place)
        if step:
            place = step
            continue
        break
    if place >= end:
        return False, -1, ()
    if reading.tokens[place].is_mark:
        stem = Cue("stem", max(0, party_end - 1), place + 1)
        return (True, place, (*cues, stem)) if reading.keys[place] == ":" else (False, -1, ())
    verb = acts_at(reading, place)
    if verb:
        return True, place, (*cues, Cue("verb", place, verb))
    told = ordered or bool(cues) or not reading.tokens[place].capital
    return told, place, (*cues, Cue("word", place, place + 1))


def _forbids(reading: Reading, place: int) -> int:
    """«không giữ lại hồ sơ»: a prohibition is an order too."""
    if place + 1 >= len(reading.tokens) or reading.tokens[place].plain != "khong":
        return 0
    verb = WEAK.at(reading, place + 1) or STRONG.at(reading, place + 1)
    return place + 1 if verb else 0


def _over(scene: Scene, place: int) -> int:
    """Step over manner words, and over a comma before what still belongs to the predicate."""
    reading = scene.reading
    manner = ADVERBS.at(reading, place)
    if manner:
        return manner
    if not _is_comma(reading, place):
        return 0
    after = place + 1
    order = ORDERS.at(reading, after)
    if order:
        while order < len(reading.tokens) and reading.keys[order] in {"là", "la", ","}:
            order += 1
        return order
    if MODALS.at(reading, after) or scene.moment_at(after) or ADVERBS.at(reading, after):
        return after
    return 0
