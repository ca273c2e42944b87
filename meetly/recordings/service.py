"""Verbs of recordings: receiving a file in pieces that are safe before they are acknowledged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import delete, select, update

from meetly import arriving, audit, clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, User
from meetly.arriving import Kept as Kept
from meetly.config import settings
from meetly.errors import BadInput, MeetlyError, NoSpace, NotAllowed, NotFound, WrongState
from meetly.errors import TooLarge as TooManyBytes
from meetly.extensions import db
from meetly.meetings.models import Meeting, MeetingStatus
from meetly.recordings import talk_events
from meetly.recordings.beginnings import beginning
from meetly.recordings.models import TRANSITIONS, Recording, RecordingStatus, TalkEvent
from meetly.recordings.parts import channel_of as channel_of
from meetly.recordings.parts import place as place
from meetly.recordings.parts import set_track as set_track
from meetly.recordings.parts import timeline_of as timeline_of
from meetly.recordings.sound import Sound
from meetly.storage import files

FOLDER = "recordings"


# -- receiving ---------------------------------------------------------------------------------


def require_may_upload(user: User, meeting: Meeting) -> None:
    """Raise NotAllowed or WrongState unless the person may add recordings to the meeting."""
    accounts.require(user, meeting.unit_id, Role.SECRETARY)
    if meeting.status == MeetingStatus.CANCELLED:
        raise WrongState("Cuộc họp đã hủy nên không nhận bản ghi.")


def begin(user: User, meeting: Meeting, filename: str, size: int) -> Recording:
    """Open an upload of `size` bytes; admitted only when it may and can be kept.

    Raises BadInput for an empty file, TooLarge beyond the limit, NoSpace when the disk could not
    hold this upload beside those already promised.
    """
    require_may_upload(user, meeting)
    require_room(size)
    recording = _recording(user, meeting, filename, arriving.new_key(FOLDER), size)
    audit.record(user.id, "recordings.begin", recording, filename=recording.filename, size=size)
    return recording


def require_room(size: int) -> None:
    """Raise BadInput, TooLarge or NoSpace when a file of this size cannot be taken in."""
    if size <= 0:
        raise BadInput("Tệp trống, không có gì để tải lên.")
    if size > settings().largest_upload:
        raise TooManyBytes("Tệp lớn hơn giới hạn cho phép; chưa có gì được tải lên.")
    if arriving.space() < size:
        raise NoSpace(
            "Máy chủ không đủ chỗ cho tệp này; chưa có gì được tải lên. Hãy báo quản trị."
        )


def upload_of(user: User, upload_id: str, *, lock: bool = False) -> Recording:
    """Return the upload of this name to the secretaries of its meeting; NotFound to others."""
    recording = arriving.find(Recording, upload_id, lock=lock)
    if recording is None or Role.SECRETARY not in _roles(user, recording):
        raise NotFound()
    return recording


def append(user: User, upload_id: str, offset: int, piece: bytes) -> Recording:
    """Put the next piece of an upload safely on disk; raises as `arriving.append`."""
    recording = upload_of(user, upload_id, lock=True)
    is_open = recording.status == RecordingStatus.RECEIVING
    arriving.append(recording, offset, piece, is_open=is_open)
    return recording


def finish(recording: Recording) -> bool:
    """Hash an upload all of whose bytes are here and hand it to the worker; False if it is not.

    Call it with no transaction open: hashing gigabytes takes a while.
    """
    if recording.status != RecordingStatus.RECEIVING or recording.offset != recording.size:
        return False
    sha256 = files.sha256(recording.storage_key)
    complete = update(Recording).where(
        Recording.id == recording.id,
        Recording.status == RecordingStatus.RECEIVING,
        Recording.offset == Recording.size,
    )
    moment = clock.now()
    changed = db.session.execute(
        complete.values(status=RecordingStatus.RECEIVED, sha256=sha256, received_at=moment)
    )
    if not _one(changed):
        return False
    db.session.refresh(recording)
    audit.record(recording.uploaded_by_id, "recordings.receive", recording, sha256=sha256)
    return True


def complete() -> list[Recording]:
    """List uploads that have all their bytes but whose last request died before it was done."""
    query = select(Recording).where(Recording.status == RecordingStatus.RECEIVING)
    query = query.where(Recording.offset == Recording.size)
    return list(db.session.scalars(query.order_by(Recording.id)))


def cancel(user: User, upload_id: str) -> None:
    """Forget an upload that is not finished; its file goes with the next tidying."""
    recording = upload_of(user, upload_id, lock=True)
    if recording.status != RecordingStatus.RECEIVING:
        raise WrongState("Tệp đã tải xong; hãy xóa ở trang bản ghi của cuộc họp.")
    remove(user, recording)


def keep(source: BinaryIO) -> Kept:
    """Copy an open file into the store, a piece at a time; touches no row."""
    return keep_pieces(iter(lambda: source.read(arriving.PIECE), b""))


def keep_pieces(pieces: Iterable[bytes]) -> Kept:
    """Write pieces into the store as a file of their own; touches no row."""
    return arriving.keep(FOLDER, pieces)


def receive(user: User, meeting: Meeting, filename: str, kept: Kept) -> Recording:
    """Make a kept file a received recording of the meeting."""
    require_may_upload(user, meeting)
    if not kept.size:
        raise BadInput("Tệp trống, không có gì để tải lên.")
    recording = _recording(user, meeting, filename, kept.key, kept.size)
    recording.offset, recording.sha256 = kept.size, kept.sha256
    recording.status, recording.received_at = RecordingStatus.RECEIVED, clock.now()
    db.session.flush()
    audit.record(
        user.id, "recordings.receive", recording, filename=recording.filename, sha256=kept.sha256
    )
    return recording


def receive_file(user: User, meeting: Meeting, path: Path) -> Recording:
    """Copy a file of this machine in as a received recording of the meeting."""
    require_may_upload(user, meeting)
    require_room(path.stat().st_size)
    with path.open("rb") as source:
        return receive(user, meeting, path.name, keep(source))


# -- who spoke when ----------------------------------------------------------------------------


def add_talk_events(
    recording: Recording,
    talks: Iterable[Mapping[str, Any]],
    speakers: Iterable[Mapping[str, Any]] = (),
) -> int:
    """Keep who spoke when, instead of what was known before; return the number of stretches.

    Raises BadInput or TooLarge, and then nothing has changed.
    """
    content = {"talks": list(talks), "speakers": list(speakers)}
    events = talk_events.from_content(content)
    db.session.execute(delete(TalkEvent).where(TalkEvent.recording_id == recording.id))
    db.session.add_all(
        TalkEvent(recording_id=recording.id, speaker=speaker, start=start, end=end)
        for speaker, start, end in events.talks
    )
    recording.speakers = list(events.speakers)
    db.session.flush()
    audit.record(None, "recordings.add_talk_events", recording, count=len(events.talks))
    return len(events.talks)


def read_talk_events(recording: Recording, raw: bytes) -> int:
    """Keep who spoke when from the bytes of an events file; raises as `add_talk_events`."""
    events = talk_events.read(raw)
    talks = [{"speaker": name, "start": start, "end": end} for name, start, end in events.talks]
    return add_talk_events(recording, talks, events.speakers)


def talks(
    recording: Recording, *, start: float = 0.0, end: float = talk_events.LATEST
) -> list[TalkEvent]:
    """List who spoke when, in time: what touches the seconds from `start` to `end`."""
    query = select(TalkEvent).where(
        TalkEvent.recording_id == recording.id, TalkEvent.end >= start, TalkEvent.start <= end
    )
    return list(db.session.scalars(query.order_by(TalkEvent.start, TalkEvent.id)))


def has_talks(recording: Recording) -> bool:
    """Tell whether anything is known of who spoke when."""
    query = select(TalkEvent.id).where(TalkEvent.recording_id == recording.id)
    return db.session.scalar(query.limit(1)) is not None


# -- what the worker finds out -----------------------------------------------------------------


def waiting() -> list[Recording]:
    """List received recordings the worker has not judged yet, the oldest first."""
    query = select(Recording).where(Recording.status == RecordingStatus.RECEIVED)
    return list(db.session.scalars(query.order_by(Recording.id)))


def accept(
    recording: Recording, sound: Sound, media_type: str, peaks: Iterable[float] = ()
) -> None:
    """Say that a recording is sound we can use; accepting it again changes nothing."""
    if recording.status == RecordingStatus.ACCEPTED:
        return
    _move(recording, RecordingStatus.ACCEPTED)
    recording.duration, recording.media_type = sound.duration, media_type
    recording.peaks = list(peaks)
    if recording.begins_at is None:  # else somebody who was there has said it
        recording.begins_at = beginning(
            filename=recording.filename,
            written=sound.written,
            seconds=sound.duration,
            received=recording.received_at or clock.now(),
            day=clock.local(recording.meeting.starts_at).date(),
        )
    db.session.flush()
    audit.record(None, "recordings.accept", recording, duration=round(sound.duration, 3))


def draw(recording: Recording, peaks: Iterable[float]) -> None:
    """Keep the waveform of a recording."""
    recording.peaks = list(peaks)
    db.session.flush()


def refuse(recording: Recording, why: MeetlyError | str) -> None:
    """Say that a recording cannot be used, and why in a sentence for people."""
    _move(recording, RecordingStatus.REFUSED)
    recording.refusal = str(why)
    db.session.flush()
    audit.record(None, "recordings.refuse", recording, why=str(why))


# -- reading and removing ----------------------------------------------------------------------


def get(user: User, recording_id: int) -> Recording:
    """Return a recording to the secretaries and leaders of the host unit; NotFound to others."""
    recording = db.session.get(Recording, recording_id)
    if recording is None or not _roles(user, recording) & {Role.SECRETARY, Role.LEADER}:
        raise NotFound()
    return recording


def get_to_change(user: User, recording_id: int) -> Recording:
    """Return a recording to a secretary of the host unit; NotAllowed to its leaders."""
    recording = get(user, recording_id)
    if Role.SECRETARY not in _roles(user, recording):
        raise NotAllowed()
    return recording


def of_meeting(user: User, meeting: Meeting) -> list[Recording]:
    """List the recordings of a meeting, for those who may hear them; nothing for others."""
    if not accounts.roles_in(user, meeting.unit_id) & {Role.SECRETARY, Role.LEADER}:
        return []
    query = select(Recording).where(Recording.meeting_id == meeting.id)
    return list(db.session.scalars(query.order_by(Recording.id)))


def remove(user: User, recording: Recording) -> None:
    """Cancel an upload or take a recording away; its file goes with the next tidying.

    An accepted recording has a transcript, which has to go first.
    """
    if Role.SECRETARY not in _roles(user, recording):
        raise NotAllowed()
    audit.record(
        user.id, "recordings.remove", recording, filename=recording.filename,
        status=recording.status, sha256=recording.sha256,
    )  # fmt: skip
    _forget(recording)


def forget_unfinished() -> int:
    """Forget uploads that were begun long ago and never finished; return how many."""
    stale = arriving.forgotten(Recording)
    for recording in stale:
        audit.record(None, "recordings.expire", recording, filename=recording.filename)
        _forget(recording)
    return len(stale)


def sweep(grace: float = arriving.GRACE) -> int:
    """Delete the files that belong to no recording; return how many.

    A row is deleted first and its file later, here: a crash between the two loses nothing.
    """

    def is_wanted(key: str) -> bool:
        query = select(Recording.id).where(Recording.storage_key == key)
        return db.session.scalar(query) is not None

    return files.sweep(FOLDER, grace, is_wanted)


# -- inside ------------------------------------------------------------------------------------


def _recording(user: User, meeting: Meeting, filename: str, key: str, size: int) -> Recording:
    recording = Recording(
        meeting_id=meeting.id, upload_id=arriving.new_name(), storage_key=key,
        filename=arriving.shown_name(filename, "ghi-am"), size=size, offset=0,
        status=RecordingStatus.RECEIVING, uploaded_by_id=user.id, created_at=clock.now(),
    )  # fmt: skip
    db.session.add(recording)
    db.session.flush()
    return recording


def _roles(user: User, recording: Recording) -> set[Role]:
    return accounts.roles_in(user, recording.meeting.unit_id)


def _move(recording: Recording, status: RecordingStatus) -> None:
    if status not in TRANSITIONS[RecordingStatus(recording.status)]:
        raise WrongState()
    recording.status = status


def _forget(recording: Recording) -> None:
    db.session.execute(delete(TalkEvent).where(TalkEvent.recording_id == recording.id))
    db.session.delete(recording)
    db.session.flush()


def _one(result: Any) -> bool:
    return bool(result.rowcount == 1)
