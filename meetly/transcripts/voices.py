"""Who said what: segments tied to speakers, and speakers to the people and units we know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select

from meetly.accounts import service as accounts
from meetly.accounts.models import Unit, User
from meetly.extensions import db
from meetly.folding import fold
from meetly.meetings import service as meetings
from meetly.meetings.models import Invitation, Meeting
from meetly.recordings import service as recordings
from meetly.recordings.models import Recording
from meetly.transcripts import findable
from meetly.transcripts.attribution import Talk, Voice, voiced
from meetly.transcripts.models import Segment, Speaker, Transcript
from meetly.transcripts.transcriber import Heard, Word

#: More than the segments of any chunk.
_FAR = 1_000_000
#: What stands between the parts of a display name: "UBND xã Nậm Hoa - Vàng A Sình".
_PARTS = re.compile(r"\s+[-–—]\s+|\s*[|,;:()/]\s*")


def parted(transcript: Transcript, start: float, heard: Sequence[Heard]) -> list[Heard]:
    """Part the sentences of a chunk that begins at second `start` where the voice changes."""
    if not heard or _track(transcript.recording):
        return list(heard)
    end = start + max(sentence.end for sentence in heard)
    talks = [
        replace(talk, start=talk.start - start, end=talk.end - start)
        for talk in _talks(transcript.recording, start, end)
    ]
    ordered = sorted(heard, key=lambda sentence: (sentence.start, sentence.end))
    return [part for parts in voiced(ordered, talks) for part, _ in parts]


def attribute_segments(transcript: Transcript, segments: Iterable[Segment]) -> None:
    """Give each segment the speaker whose microphone was open meanwhile, unless a person said who.

    A recording of one microphone has one speaker. Where the voice changes within a segment that
    nobody has edited, parts of it take its place; it stays as a version, since evidence may point
    to it.
    """
    shown = [segment for segment in segments if segment.current and not segment.assigned]
    recording = transcript.recording
    if not shown:
        return
    names, track = _Names(transcript), _track(recording)
    if track:
        for segment in shown:
            names.give(segment, track)
    elif recordings.has_talks(recording):
        first, last = min(s.start for s in shown), max(s.end for s in shown)
        _attribute(transcript, names, shown, _talks(recording, first, last))
    db.session.flush()


def forget_speakers(segments: Iterable[Segment]) -> None:
    """Say of segments that nobody knows who said them, unless a person said so."""
    for segment in segments:
        if not segment.assigned:
            segment.speaker_id, segment.speaker = None, None


def _attribute(
    transcript: Transcript, names: _Names, shown: Sequence[Segment], talks: Sequence[Talk]
) -> None:
    ordered = sorted(shown, key=lambda segment: (segment.start, segment.end, segment.id))
    changing: dict[int, dict[int, list[Voice]]] = {}
    for segment, parts in zip(ordered, voiced(map(_heard, ordered), talks), strict=True):
        if len(parts) == 1:
            names.give(segment, parts[0][1])
        else:
            changing.setdefault(segment.chunk_id, {})[segment.id] = parts
    for chunk_id, by_segment in changing.items():
        _replace(transcript, names, chunk_id, by_segment)


def _replace(
    transcript: Transcript, names: _Names, chunk_id: int, by_segment: Mapping[int, list[Voice]]
) -> None:
    """Put parts where their segments stood, and count the chunk's segments anew."""
    query = select(Segment).where(Segment.chunk_id == chunk_id, Segment.current)
    there = list(db.session.scalars(query.order_by(Segment.ordinal)))
    following: list[Segment] = []
    for segment in there:
        parts = by_segment.get(segment.id, [])
        rows = [_part_of(segment, part) for part, _ in parts]
        for row, (_, label) in zip(rows, parts, strict=True):
            names.give(row, label)
        following += rows or [segment]
        segment.current = not rows
        if rows:  # it belongs to no hearing any more
            segment.take, segment.ordinal = 0, segment.id
        else:  # no two may have one number at any time
            segment.ordinal += _FAR
    db.session.flush()
    for ordinal, segment in enumerate(following):
        segment.ordinal = ordinal
    db.session.add_all(following)
    db.session.flush()
    for segment in dict.fromkeys([*there, *following]):
        findable.update(segment, transcript)


