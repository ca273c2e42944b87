"""What the house asks of any speech engine: samples in, heard sentences out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Heard:
    """A sentence or clause that an engine heard; seconds from the beginning of its chunk.

    `suspicion` names why the words may be invented (`meetly.transcripts.invention`), or is empty.
    """

    start: float
    end: float
    text: str
    probability: float
    suspicion: str = ""


class Transcriber(Protocol):
    """A speech engine. The same samples always give the same sentences."""

    @property
    def name(self) -> str:
        """Name the engine and model, as stored with the transcript."""

    @property
    def target(self) -> float:
        """Say from which length in seconds on a chunk may be cut."""

    @property
    def longest(self) -> float:
        """Say how many seconds of sound it hears well at a time."""

    def hear(self, samples: NDArray[np.float32], *, language: str, prompt: str = "") -> list[Heard]:
        """Write down what is said in one chunk of 16 kHz mono sound."""
