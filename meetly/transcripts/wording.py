"""Heard segments written as the office writes, by the names their meeting knows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from meetly.extensions import db
from meetly.meetings.models import Meeting
from meetly.transcripts import vocabulary
from meetly.transcripts.known_names import Names
from meetly.transcripts.marking import stored
from meetly.transcripts.models import Segment, Transcript
from meetly.transcripts.punctuation import writes_bare
from meetly.transcripts.repair import repair
from meetly.transcripts.vocabulary import Vocabulary

LANGUAGE = "vi"


def repair_segments(transcript: Transcript, segments: Sequence[Segment]) -> None:
    """Repair the text of segments that were just heard in one chunk; `heard` stays.

    What may be invented is left as it is: it is shown struck through with the engine's words.
    """
    if transcript.language != LANGUAGE or not segments:
        return
    meeting = db.session.get_one(Meeting, transcript.meeting_id)
    names = _names(vocabulary.of(meeting))
    bare = writes_bare([segment.heard for segment in segments], transcript.model)
    for segment in segments:
        if segment.suspicion:
            continue
        probabilities = [(text, probability) for _, _, text, probability in segment.words or ()]
        done = repair(segment.heard, names, probabilities=probabilities, bare=bare)
        segment.text, segment.repairs = done.text, stored(done)


@lru_cache(maxsize=16)
def _names(words: Vocabulary) -> Names:
    """Index the names of a meeting once; its chunks come one after the other."""
    return Names.of((*words.units, *words.others), words.people, words.titles, words.terms)