def _part_of(segment: Segment, part: Heard) -> Segment:
    return Segment(
        transcript_id=segment.transcript_id,
        chunk_id=segment.chunk_id,
        take=segment.take,
        start=round(part.start, 3),
        end=round(part.end, 3),
        text=part.text,
        heard=" ".join(word.text for word in part.words),
        words=[[w.start, w.end, w.text, w.probability] for w in part.words],
        probability=segment.probability,
        suspicion=segment.suspicion,
        current=True,
    )


def _heard(segment: Segment) -> Heard:
    """Return a segment as it was heard; without its words when it has to stay in one piece."""
    is_touched = segment.version != 1 or bool(segment.repairs)
    words = () if is_touched else tuple(Word(*word) for word in segment.words)
    return Heard(segment.start, segment.end, segment.text, segment.probability, words=words)


class _Names:
    """The speakers of a transcript by their labels; one is added when it is first heard."""

    def __init__(self, transcript: Transcript) -> None:
        self._transcript = transcript
        query = select(Speaker).where(Speaker.transcript_id == transcript.id)
        self._known = {speaker.label: speaker for speaker in db.session.scalars(query)}

    def give(self, segment: Segment, label: str | None) -> None:
        """Say who said a segment; None: nobody knows."""
        if label is not None and label not in self._known:
            self._known[label] = _introduce(self._transcript, label)
        speaker = None if label is None else self._known[label]
        segment.speaker_id, segment.speaker = speaker.id if speaker else None, speaker


def _talks(recording: Recording, start: float, end: float) -> list[Talk]:
    near = recordings.talks(recording, start=start, end=end)
    return [Talk(talk.speaker, talk.start, talk.end) for talk in near]


def _track(recording: Recording) -> str:
    """Name whose microphone alone a recording holds; empty for everybody's."""
    return recording.track or (recording.track_unit.name if recording.track_unit else "")


def _introduce(transcript: Transcript, label: str) -> Speaker:
    """Add a speaker, with the person and the unit behind the name where we know them."""
    recording = transcript.recording
    told = next((voice for voice in recording.speakers if voice.get("name") == label), {})
    user = _person(recording, label)
    mine = recording.track_unit if label == _track(recording) else None
    unit = mine or _unit(told.get("unit", "")) or _unit_of(user) or _unit(label)
    speaker = Speaker(
        transcript_id=transcript.id,
        label=label,
        name=user.name if user else label,
        position=told.get("position") or (user.position if user else ""),
        unit_id=unit.id if unit else None,
        user_id=user.id if user else None,
    )
    db.session.add(speaker)
    db.session.flush()
    return speaker


def _person(recording: Recording, label: str) -> User | None:
    """Find the one person who is called so, among the invited units and those named."""
    meeting = db.session.get_one(Meeting, recording.meeting_id)
    invited = select(Invitation.unit_id).where(Invitation.meeting_id == meeting.id)
    people = accounts.people_of([meeting.unit_id, *db.session.scalars(invited)])
    by_name = [meeting.chair, meeting.secretary, *meetings.invited_people(meeting)]
    wanted = {fold(part) for part in (label, *_PARTS.split(label)) if part.strip()}
    named = {p.id: p for p in (*by_name, *people) if p and fold(p.name) in wanted}
    return next(iter(named.values())) if len(named) == 1 else None


def _unit_of(user: User | None) -> Unit | None:
    return user.memberships[0].unit if user and user.memberships else None


def _unit(name: str) -> Unit | None:
    for part in (name, *_PARTS.split(name)):
        if part.strip() and (unit := accounts.unit_named(part)):
            return unit
    return None
