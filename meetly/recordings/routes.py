"""Pages of recordings: the meeting's recordings, uploads that resume, and the sound itself."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, cast

from flask import (
    Blueprint,
    Response,
    jsonify,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from meetly import clock, tus, web
from meetly.accounts.access import members, public
from meetly.accounts.models import Role
from meetly.config import settings
from meetly.errors import BadInput, NotFound, WrongState
from meetly.extensions import csrf, db
from meetly.meetings import service as meetings
from meetly.recordings import large_form, service, talk_events
from meetly.recordings.forms import ACCEPTED, ClockForm, RecordingForm
from meetly.recordings.models import Recording, RecordingStatus
from meetly.storage import files

blueprint = Blueprint("recordings", __name__)

#: Points of the waveform a page draws.
POINTS = 1_000


# -- pages -------------------------------------------------------------------------------------


@blueprint.get("/meetings/<int:meeting_id>/recordings")
@members(Role.SECRETARY, Role.LEADER)
def index(meeting_id: int) -> ResponseReturnValue:
    """Show the recordings of a meeting and take in new ones."""
    meeting = meetings.get(current_user, meeting_id)
    if not meetings.is_host(current_user, meeting):
        raise NotFound()
    recordings = service.of_meeting(current_user, meeting)
    return render_template(
        "recordings/index.html",
        meeting=meeting,
        recordings=recordings,
        line=service.timeline_of(recordings),
        named={recording.id: recording for recording in recordings},
        may_change=meetings.is_host(current_user, meeting, Role.SECRETARY),
        form=RecordingForm(),
        accepted=ACCEPTED,
        largest=settings().largest_upload,
    )


@blueprint.post("/meetings/<int:meeting_id>/recordings")
@members(Role.SECRETARY)
@csrf.exempt  # checked inside, once the body may be as large as a recording
def receive(meeting_id: int) -> ResponseReturnValue:
    """Take a recording in one piece, from a browser without scripts."""
    meeting = meetings.get(current_user, meeting_id)
    service.require_may_upload(current_user, meeting)
    service.require_room(request.content_length or 0)
    db.session.commit()  # no transaction stays open while a slow line delivers
    incoming = files.path(f"{service.FOLDER}/incoming").parent
    most = settings().largest_upload + (1 << 20)
    with large_form.read(request.environ, incoming, most) as (fields, sent):
        request.form = cast(Any, fields)  # where the protection against forgery looks
        web.refuse_forged()
        file, talks = sent.get("file"), sent.get("talks")
        if file is None or not file.filename:
            raise BadInput("Hãy chọn một tệp ghi âm rồi gửi lại.")
        kept = service.keep(cast(Any, file.stream))
        recording = service.receive(current_user, meeting, file.filename, kept)
        if talks is not None and talks.filename:
            service.read_talk_events(recording, talks.stream.read(talk_events.LARGEST + 1))
        db.session.commit()
    web.good(_("Đã nhận %(name)s. Máy sẽ bóc băng ngay.", name=recording.filename))
    return redirect(url_for("recordings.index", meeting_id=meeting_id))


@blueprint.route("/recordings/<int:recording_id>/clock", methods=["GET", "POST"])
@members(Role.SECRETARY)
def place(recording_id: int) -> ResponseReturnValue:
    """Say when the sound of a recording began."""
    recording = service.get_to_change(current_user, recording_id)
    known = recording.begins_at
    begins = clock.local(known or recording.meeting.starts_at)
    form = ClockForm(data={"day": begins.date(), "time": begins.time() if known else None})
    if form.validate_on_submit():
        service.place(current_user, recording, form.moment)
        db.session.commit()
        web.good(_("Đã ghi giờ bắt đầu của %(name)s.", name=recording.filename))
        return redirect(url_for("recordings.index", meeting_id=recording.meeting_id))
    page = render_template("recordings/place.html", recording=recording, form=form)
    return Response(page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK)


@blueprint.post("/recordings/<int:recording_id>/remove")
@members(Role.SECRETARY)
def remove(recording_id: int) -> ResponseReturnValue:
    """Cancel an upload, or take away a recording that could not be used."""
    recording = service.get_to_change(current_user, recording_id)
    if recording.status == RecordingStatus.ACCEPTED:
        raise WrongState("Bản ghi này đã được bóc băng; hãy xóa nó cùng bản bóc băng.")
    meeting_id, name = recording.meeting_id, recording.filename
    service.remove(current_user, recording)
    db.session.commit()
    web.good(_("Đã bỏ %(name)s.", name=name))
    return redirect(url_for("recordings.index", meeting_id=meeting_id))


@blueprint.get("/recordings/<int:recording_id>/sound")
@members(Role.SECRETARY, Role.LEADER)
def sound(recording_id: int) -> ResponseReturnValue:
    """Send the sound, or the range of it the player asks for."""
    recording = _playable(recording_id)
    return send_file(
        files.path(recording.storage_key),
        mimetype=recording.media_type,
        download_name=recording.filename,
        conditional=True,
        etag=recording.sha256,
        last_modified=recording.received_at,
    )


@blueprint.get("/recordings/<int:recording_id>/peaks")
@members(Role.SECRETARY, Role.LEADER)
def peaks(recording_id: int) -> ResponseReturnValue:
    """Send the outline of the sound: the loudest of each stretch, 0 to 1."""
    recording = _playable(recording_id)
    return jsonify(duration=recording.duration, peaks=_outline(recording.peaks))


def _playable(recording_id: int) -> Recording:
    recording = service.get(current_user, recording_id)
    if recording.status != RecordingStatus.ACCEPTED or not files.exists(recording.storage_key):
        raise NotFound()
    return recording


def _outline(pairs: list[float]) -> list[float]:
    loud = [max(-low, high) for low, high in zip(pairs[::2], pairs[1::2], strict=True)]
    step = max(1, len(loud) // POINTS)
    return [round(max(loud[at : at + step]), 2) for at in range(0, len(loud), step)]


# -- uploads that resume (tus 1.0) -------------------------------------------------------------


class _Uploads:
    """The recordings that are arriving, for whoever asks; see tus.Uploads."""

    folder = service.FOLDER

    def largest(self) -> int:
        return settings().largest_upload

    def begin(self, told: dict[str, str], size: int) -> Recording:
        meeting = meetings.get(current_user, tus.whole_number(told.get("meeting")))
        return service.begin(current_user, meeting, told.get("filename", ""), size)

    def find(self, upload_id: str) -> Recording:
        return service.upload_of(current_user, upload_id)

    def append(self, upload_id: str, offset: int, piece: bytes) -> Recording:
        return service.append(current_user, upload_id, offset, piece)

    def finish(self, upload: Recording) -> bool:
        return service.finish(upload)

    def cancel(self, upload_id: str) -> None:
        service.cancel(current_user, upload_id)

    def is_open(self, upload: Recording) -> bool:
        return upload.status == RecordingStatus.RECEIVING

    def address(self, upload: Recording) -> str:
        return url_for("recordings.upload", upload_id=upload.upload_id)


UPLOADS = _Uploads()


@blueprint.route("/uploads", methods=["OPTIONS"], provide_automatic_options=False)
@public
def upload_abilities() -> ResponseReturnValue:
    """Tell an upload client what this server can do."""
    return tus.abilities(UPLOADS)


@blueprint.post("/uploads")
@members(Role.SECRETARY)
@tus.speaks
def create_upload() -> ResponseReturnValue:
    """Open an upload for a meeting; nothing is sent yet."""
    return tus.create(UPLOADS)


@blueprint.route("/uploads/<upload_id>", methods=["HEAD"], provide_automatic_options=False)
@members(Role.SECRETARY)
@tus.speaks
def upload(upload_id: str) -> ResponseReturnValue:
    """Tell how many bytes of an upload are safe."""
    return tus.tell(UPLOADS, upload_id)


@blueprint.patch("/uploads/<upload_id>")
@members(Role.SECRETARY)
@csrf.exempt  # checked inside, once the body may be as large as a recording
@tus.speaks
def continue_upload(upload_id: str) -> ResponseReturnValue:
    """Take more bytes; each piece is safe on disk before the next one is read."""
    return tus.proceed(UPLOADS, upload_id)


@blueprint.delete("/uploads/<upload_id>")
@members(Role.SECRETARY)
@tus.speaks
def cancel_upload(upload_id: str) -> ResponseReturnValue:
    """Forget an upload that is not finished."""
    return tus.cancel(UPLOADS, upload_id)
