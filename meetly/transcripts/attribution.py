"""Who said a sentence, from the engine's record of who talked when.

Where the times of the words are known, a sentence in which the voice changes is parted at the word
where it does. The record is not exact: a microphone is noticed a moment after its speaker begins
and let go a moment early or late, so that near a change both may have spoken; there the longest
pause decides, and no change is believed for the sake of a single word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Protocol, TypeAlias, TypeVar

from meetly.transcripts.transcriber import Heard, Word


@dataclass(frozen=True)
class Talk:
    """One stretch in which a speaker's microphone was active; seconds on the recording's clock."""

    speaker: str
    start: float
    end: float


class Stretch(Protocol):
    """Anything with a beginning and an end."""

    @property
    def start(self) -> float:
        """Say from which second."""

    @property
    def end(self) -> float:
        """Say to which second."""


Said = TypeVar("Said", bound=Stretch)
#: A sentence or a part of one, and who said it if anybody knows.
Voice: TypeAlias = tuple[Heard, str | None]

#: Seconds by which a voice may be heard before its talk begins, and behind its end.
_LEAD, _TRAIL = 0.6, 0.4
#: What a change of voice costs, in seconds of words said outside of the speaker's talks: little
#: in a pause and behind a mark, much within running speech.
_CHANGE, _PAUSED, _MARKED = 0.9, 0.5, 0.2
_MARKS = (".", "?", "!", "…", ":", ";", ",")
#: Seconds and words of the shortest part of a sentence that is given to a voice of its own.
_LEAST, _LEAST_WORDS = 0.5, 2
#: A word that was heard in no time at all weighs so many seconds.
_BLINK = 0.05


def attribute(start: float, end: float, talks: Iterable[Talk]) -> str | None:
    """Name the speaker whose talks overlap most with `start` to `end`; None when nobody's do.

    A speaker who paused within the sentence counts with the sum of the pieces. Between equals
    the one who began earlier is named.
    """
    overlaps: dict[str, float] = {}
    for talk in sorted(talks, key=lambda talk: (talk.start, talk.end, talk.speaker)):
        overlap = min(end, talk.end) - max(start, talk.start)
        if overlap > 0:
            overlaps[talk.speaker] = overlaps.get(talk.speaker, 0.0) + overlap
    if not overlaps:
        return None
    most = max(overlaps.values())
    return next(speaker for speaker, overlap in overlaps.items() if overlap >= most - 1e-6)


def beside(said: Iterable[Said], talks: Sequence[Talk]) -> Iterator[tuple[Said, list[Talk]]]:
    """Yield each sentence with the talks that touch it; both come sorted by their start."""
    near: list[Talk] = []
    following = 0
    for sentence in said:
        while following < len(talks) and talks[following].start < sentence.end:
            near.append(talks[following])
            following += 1
        near = [talk for talk in near if talk.end > sentence.start]
        yield sentence, [talk for talk in near if talk.start < sentence.end]


def voiced(sentences: Iterable[Heard], talks: Sequence[Talk]) -> Iterator[list[Voice]]:
    """Yield the parts of each sentence with their speakers: one where the voice does not change.

    Both come sorted by their start and on the same clock. A part gets the words that were said in
    it; giving the parts to this function again changes nothing.
    """
    for sentence, near in beside(sentences, talks):
        yield _parts(sentence, near)


def _parts(sentence: Heard, near: Sequence[Talk]) -> list[Voice]:
    written = sentence.text.split()
    speakers = list(dict.fromkeys(talk.speaker for talk in near))
    if len(speakers) < 2 or len(written) != len(sentence.words) or not written:
        return [(sentence, attribute(sentence.start, sentence.end, near))]
    voices = _joined(sentence.words, _voices(sentence.words, written, speakers, near))
    runs = [list(run) for _, run in groupby(range(len(voices)), key=voices.__getitem__)]
    if len(runs) == 1:
        return [(sentence, voices[0])]
    ends = [*(sentence.words[run[-1]].end for run in runs[:-1]), sentence.end]
    starts = [sentence.start, *(sentence.words[run[0]].start for run in runs[1:])]
    return [
        (
            replace(
                sentence,
                start=start,
                end=max(start, end),
                text=" ".join(written[run[0] : run[-1] + 1]),
                words=sentence.words[run[0] : run[-1] + 1],
            ),
            voices[run[0]],
        )
        for run, start, end in zip(runs, starts, ends, strict=True)
    ]


def _voices(
    words: Sequence[Word], written: Sequence[str], speakers: Sequence[str], near: Sequence[Talk]
) -> list[str]:
    """Find the cheapest way to give every word a speaker (Viterbi)."""
    costs = [_outside(words[0], speaker, near) for speaker in speakers]
    steps: list[list[int]] = []
    for (before, word), text in zip(pairwise(words), written, strict=False):
        cheapest = min(range(len(speakers)), key=costs.__getitem__)
        change = costs[cheapest] + _price(before, word, text)
        came = [i if cost <= change else cheapest for i, cost in enumerate(costs)]
        costs = [
            min(cost, change) + _outside(word, speaker, near)
            for cost, speaker in zip(costs, speakers, strict=True)
        ]
        steps.append(came)
    at = min(range(len(speakers)), key=costs.__getitem__)
    path = [at]
    for came in reversed(steps):
        at = came[at]
        path.append(at)
    return [speakers[index] for index in reversed(path)]


def _outside(word: Word, speaker: str, near: Sequence[Talk]) -> float:
    """Return the seconds of a word that lie outside of everything the speaker may have said."""
    length = max(word.end - word.start, _BLINK)
    inside = max(
        min(word.end, talk.end + _TRAIL) - max(word.start, talk.start - _LEAD)
        for talk in near
        if talk.speaker == speaker
    )
    return length - min(length, max(0.0, inside))


def _price(before: Word, after: Word, text: str) -> float:
    pause = min(_PAUSED, max(0.0, after.start - before.end))
    return _CHANGE - pause - (_MARKED if text.endswith(_MARKS) else 0.0)


def _joined(words: Sequence[Word], voices: Sequence[str]) -> list[str]:
    """Give parts that are too short to be a voice of their own to the longer neighbour."""
    joined = list(voices)
    while True:
        runs = [list(run) for _, run in groupby(range(len(joined)), key=joined.__getitem__)]
        lengths = [words[run[-1]].end - words[run[0]].start for run in runs]
        short = [
            index
            for index, run in enumerate(runs)
            if len(run) < _LEAST_WORDS or lengths[index] < _LEAST
        ]
        if len(runs) == 1 or not short:
            return joined
        here = min(short, key=lengths.__getitem__)
        beside = [index for index in (here - 1, here + 1) if 0 <= index < len(runs)]
        winner = joined[runs[max(beside, key=lengths.__getitem__)][0]]
        for index in runs[here]:
            joined[index] = winner
