"""What all engines share: windows of few lengths, reading on, pieces, words and doubts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from meetly.recordings.sound import RATE
from meetly.transcripts.transcriber import Heard
from tests import tones
from workers.scribe import Hearing, Token, Written

FIRST = 1000
WORDS = {1: " Kính", 2: " thưa", 3: " hội", 4: " nghị.", 5: " Xin", 6: " hết."}


def moment(second: float) -> Token:
    return Token(FIRST + round(second * 50))


class Parrot:
    """A scribe that writes what it was taught and remembers what it was shown."""

    first_moment = FIRST
    batch, lanes = 2, 1

    def __init__(self, *answers: Written) -> None:
        self._answers = list(answers)
        self.shown: list[tuple[int, float]] = []
        self.lengths: list[float] = []

    def write(
        self, windows: Sequence[NDArray[np.float32]], seconds: float, language: str, prompt: str
    ) -> list[Written]:
        self.shown.append((len(windows), seconds))
        self.lengths += [len(window) / RATE for window in windows]
        return [self._answers.pop(0) if self._answers else Written((), 0.0, False) for _ in windows]

    def text(self, tokens: Sequence[int]) -> str:
        return "".join(WORDS[token] for token in tokens)


def speech(sentences: int) -> NDArray[np.float32]:
    pieces = [tones.speak(words) for words in tones.sentences(sentences)]
    return np.concatenate([np.zeros(RATE // 2, np.float32), *pieces])


def hear(scribe: Parrot, *chunks: NDArray[np.float32]) -> list[list[Heard]]:
    return Hearing(scribe, 5.0).hear(chunks, language="vi", prompt="")


def said(*tokens: Token, cut: bool = False) -> Written:
    return Written(tokens, -0.1, cut)


def test_timestamps_part_the_text_and_words_keep_their_moments() -> None:
    sound = speech(4)
    scribe = Parrot(
        said(
            moment(0), Token(1, 0.9, 0.1), Token(2, 0.8, 0.4), moment(1), moment(1.2),
            Token(5, 0.5, 1.2), Token(6, 0.7, 1.5), moment(2),
        )
    )  # fmt: skip
    [[first, second]] = hear(scribe, sound)
    assert (first.text, second.text) == ("Kính thưa", "Xin hết.")
    assert [(w.text, w.probability) for w in first.words] == [("Kính", 0.9), ("thưa", 0.8)]
    assert second.words[0].start == pytest.approx(second.start, abs=0.02)
    assert first.words[-1].end == first.end


def test_windows_are_as_long_as_the_chunk_needs_and_heard_with_their_like() -> None:
    short, long = speech(2), speech(9)
    scribe = Parrot()
    hear(scribe, short, long, short, short)
    assert [count for count, _ in scribe.shown] == [1, 2, 1]
    assert scribe.shown[0][1] > scribe.shown[1][1] == 5.0


def test_silence_is_never_shown_to_the_engine() -> None:
    scribe = Parrot()
    assert hear(scribe, np.zeros(10 * RATE, np.float32)) == [[]]
    assert scribe.shown == []


def test_where_the_budget_ran_out_it_reads_on_from_what_is_complete() -> None:
    sound = speech(8)
    cut = said(moment(0), Token(1), Token(2), moment(2), moment(2), Token(3), cut=True)
    rest = said(moment(0), Token(3), Token(4), moment(1.5))
    scribe = Parrot(cut, rest)
    [heard] = hear(scribe, sound)
    assert [piece.text for piece in heard] == ["Kính thưa", "hội nghị."]
    assert scribe.lengths[1] == pytest.approx(scribe.lengths[0] - 2, abs=0.05)
    assert heard[1].start >= heard[0].end


def test_a_loop_that_gets_nowhere_ends() -> None:
    stuck = said(moment(0), Token(1), Token(1), Token(1), cut=True)
    scribe = Parrot(stuck)
    [heard] = hear(scribe, speech(8))
    assert len(scribe.shown) == 1 and [piece.text for piece in heard] == ["Kính Kính Kính"]


def test_a_guess_is_marked() -> None:
    unsure = Written((moment(0), Token(1), moment(1)), -1.5, False)
    [[piece]] = hear(Parrot(unsure), speech(3))
    assert piece.suspicion == "unsure"
