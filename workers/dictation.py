"""A recording on disk turned into text at once, without a database: what the command line uses."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from meetly.recordings.sound import LONGEST, probe
from meetly.transcripts.attribution import Talk, attribute
from meetly.transcripts.sentences import listen
from meetly.transcripts.splitting import split
from meetly.transcripts.transcriber import Heard, Transcriber

#: Told after every chunk: seconds of sound done, seconds in all.
Progress = Callable[[float, float], None]


@dataclass(frozen=True)
class Spoken:
    """One sentence of a recording and who said it, if that is known; seconds from its beginning."""

    start: float
    end: float
    text: str
    speaker: str | None = None
    probability: float = 1.0
    suspicion: str = ""


@dataclass(frozen=True)
class Dictation:
    """Everything heard in one recording."""

    duration: float
    language: str
    model: str
    segments: tuple[Spoken, ...]


def transcribe_file(
    path: Path,
    transcriber: Transcriber,
    language: str = "vi",
    talks: Iterable[Talk] | None = None,
    progress: Progress | None = None,
    *,
    prompt: str = "",
    budget: float = LONGEST,
) -> Dictation:
    """Listen to a whole recording, one chunk in memory at a time.

    Raises the errors of `meetly.recordings.sound.probe` and those of the engine.
    """
    duration = probe(path, longest=budget).duration
    known = tuple(talks or ())
    segments: list[Spoken] = []
    for cut in split(path, target=transcriber.target, longest=transcriber.longest, budget=budget):
        heard = listen(cut, transcriber, language=language, prompt=prompt)
        segments += [_spoken(sentence, known) for sentence in heard]
        duration = max(duration, cut.end)
        if progress is not None:
            progress(cut.end, duration)
    return Dictation(round(duration, 3), language, transcriber.name, tuple(segments))


def _spoken(heard: Heard, talks: Iterable[Talk]) -> Spoken:
    speaker = attribute(heard.start, heard.end, talks)
    return Spoken(heard.start, heard.end, heard.text, speaker, heard.probability, heard.suspicion)
