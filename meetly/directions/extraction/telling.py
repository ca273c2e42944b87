"""Signs that a sentence only tells: reports, rules, wishes, questions, the running of the meeting.

Order words occur in all of these. What is told has figures reached, times that are over, a humble
voice or a document as its subject; a duty or a deadline ahead speaks against it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from meetly.directions.extraction.assignees import Party
from meetly.directions.extraction.clauses import Sentence, is_break
from meetly.directions.extraction.deadlines import Bond
from meetly.directions.extraction.lexicon import (
    HUMBLE,
    HYPOTHESES,
    LINKS,
    MEETING_TALK,
    NOW,
    PAST_ORDERS,
    PAST_TIMES,
    QUESTION_ENDS,
    RULES,
    STATES,
    STATISTICS,
    TELLING_OPENINGS,
)
from meetly.directions.extraction.reading import Phrases, Reading
from meetly.directions.extraction.scene import Scene
from meetly.directions.extraction.verbs import ADVERBS
from meetly.spoken_numbers import NUMBER_ENDS

_LONGEST_SENTENCE = 60
_SHORTEST_QUESTION = 4
_POLITE = re.compile(r"^\W*dạ(?!\w)|(?<!\w)ạ\W*$|(?<!\w)ạ(?=[,.])")


def only_tells(scene: Scene, sentence: Sentence) -> bool:
    """Whether the whole sentence asks, begs, supposes or runs the meeting."""
    reading = scene.reading
    if sentence.asks or _is_polite(reading, sentence):
        return True
    length = sentence.end - sentence.first
    if not reading.punctuated and length > _LONGEST_SENTENCE:
        # A whole speech without a full stop: one humble word does not speak for all of it.
        return False
    if length > _SHORTEST_QUESTION and QUESTION_ENDS.before(reading, sentence.end) is not None:
        return True
    return HUMBLE.within(reading, sentence.first, sentence.end) is not None


def _is_polite(reading: Reading, sentence: Sentence) -> bool:
    """«Dạ, …», «… ạ»: one who answers the chair does not give orders."""
    if not reading.accented or ("ạ" not in reading.text and "Ạ" not in reading.text):
        return False
    tokens = reading.tokens
    stop = tokens[sentence.end].end if sentence.end < len(tokens) else len(reading.text)
    floor = tokens[sentence.first - 1].end if sentence.first else 0
    return _POLITE.search(reading.text[floor:stop].lower()) is not None


def runs_the_meeting(reading: Reading, start: int, end: int) -> bool:
    """Whether the words are about microphones, speaking time or the record itself."""
    return MEETING_TALK.within(reading, start, end) is not None


def is_told_about(
    scene: Scene, sentence: Sentence, party: Party, cues: Sequence[str], *, series: bool
) -> bool:
    """A sentence that opens like a report, or counts, tells unless a duty is spelled out.

    An unknown verb counts as a task only in a series: someone before was told to act.
    """
    reading = scene.reading
    strong = "must" in cues
    if HYPOTHESES.within(reading, sentence.first, party.first) is not None:
        return True
    first = _after_links(reading, sentence.first)
    if RULES.at(reading, first) and "time" not in cues:
        return True
    opening = TELLING_OPENINGS.at(reading, first) or _period_at(scene, first)
    if turns_to_now(reading, party.first):
        opening = 0
    end = _own_end(scene, sentence, party)
    ahead = any(
        moment.bond >= Bond.DAY and moment.due is not None
        for moment in scene.moments
        if reading.tokens[party.first].start <= moment.start
        and moment.end <= reading.tokens[sentence.end - 1].end
    )
    if opening and opening <= party.first and not strong:
        return not (ahead and is_break(reading, party.first) and opening < party.first - 3)
    if strong or _FOR_ME.within(reading, party.end, sentence.end) is not None:
        return False
    if ahead or "time" in cues:
        return _finished(scene, sentence, party)
    if cues and cues[-1] == "word" and not series:
        return True
    return (
        _describes(reading, party.end, end)
        or _counts(reading, party.end, end)
        or any(_period_at(scene, place) for place in range(party.end, end))
        or any(
            phrases.within(reading, party.end, end) is not None
            for phrases in (STATISTICS, PAST_ORDERS, PAST_TIMES)
        )
    )


def turns_to_now(reading: Reading, first: int) -> bool:
    """«Công văn đã nêu rõ rồi, nay Sở X …»: what went before is over."""
    now = NOW.before(reading, first) if reading.accented else None
    return now is not None and now > 0 and is_break(reading, now)


def _own_end(scene: Scene, sentence: Sentence, party: Party) -> int:
    """Return where the words about a party end: at the next one that opens a clause."""
    for other in scene.parties:
        if party.end < other.first < sentence.end and is_break(scene.reading, other.first):
            return other.first
    return sentence.end


def _counts(reading: Reading, first: int, end: int) -> bool:
    """«đạt 98%», «bàn giao được ba mươi phòng»: a figure reached, not one to be reached."""
    return any(
        (reading.tokens[place].plain == "duoc" and _is_number(reading, place + 1))
        or (
            reading.tokens[place + 1].word.isdigit()
            and reading.tokens[place].plain in {"dat", "tang", "giam", "chiem", "xep"}
            and reading.tokens[place - 1].plain not in {"dam", "phai", "de", "nhat"}
        )
        for place in range(first, end - 1)
    )


def _is_number(reading: Reading, place: int) -> bool:
    token = reading.tokens[place]
    return token.word.isdigit() or token.plain in NUMBER_ENDS


#: the chair speaks for himself: «sắp lại cho tôi», «báo tôi»
_FOR_ME = Phrases("cho tôi | giúp tôi | báo tôi | trình tôi | đưa tôi | báo cáo tôi | gửi tôi")


def _period_at(scene: Scene, place: int) -> int:
    """«Trong tháng 6, các xã tiếp nhận …», said in July: a period that is over tells of a report.

    So does a year in front: «Năm 2025, Sở … cấp 1.120 giấy».
    """
    reading = scene.reading
    if place >= len(reading.tokens):
        return 0
    word = reading.keys[place]
    following = reading.keys[place + 1] if place + 1 < len(reading.keys) else ""
    if word in {"năm", "nam"} and following.isdigit() and len(following) == 4:
        return place + 2 if is_break(reading, place) else 0
    named = {"tháng", "thang", "quý", "quy"}
    if not (word == "trong" and following in named) and not (
        word in named and is_break(reading, place)
    ):
        return 0
    moment = scene.moment_at(place)
    over = moment is not None and moment.due is None and moment.bond is Bond.NONE
    return scene.token_after(moment.end) if moment is not None and over else 0


def _describes(reading: Reading, place: int, end: int) -> bool:
    """A percentage, or a verb of what a unit always does, describes it."""
    first = place
    while step := ADVERBS.at(reading, place):
        place = step
    return bool(STATES.at(reading, place)) or "%" in reading.keys[first:end]


def _finished(scene: Scene, sentence: Sentence, party: Party) -> bool:
    """«… trước ngày 15/11 đã xong»: after the date the sentence says that it is done."""
    begin = scene.reading.tokens[party.first].start
    ends = [moment.end for moment in scene.moments if moment.start >= begin]
    return bool(ends) and (
        PAST_ORDERS.within(scene.reading, scene.token_after(min(ends)), sentence.end) is not None
    )


def _after_links(reading: Reading, place: int) -> int:
    while True:
        step = LINKS.at(reading, place)
        if not step:
            return place
        place = step
        if place < len(reading.tokens) and reading.keys[place] == ",":
            place += 1
