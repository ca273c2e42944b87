"""What the house asks of any speech engine: samples in, heard sentences out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

#: Seconds: from where on to look for a cut, and the longest chunk: windows of 10 to 15 s are where
#: Whisper still has its context and attention, which grows with the square, costs little.
TARGET, LONGEST = 9.0, 14.5


@dataclass(frozen=True)
class Word:
    """One written word and when it was heard; seconds from the beginning of its chunk."""

    start: float
    end: float
    text: str
    probability: float


@dataclass(frozen=True)
class Heard:
    """A sentence or clause that an engine heard; seconds from the beginning of its chunk.

    `words` are those of the text in order, where the engine can tell them apart, or none.
    `suspicion` names why the words may be invented (`meetly.transcripts.invention`), or is empty.
    """

    start: float
    end: float
    text: str
    probability: float
    suspicion: str = ""
    words: tuple[Word, ...] = ()


class Transcriber(Protocol):
    """A speech engine. The same samples always give the same sentences."""

    @property
    def name(self) -> str:
        """Name the engine and model, as stored with the transcript."""

    @property
    def kind(self) -> str:
        """Name the engine alone, so that a transcript goes on with the one it began with."""

    @property
    def target(self) -> float:
        """Say from which length in seconds on a chunk may be cut."""

    @property
    def longest(self) -> float:
        """Say how many seconds of sound it hears well at a time."""

    @property
    def batch(self) -> int:
        """Say how many chunks it likes to be given at a time."""

    def hear(
        self, chunks: Sequence[NDArray[np.float32]], *, language: str, prompt: str = ""
    ) -> list[list[Heard]]:
        """Write down what is said in some chunks of 16 kHz mono sound, a list for each chunk.

        What is heard in a chunk does not depend on those it is given with.
        """
