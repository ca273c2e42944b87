"""Verbs of minutes: draft them from what was heard, show them, change, approve, hand them out.

The verbs that change words live in `editing`, those of the way to approval in `approval`; this file
decides who may read and begins and weaves the draft. Everybody outside the room comes through here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, exists, or_, select

from meetly import audit, clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, User
from meetly.errors import NotFound
from meetly.extensions import db
from meetly.meetings import service as meetings
from meetly.meetings.models import Meeting
from meetly.minutes import doubts, interruptions
from meetly.minutes.approval import (
    approval_of,
    approve,
    document_of,
    give_back,
    open_remarks,
    remark,
    remarks,
    resolve_remark,
    submit,
    withdraw,
)
from meetly.minutes.blocks import Block, BlockKind
from meetly.minutes.direction_blocks import (
    conclude_direction,
    join_directions,
    part_direction,
)
from meetly.minutes.drafting import Conclusion, draft, weave
from meetly.minutes.editing import (
    add_block,
    block_in,
    edit_block,
    is_derived,
    move_block,
    reassign_block,
    remove_block,
)
from meetly.minutes.facts import canonical_facts
from meetly.minutes.gathering import Heard, directory_of, facts_of, heard_in
from meetly.minutes.kept_papers import Tampered
from meetly.minutes.models import EDITABLE, Minutes, MinutesStatus, MinutesVersion
from meetly.minutes.rewording import REWORDED, Wording, reworded
from meetly.minutes.versions import blocks_of, hold, keep, version_of
from meetly.notices import service as notices
from meetly.recordings.models import Recording, RecordingStatus
from meetly.transcripts.models import Segment, Transcript, TranscriptStatus

__all__ = [
    "Conclusion", "Heard", "Tampered", "add_block", "approval_of", "approve", "block_in",
    "blocks_of", "conclude_direction", "directory_of", "document", "draft_for", "edit_block",
    "evidence_of", "facts_of", "facts_shown", "first_words", "get", "get_to_keep", "give_back",
    "heard_in", "hold", "is_derived", "is_keeper", "join_directions", "listing", "may_read",
    "move_block", "of_meeting", "open_remarks", "part_direction", "reassign_block",
    "recordings_of", "remark", "remarks", "remove_block", "resolve_remark", "submit",
    "version_of", "versions", "waiting", "waits", "weave_directions", "withdraw",
]  # fmt: skip

KEEPERS = (Role.SECRETARY, Role.LEADER)
PAGE = 30
#: So long the draft waits for a part that is still being uploaded; then it was given up.
UPLOADING = timedelta(hours=2)

# -- drafting --------------------------------------------------------------------------------


def waiting() -> list[Meeting]:
    """List the meetings whose recordings are all transcribed and that have no minutes yet."""
    ready = exists().where(
        Transcript.meeting_id == Meeting.id, Transcript.status == TranscriptStatus.READY
    )
    busy = exists().where(
        Transcript.meeting_id == Meeting.id,
        Transcript.status.in_([TranscriptStatus.SPLITTING, TranscriptStatus.TRANSCRIBING]),
    )
    recent = clock.now() - UPLOADING
    arriving = exists().where(
        Recording.meeting_id == Meeting.id,
        or_(
            Recording.status == RecordingStatus.RECEIVED,
            and_(Recording.status == RecordingStatus.RECEIVING, Recording.created_at > recent),
        ),
    )
    drafted = exists().where(Minutes.meeting_id == Meeting.id)
    query = select(Meeting).where(ready, ~busy, ~arriving, ~drafted).order_by(Meeting.id)
    return list(db.session.scalars(query))


def waits(meeting_id: int) -> Meeting | None:
    """Return the meeting if it is still one of those that wait for a draft."""
    return next((meeting for meeting in waiting() if meeting.id == meeting_id), None)


def first_words(meeting: Meeting, heard: Heard) -> list[Block]:
    """Return what the built-in drafter makes of a meeting; writes nothing."""
    return draft(heard.utterances, chair=meeting.chair.name if meeting.chair else "")


def draft_for(meeting: Meeting, wording: Wording | None = None) -> Minutes:
    """Draft the minutes of a meeting from its finished transcripts; once drafted, return them.

    `wording` is what a language model answered; each paragraph of it is judged by what is heard
    now, so a sentence corrected while the model thought is not overwritten by its old words.
    """
    found = of_meeting(meeting)
    if found is not None:
        return found
    minutes = Minutes(meeting_id=meeting.id, created_at=clock.now(), version=0)
    minutes.meeting = meeting
    db.session.add(minutes)
    db.session.flush()
    audit.record(None, "minutes.draft", minutes, meeting=meeting.id)
    heard, wording = heard_in(meeting), wording or Wording()
    blocks, passed = reworded(first_words(meeting, heard), heard.utterances, wording)
    minutes.drafter = wording.drafter
    minutes.drafter_note = wording.note(passed, sum(b.kind in REWORDED for b in blocks))
    blocks += doubts.questions(blocks, heard.utterances, directory_of(meeting))
    blocks += interruptions.questions(heard.gaps, heard.utterances)
    keep(None, minutes, blocks, "Dự thảo từ bản bóc băng")
    notices.tell(
        accounts.people_of([meeting.unit_id], Role.SECRETARY),
        key=f"minutes:{minutes.id}:drafted",
        subject=lambda: _("Có dự thảo biên bản: %(title)s", title=meeting.title),
        body=lambda: _("Mỗi đoạn của dự thảo dẫn đến câu nói và giây trong bản ghi."),
        link=f"/minutes/{minutes.id}",
    )
    return minutes


def weave_directions(
    minutes: Minutes, conclusions: Sequence[Conclusion], heard: Heard | None = None
) -> list[Block]:
    """Turn found directions into DIRECTION blocks and return those; the caller holds the minutes.

    Where there are DIRECTION blocks already, or the words can no longer change, nothing is woven.
    """
    blocks = blocks_of(minutes)
    woven = any(block.kind is BlockKind.DIRECTION for block in blocks)
    if conclusions and not woven and minutes.status in EDITABLE:
        heard = heard or heard_in(minutes.meeting)
        day = clock.local(minutes.meeting.starts_at).date()
        blocks = weave(blocks, conclusions, utterances=heard.utterances, meeting_date=day)
        keep(None, minutes, blocks, f"Nhận ra {len(conclusions)} ý kiến chỉ đạo")
    return [block for block in blocks if block.kind is BlockKind.DIRECTION]


# -- reading ---------------------------------------------------------------------------------


def of_meeting(meeting: Meeting) -> Minutes | None:
    """Return the minutes of a meeting, if they were begun; asks no permission."""
    return db.session.scalar(select(Minutes).where(Minutes.meeting_id == meeting.id))


def is_keeper(user: User, minutes: Minutes, *roles: Role) -> bool:
    """Tell whether the person is a secretary or leader (or of these roles) of the unit that met."""
    return bool(accounts.roles_in(user, minutes.meeting.unit_id) & set(roles or KEEPERS))


def may_read(user: User, minutes: Minutes) -> bool:
    """Tell whether the person may read these minutes as they are now."""
    if is_keeper(user, minutes):
        return True
    if minutes.status != MinutesStatus.APPROVED:
        return False
    query = select(Meeting.id).where(Meeting.id == minutes.meeting_id, meetings.visible_to(user))
    return db.session.scalar(query) is not None


def get(user: User, minutes_id: int) -> Minutes:
    """Return minutes the person may read: the host's keepers always, the invited once approved."""
    minutes = db.session.get(Minutes, minutes_id)
    if minutes is None or not may_read(user, minutes):
        raise NotFound()
    return minutes


