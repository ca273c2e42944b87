"""From chunks of sound to sentences with word times, whatever engine writes the tokens.

An engine is a `Scribe`: it writes tokens for a batch of windows of one length. Here is what all of
them need: silences left out, windows of few lengths, reading on where the token budget
ran out, timestamps turned into pieces, doubt marked.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from meetly.recordings.sound import RATE
from meetly.transcripts.invention import mark_echoes, suspicion
from meetly.transcripts.transcriber import Heard, Word
from meetly.transcripts.voice_activity import FRAMES_A_SECOND, speech_frames
from workers.speech_model import SpeechModel
from workers.squeezing import Squeezed, squeeze

#: Seconds by which windows grow: chunks of about the same length are heard together, and what is
#: heard in one never depends on the others.
STEP = 1.0
WHOLE = 30.0
#: Seconds of windows in one batch at most: memory grows with them, and speed hardly any more.
_TOGETHER = 45.0
#: Seconds kept empty behind the sound.
_MARGIN = 0.5
#: Seconds by which reading must get on for what is left to be read again.
_PROGRESS = 1.0
#: Timestamps a second.
_MOMENTS = 50


@dataclass(frozen=True)
class Token:
    """One written token; `start` is its second in the window, if the engine can tell."""

    number: int
    probability: float = 1.0
    start: float | None = None


@dataclass(frozen=True)
class Written:
    """What a scribe wrote for one window: text and timestamp tokens in order."""

    tokens: tuple[Token, ...]
    log_probability: float  #: mean a token
    is_cut_off: bool  #: the budget of tokens ran out before the end


class Scribe(Protocol):
    """Writes tokens for windows of sound."""

    #: number of the token for 0.00 s; those above stand 20 ms apart
    first_moment: int
    #: windows written at a time, and batches of them that may be written side by side
    batch: int
    lanes: int

    def write(
        self, windows: Sequence[NDArray[np.float32]], seconds: float, language: str, prompt: str
    ) -> list[Written]:
        """Write down windows, each filled up with silence to `seconds`."""

    def text(self, tokens: Sequence[int]) -> str:
        """Write tokens as text."""


@dataclass(frozen=True)
class _Window:
    chunk: int
    begin: float  #: where in the squeezed chunk it begins, in seconds


class Hearing:
    """Hears chunks through a scribe."""

    def __init__(self, scribe: Scribe, shortest: float) -> None:
        self._scribe = scribe
        self._shortest = shortest
        self._pool = ThreadPoolExecutor(scribe.lanes, thread_name_prefix="lane")

    def hear(
        self, chunks: Sequence[NDArray[np.float32]], *, language: str, prompt: str
    ) -> list[list[Heard]]:
        """Write down some chunks, a list of pieces for each."""
        speech = [speech_frames(samples) for samples in chunks]
        squeezed = [squeeze(*pair) for pair in zip(chunks, speech, strict=True)]
        pieces: list[list[Heard]] = [[] for _ in chunks]
        waiting = [_Window(number, 0.0) for number, one in enumerate(squeezed) if one.stretches]
        while waiting:
            rest: list[_Window] = []
            batches = list(self._batches(waiting, squeezed))
            for (_, windows), written in zip(
                batches, self._written(batches, squeezed, language, prompt), strict=True
            ):
                for window, answer in zip(windows, written, strict=True):
                    kept, reached = self._pieces(answer, squeezed[window.chunk].duration, window)
                    pieces[window.chunk] += [_placed(p, squeezed[window.chunk]) for p in kept]
                    if answer.is_cut_off and reached - window.begin >= _PROGRESS:
                        rest.append(_Window(window.chunk, reached))
            waiting = rest
        return [
            mark_echoes([_doubted(piece, frames) for piece in found])
            for found, frames in zip(pieces, speech, strict=True)
        ]

    def _batches(
        self, windows: Sequence[_Window], squeezed: Sequence[Squeezed]
    ) -> Iterator[tuple[float, list[_Window]]]:
        """Group windows of one length, the longest first and no more than one lane's share."""
        groups: dict[float, list[_Window]] = defaultdict(list)
        for window in windows:
            length = squeezed[window.chunk].duration - window.begin + _MARGIN
            steps = math.ceil(max(length, self._shortest) / STEP)
            groups[min(WHOLE, steps * STEP)].append(window)
        share = min(self._scribe.batch, -(-len(windows) // self._scribe.lanes))
        for seconds in sorted(groups, reverse=True):
            most = min(share, max(1, int(_TOGETHER / seconds)))
            for first in range(0, len(groups[seconds]), most):
                yield seconds, groups[seconds][first : first + most]

    def _written(
        self,
        batches: Iterable[tuple[float, list[_Window]]],
        squeezed: Sequence[Squeezed],
        language: str,
        prompt: str,
    ) -> Iterable[list[Written]]:
        """Have batches written in order; each lane takes the next when it has done one."""

        def write(batch: tuple[float, list[_Window]]) -> list[Written]:
            seconds, windows = batch
            sounds = [squeezed[w.chunk].samples[int(w.begin * RATE) :] for w in windows]
            return self._scribe.write(sounds, seconds, language, prompt)

        if self._scribe.lanes == 1:  # in this thread, whose priority is known
            return map(write, batches)
        return self._pool.map(write, batches)

    def _pieces(
        self, written: Written, duration: float, window: _Window
    ) -> tuple[list[Heard], float]:
        """Part what was written at its timestamps; return also up to where it is complete."""
        parts = list(_parted(written.tokens, self._scribe.first_moment))
        if written.is_cut_off and len(parts) > 1:
            parts.pop()  # begun but not finished: it is read again from its beginning
        found: list[Heard] = []
        reached = window.begin
        for start, end, tokens in parts:
            begin = min(window.begin + start, duration)
            last = duration if end is None else max(begin, min(window.begin + end, duration))
            text = " ".join(self._scribe.text([token.number for token in tokens]).split())
            reached = reached if end is None else last
            if text:
                words = self._words(tokens, window.begin, begin, last)
                chance = math.exp(min(0.0, written.log_probability))
                found.append(Heard(begin, last, text, chance, words=words))
        return found, reached

    def _words(
        self, tokens: Sequence[Token], begin: float, first: float, last: float
    ) -> tuple[Word, ...]:
        """Join tokens to the words of the text; a word ends where the next one begins."""
        if any(token.start is None for token in tokens):
            return ()
        groups: list[list[Token]] = []
        for token in tokens:
            if not groups or self._scribe.text([token.number])[:1] == " ":
                groups.append([])
            groups[-1].append(token)
        starts = [min(max(begin + (group[0].start or 0.0), first), last) for group in groups]
        ends = [*starts[1:], last]
        words = [
            Word(
                start, max(start, end), self._scribe.text([t.number for t in group]).strip(),
                float(np.mean([token.probability for token in group])),
            )
            for start, end, group in zip(starts, ends, groups, strict=True)
        ]  # fmt: skip
        return tuple(word for word in words if word.text)


class ScribeTranscriber(ABC):
    """A speech engine that hears through a scribe; nothing heavy is loaded before it is needed."""

    def __init__(self, model: SpeechModel, batch: int) -> None:
        self._model = model
        self._hearing: Hearing | None = None
        self.name = model.name
        self.target, self.longest = model.target, model.longest
        self.batch = batch

    @abstractmethod
    def _scribe(self) -> Scribe:
        """Load the weights into a scribe."""

    def load(self) -> None:
        """Load the weights now rather than at the first `hear`; convert them before if need be.

        Raises ModelNotThere, ModelUnusable, ModelNotFetched, SpeechNotInstalled or
        FastNotInstalled.
        """
        if self._hearing is None:
            self._hearing = Hearing(self._scribe(), self._model.shortest)

    def hear(
        self, chunks: Sequence[NDArray[np.float32]], *, language: str, prompt: str = ""
    ) -> list[list[Heard]]:
        """Write down what is said in some chunks of 16 kHz mono sound."""
        self.load()
        assert self._hearing is not None
        known = prompt if self._model.takes_prompts else ""
        return self._hearing.hear(chunks, language=language, prompt=known)


def _parted(
    tokens: Sequence[Token], first_moment: int
) -> Iterator[tuple[float, float | None, list[Token]]]:
    """Part tokens into (start, end, text); the end is None where none was written."""
    start, inside = 0.0, list[Token]()
    for token in tokens:
        if token.number < first_moment:
            inside.append(token)
            continue
        moment = (token.number - first_moment) / _MOMENTS
        if inside:
            yield start, moment, inside
        start, inside = moment, []
    if inside:
        yield start, None, inside


def _placed(piece: Heard, squeezed: Squeezed) -> Heard:
    """Move a piece from the squeezed sound to the chunk's own clock."""
    words = tuple(
        Word(squeezed.at(w.start), squeezed.at(w.end), w.text, w.probability) for w in piece.words
    )
    start, end = squeezed.at(piece.start), squeezed.at(piece.end)
    return Heard(start, end, piece.text, piece.probability, words=words)


def _doubted(piece: Heard, speech: NDArray[np.bool_]) -> Heard:
    within = speech[int(piece.start * FRAMES_A_SECOND) : math.ceil(piece.end * FRAMES_A_SECOND)]
    share = float(within.mean()) if len(within) else 0.0
    log_probability = math.log(max(piece.probability, 1e-9))
    doubt = suspicion(
        piece.text,
        log_probability=log_probability,
        speech_share=share,
        speech_around=float(speech.sum()) / FRAMES_A_SECOND,
    )
    return Heard(
        piece.start, piece.end, piece.text, piece.probability, str(doubt), words=piece.words
    )
