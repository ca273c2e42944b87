"""What was said, in order: utterances become turns of one speaker, turns become sentences."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from meetly.folding import fold
from meetly.paper_wording import clean, plain


@dataclass(frozen=True)
class Utterance:
    """A segment of the transcript with what is known about who said it."""

    id: int
    start: float
    end: float
    text: str
    speaker: str = ""
    position: str = ""
    unit: str = ""
    chair: bool = False
    #: counts the interruptions of the sound before it; no sentence goes on behind one
    stretch: int = 0
    #: figures and names in it that the engine was not sure of, as they stand in the text
    unsure: tuple[str, ...] = ()
    #: title of the agenda item it was said under
    item: str = ""


@dataclass(frozen=True)
class Sentence:
    """One sentence and the utterances it was heard in."""

    text: str
    evidence: tuple[int, ...]
    start: float

    @property
    def folded(self) -> str:
        """The sentence without its marks, as long as the sentence."""
        return plain(self.text)


@dataclass(frozen=True)
class Turn:
    """What one speaker said without being interrupted; no name if nobody knows who it was."""

    sentences: tuple[Sentence, ...]
    speaker: str = ""
    position: str = ""
    unit: str = ""
    chair: bool = False
    #: title of the agenda item it belongs to
    item: str = ""

    @property
    def voice(self) -> str:
        """What tells this speaker from the others: the unit before the name."""
        return fold(self.unit or self.speaker)


_ORDINAL = (
    r"(?:một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười(?:\s+\w+)?)\s+là\b"
    r"|thứ\s+(?:nhất|hai|ba|tư|năm|sáu|bảy|tám|chín|mười)\s*(?:là\b|,)"
    r"|(?:cuối cùng|sau cùng)\s*(?:là\b|,)"
)
#: How a speaker counts points: "Một là,", "Thứ hai,", "Cuối cùng,".
ORDINAL = re.compile(rf"^(?:{_ORDINAL})[\s,:]*", re.IGNORECASE)

# A sentence ends at a mark and a space, but not after an abbreviation such as "TP."; a point
# of a list opens one even where the transcript has no full stop before it.
_BOUNDARY = re.compile(
    r"(?<=[.?!…])(?<!\b[A-ZĐ]\.)(?<!\b[A-ZĐ][a-zA-Z]\.)[\"”»)]*\s+"
    rf"|(?<=[,;:])\s+(?=(?:{_ORDINAL}))"
    r"|\s+(?=(?:Một|Hai|Ba|Bốn|Năm|Sáu|Bảy|Tám|Chín|Mười) là\b)"
)
# A voice nobody knows falls silent this long (in seconds) between two paragraphs.
_PAUSE = 2.0
_LONGEST_PARAGRAPH = 6
_HAND_OVER = re.compile(r"^(?:xin |kinh |tran trong )*(?:moi|thua|kinh thua|bao cao)\b")
# Fewer marks than one in so many words, and a segment is taken for a sentence.
_WORDS_PER_MARK = 60


def turns(utterances: Iterable[Utterance], chair: str = "") -> list[Turn]:
    """Group the utterances by speaker; a voice nobody knows is cut into paragraphs."""
    heard = _without_gaps([utterance for utterance in utterances if clean(utterance.text)])
    found: list[Turn] = []
    chair_voice = fold(chair)
    for _, run in groupby(heard, key=lambda u: (_voice(u), u.stretch, u.item)):
        said = list(run)
        first = said[0]
        is_chair = any(u.chair for u in said) or bool(
            chair_voice and fold(first.speaker) == chair_voice
        )
        sentences = _sentences(said)
        known = bool(first.speaker or first.unit or is_chair)
        for part in [sentences] if known else _paragraphs(sentences, said):
            found.append(
                Turn(tuple(part), first.speaker, first.position, first.unit, is_chair, first.item)
            )
    return found


def words(text: str) -> int:
    """Count the words of a text."""
    return len(text.split())


def _without_gaps(heard: Sequence[Utterance]) -> list[Utterance]:
    """Give an unnamed segment to the speaker on both sides of it: the events left a gap there."""
    filled = list(heard)
    for index in range(1, len(filled) - 1):
        before, here, after = filled[index - 1 : index + 2]
        unbroken = before.stretch == after.stretch and _voice(before) == _voice(after)
        if not any(_voice(here)) and any(_voice(before)) and unbroken:
            filled[index] = replace(
                before,
                id=here.id,
                start=here.start,
                end=here.end,
                text=here.text,
                unsure=here.unsure,
                item=here.item,
            )
    return filled


def _voice(utterance: Utterance) -> tuple[str, str, bool]:
    return fold(utterance.speaker), fold(utterance.unit), utterance.chair


def _sentences(said: Sequence[Utterance]) -> list[Sentence]:
    texts = [clean(utterance.text) for utterance in said]
    marks = sum(text.count(mark) for text in texts for mark in ".?!")
    if sum(map(words, texts)) > _WORDS_PER_MARK * (marks + 1):
        return [Sentence(t, (u.id,), u.start) for t, u in zip(texts, said, strict=True)]
    joined = " ".join(texts)
    offsets = [0]
    for text in texts[:-1]:
        offsets.append(offsets[-1] + len(text) + 1)
    return [
        _located(joined[begin:end], begin, said, texts, offsets) for begin, end in _spans(joined)
    ]


def _spans(text: str) -> list[tuple[int, int]]:
    spans, begin = [], 0
    for boundary in _BOUNDARY.finditer(text):
        spans.append((begin, boundary.start()))
        begin = boundary.end()
    spans.append((begin, len(text)))
    return [(begin, end) for begin, end in spans if text[begin:end].strip(" .,;:")]


def _located(
    text: str, begin: int, said: Sequence[Utterance], texts: Sequence[str], offsets: Sequence[int]
) -> Sentence:
    """Find the utterances of a sentence, and its second: as far into the first as its letters."""
    first = bisect_right(offsets, begin) - 1
    last = bisect_right(offsets, begin + len(text) - 1) - 1
    utterance = said[first]
    share = (begin - offsets[first]) / max(1, len(texts[first]))
    start = utterance.start + share * max(0.0, utterance.end - utterance.start)
    return Sentence(text, tuple(u.id for u in said[first : last + 1]), round(start, 2))


def _paragraphs(sentences: Sequence[Sentence], said: Sequence[Utterance]) -> list[list[Sentence]]:
    silent = {later.id for earlier, later in pairwise(said) if later.start - earlier.end >= _PAUSE}
    paragraphs: list[list[Sentence]] = []
    opened: set[int] = set()
    for sentence in sentences:
        after_silence = sentence.evidence[0] in silent - opened
        if (
            not paragraphs
            or after_silence
            or len(paragraphs[-1]) >= _LONGEST_PARAGRAPH
            or _HAND_OVER.search(sentence.folded)
        ):
            paragraphs.append([])
        opened.add(sentence.evidence[0])
        paragraphs[-1].append(sentence)
    return paragraphs
