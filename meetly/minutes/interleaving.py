"""Several recordings of one meeting read as one: by the clock, and every word only once.

Where two parts of the same microphone overlap, the earlier one is read up to its end. What one
voice said and two open microphones heard is read from the nearer one. Nothing else is left out.
"""

from __future__ import annotations

import math
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from heapq import merge

from meetly.minutes.speech import Utterance
from meetly.paper_wording import plain

#: Share of a sentence's words that another microphone must have heard for it to be the same.
_SAME = 0.75
#: Share of the shorter sentence's time in which both are heard.
_TOGETHER = 0.5
#: Words below which only the very same ones are the same: two people may both say "Nhất trí".
_FEW = 3
#: Seconds of overlap within the error of a clock to the minute: there the words decide.
_PRECISION = 60.0
#: Sentences begin at most so many seconds before their end.
_LONGEST = 60.0
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Voiced:
    """An utterance on the line of the meeting, and how well it was heard."""

    utterance: Utterance
    #: loudness 0 to 1, and the engine's belief 0 to 1
    loudness: float = 0.0
    probability: float = 1.0


@dataclass(frozen=True)
class Strand:
    """What was heard in one recording, in order."""

    voiced: Sequence[Voiced]
    #: which microphone; empty for the sound of everybody
    channel: str = ""
    #: the second of the line up to which an earlier part of the channel is read, and how long both
    #: have the same sound
    read_until: float = 0.0
    twice: float = 0.0


def interleave(strands: Sequence[Strand]) -> list[Utterance]:
    """Weave what was heard into one reading; strands come in the order of their beginnings."""
    channels: dict[str, list[Voiced]] = {}
    for strand in strands:
        before = channels.setdefault(strand.channel, [])
        before += _unread(strand, before)
    if len(channels) == 1:
        return [said.utterance for said in next(iter(channels.values()))]
    kept = [_once(name, channels) for name in channels]
    return [said.utterance for said in merge(*kept, key=lambda said: said.utterance.start)]


def _unread(strand: Strand, before: Sequence[Voiced]) -> Iterator[Voiced]:
    """Leave out what an earlier part of the same microphone holds."""
    near = [_words(v) for v in before if v.utterance.end > strand.read_until - strand.twice - 5]
    for said in strand.voiced:
        middle = (said.utterance.start + said.utterance.end) / 2
        is_told = middle < strand.read_until and (
            strand.twice > _PRECISION or _is_among(_words(said), near)
        )
        if not is_told:
            yield said


def _is_among(words: list[str], sentences: Sequence[list[str]]) -> bool:
    """Tell whether nearly all of these words stand in the sentences in the same order."""
    if len(words) <= _FEW:
        return words in sentences
    others = [word for sentence in sentences for word in sentence]
    matcher = SequenceMatcher(None, others, words, autojunk=False)
    return sum(b.size for b in matcher.get_matching_blocks()) >= _SAME * len(words)


def _once(name: str, channels: dict[str, list[Voiced]]) -> list[Voiced]:
    """Leave out what another microphone heard better."""
    kept = list(channels[name])
    for other, rivals in channels.items():
        if other != name:
            kept = list(_not_in(kept, rivals, alone=bool(name), rival_alone=bool(other)))
    return kept


def _not_in(
    mine: Sequence[Voiced], rivals: Sequence[Voiced], *, alone: bool, rival_alone: bool
) -> Iterator[Voiced]:
    near: deque[Voiced] = deque()
    following = 0
    for said in mine:
        while following < len(rivals) and rivals[following].utterance.start < said.utterance.end:
            near.append(rivals[following])
            following += 1
        while near and near[0].utterance.start < said.utterance.start - _LONGEST:
            near.popleft()
        better = [
            rival
            for rival in near
            if _together(said, rival) and _rank(rival, rival_alone) > _rank(said, alone)
        ]
        if not better or not _is_among(_words(said), [_words(rival) for rival in better]):
            yield said


def _together(one: Voiced, other: Voiced) -> bool:
    a, b = one.utterance, other.utterance
    both = min(a.end, b.end) - max(a.start, b.start)
    return both > 0 and both >= _TOGETHER * min(a.end - a.start, b.end - b.start)


def _rank(said: Voiced, alone: bool) -> tuple[bool, int, float, int]:
    """Order what was heard by how near the microphone was: steps of 3 dB, then the belief."""
    step = round(20 * math.log10(max(said.loudness, 1e-4)) / 3)
    return alone, step if alone else 0, said.probability, -said.utterance.id


def _words(said: Voiced) -> list[str]:
    return _WORD.findall(plain(said.utterance.text))
