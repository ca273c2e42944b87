"""The verbs that tell the parts and microphones of one meeting apart; others ask `service`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from meetly import audit, clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, Unit, User
from meetly.errors import BadInput
from meetly.extensions import db
from meetly.folding import fold
from meetly.recordings import talk_events
from meetly.recordings.models import Recording, RecordingStatus
from meetly.recordings.timeline import Part, Timeline, timeline


def place(user: User, recording: Recording, begins_at: datetime | None) -> None:
    """Say when the sound of a recording began; None: nobody knows.

    Raises BadInput for a moment that is not within a day of the meeting.
    """
    accounts.require(user, recording.meeting.unit_id, Role.SECRETARY)
    if begins_at is not None:
        day = clock.local(recording.meeting.starts_at).date()
        if abs((clock.local(begins_at).date() - day).days) > 1:
            raise BadInput("Giờ bắt đầu phải trong ngày họp, hoặc trước, sau một ngày.")
    before, recording.begins_at = recording.begins_at, begins_at
    db.session.flush()
    audit.record(
        user.id, "recordings.place", recording,
        before=before.isoformat() if before else "",
        after=begins_at.isoformat() if begins_at else "",
    )  # fmt: skip


def set_track(user: User, recording: Recording, name: str, unit: Unit | None) -> None:
    """Say whose microphone alone a recording holds; without name and unit: everybody's."""
    accounts.require(user, recording.meeting.unit_id, Role.SECRETARY)
    recording.track = talk_events.clean(name)
    recording.track_unit_id = unit.id if unit else None
    db.session.flush()
    audit.record(
        user.id, "recordings.set_track", recording, track=recording.track,
        unit=unit.name if unit else "",
    )  # fmt: skip


def timeline_of(recordings: Iterable[Recording]) -> Timeline:
    """Lay the usable recordings of one meeting on one line of time."""
    usable = [r for r in recordings if r.status == RecordingStatus.ACCEPTED]
    ordered = sorted(usable, key=lambda r: (r.created_at, r.id))
    planned = ordered[0].meeting.starts_at if ordered else None
    parts = [Part(r.id, r.begins_at, r.duration, channel_of(r)) for r in ordered]
    return timeline(parts, planned)


def channel_of(recording: Recording) -> str:
    """Name the microphone a recording came through; empty for the sound of everybody."""
    if not recording.track and recording.track_unit_id is None:
        return ""
    return f"{recording.track_unit_id or ''}:{fold(recording.track)}"
