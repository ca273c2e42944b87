"""Routes of directions: what is made of a proposal, and the sound it comes from.

The page of all proposals belongs to the tasks, beside which they are shown (`tasks.confirming`).
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from meetly import web
from meetly.accounts.access import members
from meetly.accounts.models import Role
from meetly.directions import service
from meetly.directions.cue_names import cue_words
from meetly.directions.forms import (
    AddForm,
    CaretForm,
    DirectionForm,
    DismissForm,
    MergeForm,
    SplitForm,
    VersionForm,
)
from meetly.directions.models import Direction
from meetly.directions.priority_names import PRIORITY_NAMES
from meetly.errors import BadInput, NotAllowed, NotFound, Stale, WrongState
from meetly.extensions import db
from meetly.forms import choices
from meetly.meetings import service as meetings
from meetly.minutes import service as minutes_service
from meetly.recordings import clip as clips
from meetly.recordings.models import Recording
from meetly.storage import files

blueprint = Blueprint("directions", __name__)

KEEPERS = (Role.SECRETARY, Role.LEADER)
#: Seconds of sound given before and after the words themselves.
MARGIN = 0.6
#: Words shown on either side of a place where a proposal can be parted.
_AROUND = 5


@blueprint.app_context_processor
def _names() -> dict[str, object]:
    return {"cue_words": cue_words, "priority_names": PRIORITY_NAMES}


@blueprint.route("/directions/<int:direction_id>/correct", methods=["GET", "POST"])
@members(*KEEPERS)
def correct(direction_id: int) -> ResponseReturnValue:
    """Put a proposal right: its words, its units, its deadline, how it is followed up."""
    direction = service.get_to_decide(current_user, direction_id)
    form = DirectionForm()
    form.offer(service.officers(direction.owner_unit), direction.officer)
    if form.validate_on_submit():
        before = _fields(direction)
        try:
            service.correct(
                current_user, direction, form.version.data, text=form.text.data,
                lead=form.leading, coordinate=form.coordinating, due=form.due.data,
                recurring=form.recurring.data or "", following=form.following,
            )  # fmt: skip
        except (Stale, WrongState, NotAllowed) as error:
            db.session.rollback()
            db.session.refresh(direction)
            words = _(error.template, **error.values)
            if isinstance(error, Stale):
                form.version.data, form.version.raw_data = direction.version, None
            return _editor(direction, form, words), _wrong(HTTPStatus.CONFLICT)
        db.session.commit()
        undo = _undo("correct", direction, before)
        return _done(direction, _("Đã sửa chỉ đạo."), undo)
    if not form.is_submitted():
        form.show(direction)
    wrong = form.is_submitted() and form.errors
    return _editor(direction, form), HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK


@blueprint.route("/directions/<int:direction_id>/split", methods=["GET", "POST"])
@members(*KEEPERS)
def split(direction_id: int) -> ResponseReturnValue:
    """Part a proposal in two, at a chosen word or where the caret stands."""
    direction = service.get_to_decide(current_user, direction_id)
    if request.method == "GET":
        return _splitter(direction)
    form = CaretForm()
    if not form.validate_on_submit():
        raise BadInput("Hãy chọn chỗ tách ở giữa hai từ của chỉ đạo.")
    second = service.split(current_user, direction, form.version.data, form.at.data)
    db.session.commit()
    undo = _undo("merge", direction, {"second": second.id, "second_version": second.version})
    return _done(direction, _("Đã tách thành hai chỉ đạo."), undo)


@blueprint.post("/directions/<int:direction_id>/merge")
@members(*KEEPERS)
def merge(direction_id: int) -> ResponseReturnValue:
    """Join a proposal to the one after it."""
    direction = service.get_to_decide(current_user, direction_id)
    form = MergeForm()
    if not form.validate_on_submit():
        raise BadInput()
    second = service.get_to_decide(current_user, form.second.data)
    at, dates = len(direction.text.split()), {d.due for d in (direction, second) if d.due}
    service.merge(current_user, direction, form.version.data, second, form.second_version.data)
    db.session.commit()
    words = _("Đã gộp hai chỉ đạo.")
    if len(dates) > 1:
        words = _("Đã gộp; hai thời hạn khác nhau, giữ hạn sớm hơn %(day)s.",
                  day=web.day(direction.due))  # fmt: skip
    return _done(direction, words, _undo("split", direction, {"at": at}))


@blueprint.route("/meetings/<int:meeting_id>/directions/add", methods=["GET", "POST"])
@members(*KEEPERS)
def add(meeting_id: int) -> ResponseReturnValue:
    """Propose words that were missed, typed here or chosen in the transcript."""
    meeting = meetings.get(current_user, meeting_id)
    found = minutes_service.of_meeting(meeting)
    if found is None:
        raise WrongState("Cuộc họp chưa có dự thảo biên bản nên chưa thêm được chỉ đạo.")
    minutes = minutes_service.get_to_keep(current_user, found.id)
    form = AddForm()
    if form.validate_on_submit():
        direction = service.add(current_user, minutes, form.words.data, form.segment_ids)
        db.session.commit()
        return _done(direction, _("Đã thêm chỉ đạo; hãy soát đơn vị và thời hạn."), {})
    wrong = form.is_submitted()
    page = render_template("directions/add.html", meeting=meeting, minutes=minutes, form=form)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK


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
    words = _("Đã bỏ qua. Có thể khôi phục ở cuối trang.")
    return _done(direction, words, _undo("restore", direction, {}))


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
    return _done(direction, _("Đã khôi phục chỉ đạo."), {})


@blueprint.get("/directions/<int:direction_id>/names")
@members(*KEEPERS)
def names(direction_id: int) -> ResponseReturnValue:
    """Offer names of units while one is typed."""
    direction = service.get_to_decide(current_user, direction_id)
    return jsonify(service.names(direction, request.args.get("q", "")[:100]))


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


def _editor(direction: Direction, form: DirectionForm, message: str = "") -> str:
    view = "directions/edit_piece.html" if web.is_htmx() else "directions/correct.html"
    return render_template(view, direction=direction, form=form, message=message)


def _splitter(direction: Direction) -> str:
    words = direction.text.split()
    places = service.breaks(direction.text)
    form = SplitForm(data={"version": direction.version, "at": places[0] if places else None})
    form.at.choices = choices([(at, _around(words, at)) for at in sorted(places)])
    view = "directions/split_piece.html" if web.is_htmx() else "directions/split.html"
    return render_template(view, direction=direction, form=form)


def _around(words: list[str], at: int) -> str:
    before, after = words[max(0, at - _AROUND) : at], words[at : at + _AROUND]
    return f"… {' '.join(before)}  ‖  {' '.join(after)} …"


def _fields(direction: Direction) -> dict[str, Any]:
    """Return what the form of a direction would send now."""
    return {
        "text": direction.text,
        "lead": "\n".join(unit.name for unit in direction.lead),
        "coordinate": "\n".join(unit.name for unit in direction.coordinating),
        "due": direction.due.isoformat() if direction.due else "",
        "recurring": direction.recurring,
        "product": direction.product,
        "report_to": direction.report_to,
        "priority": str(direction.priority),
        "officer": direction.officer_id or 0,
    }


def _undo(verb: str, direction: Direction, fields: dict[str, Any]) -> dict[str, Any]:
    """Say what a script sends to take back what was just done."""
    address = url_for(f"directions.{verb}", direction_id=direction.id)
    return {"action": address, "fields": {**fields, "version": direction.version}}


def _done(direction: Direction, words: str, undo: dict[str, Any]) -> ResponseReturnValue:
    if web.wants_json():
        return jsonify(direction=direction.id, message=words, undo=undo or None)
    web.good(words)
    address = url_for(
        "tasks.confirming", minutes_id=direction.minutes_id, _anchor=f"d{direction.id}"
    )
    return redirect(address)


def _wrong(status: HTTPStatus) -> HTTPStatus:
    """Answer a script with the status by which it knows a form that comes back."""
    return HTTPStatus.UNPROCESSABLE_ENTITY if web.is_htmx() else status
