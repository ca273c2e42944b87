"""A recording on disk turned into text at once, without a database: what the command line uses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from meetly.recordings.sound import LONGEST, probe
from meetly.transcripts.attribution import Talk, voiced
from meetly.transcripts.known_names import Names
from meetly.transcripts.punctuation import writes_bare
from meetly.transcripts.repair import NO_NAMES, repair
from meetly.transcripts.sentences import listen
from meetly.transcripts.splitting import Cut, split
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
    names: Names = NO_NAMES,
    budget: float = LONGEST,
) -> Dictation:
    """Listen to a whole recording, a batch of chunks in memory at a time.

    Vietnamese is written as offices write it: figures always, and the names that are known.
    Raises the errors of `meetly.recordings.sound.probe` and those of the engine.
    """
    duration = probe(path, longest=budget).duration
    known = sorted(talks or (), key=lambda talk: (talk.start, talk.end))
    segments: list[Spoken] = []
    for cuts in _some(
        split(path, target=transcriber.target, longest=transcriber.longest, budget=budget),
        transcriber.batch,
    ):
        heard = listen(cuts, transcriber, language=language, prompt=prompt)
        voices = [voice for parts in voiced(heard, known) for voice in parts]
        heard, speakers = [part for part, _ in voices], [speaker for _, speaker in voices]
        if language == "vi":
            heard = _repaired(heard, names, transcriber.name)
        segments += map(_spoken, heard, speakers)
        duration = max(duration, cuts[-1].end)
        if progress is not None:
            progress(cuts[-1].end, duration)
    return Dictation(round(duration, 3), language, transcriber.name, tuple(segments))


def _some(cuts: Iterable[Cut], most: int) -> Iterator[list[Cut]]:
    """Gather cuts until the engine has enough of them to hear at a time, or they are many."""
    some: list[Cut] = []
    for cut in cuts:
        some.append(cut)
        if sum(not one.is_empty for one in some) == most or len(some) == 2 * most:
            yield some
            some = []
    if some:
        yield some


def _repaired(heard: Sequence[Heard], names: Names, model: str) -> list[Heard]:
    """Repair the sentences of one chunk, but for those that may be invented."""
    bare = writes_bare([sentence.text for sentence in heard], model)
    return [
        sentence
        if sentence.suspicion
        else replace(sentence, text=_written(sentence, names, bare=bare))
        for sentence in heard
    ]


def _written(heard: Heard, names: Names, *, bare: bool) -> str:
    probabilities = [(word.text, word.probability) for word in heard.words]
    return repair(heard.text, names, probabilities=probabilities, bare=bare).text


def _spoken(heard: Heard, speaker: str | None) -> Spoken:
    return Spoken(heard.start, heard.end, heard.text, speaker, heard.probability, heard.suspicion)
