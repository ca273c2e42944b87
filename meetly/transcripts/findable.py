"""Segments in the search: what the host unit may find of what was said."""

from __future__ import annotations

from meetly import search
from meetly.extensions import db
from meetly.meetings.models import Meeting
from meetly.transcripts.models import Segment, Transcript

KIND = "segment"


def update(segment: Segment, transcript: Transcript) -> None:
    """Let the search find a segment as it reads now, unless nobody may have said it."""
    if segment.suspicion or not segment.current:
        search.remove(KIND, segment.id)
        return
    meeting = db.session.get_one(Meeting, transcript.meeting_id)
    search.index(
        KIND,
        segment.id,
        meeting_id=meeting.id,
        audience="host",
        title=meeting.title,
        link=f"/transcripts/{transcript.id}/segments/{segment.id}",
        text=segment.text,
    )
