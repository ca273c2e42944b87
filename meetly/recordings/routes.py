"""Pages of recordings: the meeting's recordings, uploads that resume, and the sound itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar, cast

from flask import (
    Blueprint,
    Response,
    current_app,
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

from meetly import web
from meetly.accounts.access import members, public
from meetly.accounts.models import Role
from meetly.config import settings
from meetly.errors import BadInput, MeetlyError, NotFound, TooLarge, WrongState
from meetly.extensions import csrf, db
from meetly.meetings import service as meetings
from meetly.recordings import large_form, service, talk_events, tus
from meetly.recordings.forms import ACCEPTED, RecordingForm
from meetly.recordings.models import Recording, RecordingStatus
from meetly.storage import files

blueprint = Blueprint("recordings", __name__)

View = TypeVar("View", bound=Callable[..., Any])

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
    return render_template(
        "recordings/index.html",
        meeting=meeting,
        recordings=service.of_meeting(current_user, meeting),
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
        _refuse_forged()
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


def _refuse_forged() -> None:
    if current_app.config["WTF_CSRF_ENABLED"]:
        csrf.protect()


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


def _speaks_tus(view: View) -> View:
    """Check the protocol's version, mark every answer with it, and say errors in JSON."""

    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> Response:
        if request.headers.get("Tus-Resumable") != tus.VERSION:
            response = Response(status=HTTPStatus.PRECONDITION_FAILED)
            response.headers["Tus-Version"] = tus.VERSION
        else:
            try:
                response = view(*args, **kwargs)
            except MeetlyError as error:
                response = _refusal(error)
        response.headers["Tus-Resumable"] = tus.VERSION
        response.headers["Cache-Control"] = "no-store"
        return response

    return cast(View, answer)


def _refusal(error: MeetlyError) -> Response:
    db.session.rollback()
    words = _(error.template, **error.values) if error.values else _(error.template)
    response: Response = jsonify(code=error.code, message=words)
    response.status_code = next(web.STATUS[k] for k in type(error).__mro__ if k in web.STATUS)
    return response


@blueprint.route("/uploads", methods=["OPTIONS"], provide_automatic_options=False)
@public
def upload_abilities() -> ResponseReturnValue:
    """Tell an upload client what this server can do."""
    return Response(
        status=HTTPStatus.NO_CONTENT,
        headers={
            "Tus-Resumable": tus.VERSION,
            "Tus-Version": tus.VERSION,
            "Tus-Extension": tus.EXTENSIONS,
            "Tus-Max-Size": str(settings().largest_upload),
            "Tus-Checksum-Algorithm": ",".join(tus.ALGORITHMS),
        },
    )


@blueprint.post("/uploads")
@members(Role.SECRETARY)
@_speaks_tus
def create_upload() -> ResponseReturnValue:
    """Open an upload for a meeting; nothing is sent yet."""
    told = tus.metadata(request.headers.get("Upload-Metadata", ""))
    meeting = meetings.get(current_user, tus.whole_number(told.get("meeting")))
    size = tus.whole_number(request.headers.get("Upload-Length"))
    recording = service.begin(current_user, meeting, told.get("filename", ""), size)
    db.session.commit()
    response = _standing(recording, HTTPStatus.CREATED)
    response.headers["Location"] = url_for("recordings.upload", upload_id=recording.upload_id)
    return response


@blueprint.route("/uploads/<upload_id>", methods=["HEAD"], provide_automatic_options=False)
@members(Role.SECRETARY)
@_speaks_tus
def upload(upload_id: str) -> ResponseReturnValue:
    """Tell how many bytes of an upload are safe."""
    recording = service.upload_of(current_user, upload_id)
    response = _standing(recording, HTTPStatus.OK)
    response.headers["Upload-Length"] = str(recording.size)
    return response


@blueprint.patch("/uploads/<upload_id>")
@members(Role.SECRETARY)
@csrf.exempt  # checked inside, once the body may be as large as a recording
@_speaks_tus
def continue_upload(upload_id: str) -> ResponseReturnValue:
    """Take more bytes; each piece is safe on disk before the next one is read."""
    request.max_content_length = None
    _refuse_forged()
    if request.mimetype != tus.MEDIA_TYPE:
        return Response(status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    offset = tus.whole_number(request.headers.get("Upload-Offset"))
    recording = service.upload_of(current_user, upload_id)
    db.session.commit()  # no transaction stays open while a slow line delivers
    left = recording.size - offset
    if (request.content_length or 0) > left:
        raise TooLarge()
    arriving = service.pieces(cast(Any, request.stream), left)
    if promised := request.headers.get("Upload-Checksum"):
        checksum = tus.Checksum.read(promised)
        kept = service.keep_pieces(checksum.over(arriving))
        if not checksum.holds():
            files.delete(kept.key)
            return Response(status=tus.CHECKSUM_MISMATCH)
        arriving = _of_kept(kept)
    for piece in arriving:
        recording = service.append(current_user, upload_id, offset, piece)
        db.session.commit()
        offset += len(piece)
    if service.finish(recording):
        db.session.commit()
    return _standing(recording, HTTPStatus.NO_CONTENT)


def _of_kept(kept: service.Kept) -> Iterator[bytes]:
    try:
        with files.path(kept.key).open("rb") as source:
            yield from service.pieces(source, kept.size)
    finally:
        files.delete(kept.key)


@blueprint.delete("/uploads/<upload_id>")
@members(Role.SECRETARY)
@_speaks_tus
def cancel_upload(upload_id: str) -> ResponseReturnValue:
    """Forget an upload that is not finished."""
    service.cancel(current_user, upload_id)
    db.session.commit()
    return Response(status=HTTPStatus.NO_CONTENT)


def _standing(recording: Recording, status: HTTPStatus) -> Response:
    response = Response(status=status)
    response.headers["Upload-Offset"] = str(recording.offset)
    if recording.status == RecordingStatus.RECEIVING:
        response.headers["Upload-Expires"] = tus.http_date(service.expires_at(recording))
    return response
