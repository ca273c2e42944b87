"""Who said what: segments tied to speakers, and speakers to the people and units we know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import select

from meetly.accounts import service as accounts
from meetly.accounts.models import Unit, User
from meetly.extensions import db
from meetly.folding import fold
from meetly.meetings.models import Invitation, Meeting
from meetly.recordings import service as recordings
from meetly.recordings.models import Recording
from meetly.transcripts.attribution import Talk, attribute
from meetly.transcripts.models import Segment, Speaker, Transcript

#: What stands between the parts of a display name: "UBND xã Nậm Hoa - Vàng A Sình".
_PARTS = re.compile(r"\s+[-–—]\s+|\s*[|,;:()/]\s*")


def attribute_segments(transcript: Transcript, segments: Sequence[Segment]) -> None:
    """Give each segment the speaker whose microphone was open the longest meanwhile."""
    talks = [Talk(t.speaker, t.start, t.end) for t in recordings.talks(transcript.recording)]
    if not talks:
        return
    speakers = {speaker.label: speaker for speaker in _speakers(transcript.id)}
    ordered = sorted(segments, key=lambda segment: (segment.start, segment.end))
    for segment, near in _beside(ordered, talks):
        label = attribute(segment.start, segment.end, near)
        if label is None:
            segment.speaker_id = None
            continue
        if label not in speakers:
            speakers[label] = _introduce(transcript, label)
        segment.speaker_id, segment.speaker = speakers[label].id, speakers[label]
    db.session.flush()


def _beside(
    segments: Iterable[Segment], talks: Sequence[Talk]
) -> Iterator[tuple[Segment, list[Talk]]]:
    """Yield each segment with the talks that touch it; both come sorted by their start."""
    near: list[Talk] = []
    following = 0
    for segment in segments:
        while following < len(talks) and talks[following].start < segment.end:
            near.append(talks[following])
            following += 1
        near = [talk for talk in near if talk.end > segment.start]
        yield segment, near


def _speakers(transcript_id: int) -> list[Speaker]:
    return list(db.session.scalars(select(Speaker).where(Speaker.transcript_id == transcript_id)))


def _introduce(transcript: Transcript, label: str) -> Speaker:
    """Add a speaker, with the person and the unit behind the name where we know them."""
    recording = transcript.recording
    told = next((voice for voice in recording.speakers if voice.get("name") == label), {})
    user = _person(recording, label)
    unit = _unit(told.get("unit", "")) or _unit_of(user) or _unit(label)
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
    """Find the one person of the invited units who is called so."""
    meeting = db.session.get_one(Meeting, recording.meeting_id)
    invited = select(Invitation.unit_id).where(Invitation.meeting_id == meeting.id)
    people = accounts.people_of([meeting.unit_id, *db.session.scalars(invited)])
    chair_and_secretary = [person for person in (meeting.chair, meeting.secretary) if person]
    wanted = {fold(part) for part in (label, *_PARTS.split(label)) if part.strip()}
    named = {p.id: p for p in (*chair_and_secretary, *people) if fold(p.name) in wanted}
    return next(iter(named.values())) if len(named) == 1 else None


def _unit_of(user: User | None) -> Unit | None:
    return user.memberships[0].unit if user and user.memberships else None


def _unit(name: str) -> Unit | None:
    for part in (name, *_PARTS.split(name)):
        if part.strip() and (unit := accounts.unit_named(part)):
            return unit
    return None