def get_to_keep(user: User, minutes_id: int) -> Minutes:
    """Return minutes of a meeting the person's own unit holds; NotFound otherwise."""
    minutes = db.session.get(Minutes, minutes_id)
    if minutes is None or not is_keeper(user, minutes):
        raise NotFound()
    return minutes


def listing(
    user: User, status: MinutesStatus | None = None, *, before: int | None = None, limit: int = PAGE
) -> list[Minutes]:
    """List minutes the person may read, newest first; `before` is the last id seen."""
    query = select(Minutes).join(Meeting, Meeting.id == Minutes.meeting_id)
    query = query.where(_readable(user))
    if status is not None:
        query = query.where(Minutes.status == status)
    if before is not None:
        query = query.where(Minutes.id < before)
    return list(db.session.scalars(query.order_by(Minutes.id.desc()).limit(limit)))


def _readable(user: User) -> ColumnElement[bool]:
    kept = [unit.id for unit in accounts.units_as(user, *KEEPERS)]
    approved = and_(Minutes.status == MinutesStatus.APPROVED, meetings.visible_to(user))
    return or_(Meeting.unit_id.in_(kept), approved)


def versions(minutes: Minutes) -> list[MinutesVersion]:
    """List the kept versions, newest first."""
    query = select(MinutesVersion).where(MinutesVersion.minutes_id == minutes.id)
    return list(db.session.scalars(query.order_by(MinutesVersion.number.desc())))


def facts_shown(minutes: Minutes) -> dict[str, Any]:
    """Return the facts as the page shows them: frozen with the documents once submitted."""
    if minutes.status not in EDITABLE:
        frozen = version_of(minutes).facts
        if frozen:
            return frozen
    live: dict[str, Any] = json.loads(canonical_facts(facts_of(minutes.meeting)))
    return live


def evidence_of(blocks: Sequence[Block]) -> dict[int, Segment]:
    """Return the segments that the blocks rest on, by id, with speaker and recording loaded."""
    wanted = {segment_id for block in blocks for segment_id in block.evidence}
    if not wanted:
        return {}
    query = select(Segment).where(Segment.id.in_(wanted))
    return {segment.id: segment for segment in db.session.scalars(query)}


def recordings_of(segments: Iterable[Segment]) -> dict[int, Recording]:
    """Return the recording each of these transcripts was made from, by transcript id."""
    ids = {segment.transcript_id for segment in segments}
    found = db.session.scalars(select(Transcript).where(Transcript.id.in_(ids))) if ids else ()
    return {transcript.id: transcript.recording for transcript in found}


def document(user: User, minutes: Minutes, kind: str) -> tuple[bytes, str]:
    """Return a document ("minutes" or "notice") and its file name, for someone who may read it."""
    if not may_read(user, minutes):
        raise NotFound()
    return document_of(minutes, kind)
