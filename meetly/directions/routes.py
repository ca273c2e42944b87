"""Pages of directions: the proposals of one meeting's minutes, and the sound they come from."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from meetly import web
from meetly.accounts.access import members, writes
from meetly.accounts.models import Role
from meetly.directions import service
from meetly.directions.forms import CUE_NAMES, DirectionForm, DismissForm, VersionForm
from meetly.directions.models import Direction, DirectionStatus
from meetly.errors import BadInput, NotAllowed, NotFound, Stale, WrongState
from meetly.extensions import db
from meetly.minutes import service as minutes_service
from meetly.minutes.models import EDITABLE, MinutesStatus
from meetly.recordings import clip as clips
from meetly.recordings.models import Recording
from meetly.storage import files

blueprint = Blueprint("directions", __name__)

KEEPERS = (Role.SECRETARY, Role.LEADER)
#: Seconds of sound given before and after the words themselves.
MARGIN = 0.6


@blueprint.app_context_processor
def _names() -> dict[str, object]:
    return {"cue_names": CUE_NAMES}


@blueprint.get("/minutes/<int:minutes_id>/directions")
@members(*KEEPERS)
@writes
def index(minutes_id: int) -> ResponseReturnValue:
    """Show the proposals in the order they were said, brought up to the words of the minutes."""
    minutes = minutes_service.get_to_keep(current_user, minutes_id)
    directions = service.follow(minutes)
    db.session.commit()
    waiting = [d for d in directions if d.status == DirectionStatus.PROPOSED]
    return render_template(
        "directions/index.html",
        minutes=minutes,
        meeting=minutes.meeting,
        directions=[d for d in directions if d.status != DirectionStatus.DISMISSED],
        dismissed=[d for d in directions if d.status == DirectionStatus.DISMISSED],
        waiting=waiting,
        recording=_recording(directions),
        ready=[d for d in waiting if d.lead],
        approved=minutes.status == MinutesStatus.APPROVED,
        resting=minutes.status == MinutesStatus.SUBMITTED,
        is_leader=minutes_service.is_keeper(current_user, minutes, Role.LEADER),
        may_correct=minutes.status in EDITABLE
        or minutes_service.is_keeper(current_user, minutes, Role.LEADER),
    )


@blueprint.route("/directions/<int:direction_id>/correct", methods=["GET", "POST"])
@members(*KEEPERS)
def correct(direction_id: int) -> ResponseReturnValue:
    """Put a proposal right: its words, its units, its deadline."""
    direction = service.get_to_decide(current_user, direction_id)
    form = DirectionForm()
    if form.validate_on_submit():
        try:
            service.correct(
                current_user, direction, form.version.data, text=form.text.data,
                lead=form.leading, coordinate=form.coordinating, due=form.due.data,
                recurring=form.recurring.data or "",
            )  # fmt: skip
        except (Stale, WrongState, NotAllowed) as error:
            db.session.rollback()
            db.session.refresh(direction)
            words = _(error.template, **error.values)
            if isinstance(error, Stale):
                form.version.data, form.version.raw_data = direction.version, None
            return _editor(direction, form, words), HTTPStatus.CONFLICT
        db.session.commit()
        web.good(_("Đã sửa chỉ đạo."))
        return redirect(_at(direction))
    if not form.is_submitted():
        form.show(direction)
    wrong = form.is_submitted() and form.errors
    return _editor(direction, form), HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK


@blueprint.post("/directions/<int:direction_id>/dismiss")
@members(*KEEPERS)
def dismiss(direction_id: int) -> ResponseReturnValue:
    """Say that a proposal is no direction."""
    direction = service.get_to_decide(current_user, direction_id)
    form = DismissForm()
    if not form.validate_on_submit():
        raise BadInput("Hãy ghi lý do bỏ qua, để lần sau còn biết.")
    service.dismiss(current_user, direction, form.version.data, form.reason.data)
    db.session.commit()
    web.good(_("Đã bỏ qua. Có thể khôi phục ở cuối trang."))
    return redirect(_at(direction))


@blueprint.post("/directions/<int:direction_id>/restore")
@members(*KEEPERS)
def restore(direction_id: int) -> ResponseReturnValue:
    """Propose a dismissed direction again."""
    direction = service.get_to_decide(current_user, direction_id)
    form = VersionForm()
    if not form.validate_on_submit():
        raise BadInput()
    service.restore(current_user, direction, form.version.data)
    db.session.commit()
    return redirect(_at(direction))


@blueprint.get("/directions/<int:direction_id>/clip")
@members(Role.SECRETARY, Role.LEADER, Role.PARTICIPANT)
def clip(direction_id: int) -> ResponseReturnValue:
    """Send the seconds in which a direction was said, to everyone who may see it."""
    direction = service.get(current_user, direction_id)
    if direction.recording_id is None or direction.start is None or direction.end is None:
        raise NotFound()
    recording = db.session.get(Recording, direction.recording_id)
    if recording is None:
        raise NotFound()
    start = max(0.0, direction.start - MARGIN)
    end = min(max(direction.end, start + 1.0) + MARGIN, start + clips.LONGEST_CLIP)
    path = files.path(recording.storage_key)
    db.session.commit()  # no transaction stays open while sound is decoded
    sound = clips.clip(path, start, end)
    return Response(sound, mimetype="audio/wav", headers={"Content-Length": str(len(sound))})


def _recording(directions: list[Direction]) -> Recording | None:
    """Return the recording all of them were heard in; none when there are several."""
    ids = {d.recording_id for d in directions if d.recording_id is not None}
    return db.session.get(Recording, ids.pop()) if len(ids) == 1 else None


def _editor(direction: Direction, form: DirectionForm, message: str = "") -> str:
    return render_template(
        "directions/correct.html", direction=direction, form=form, message=message
    )


def _at(direction: Direction) -> str:
    return url_for("directions.index", minutes_id=direction.minutes_id, _anchor=f"d{direction.id}")
