"""The page on which a leader confirms the proposals of a meeting, and giving them out."""

from __future__ import annotations

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from meetly import web
from meetly.accounts.access import members, writes
from meetly.accounts.models import Role
from meetly.directions import service as directions
from meetly.directions.models import Direction, DirectionStatus
from meetly.errors import BadInput
from meetly.extensions import db
from meetly.minutes import service as minutes_service
from meetly.minutes.models import EDITABLE, MinutesStatus
from meetly.recordings.models import Recording
from meetly.tasks.confirming import service
from meetly.tasks.forms import AssignForm
from meetly.tasks.routes import blueprint

KEEPERS = (Role.SECRETARY, Role.LEADER)
#: The field that says what becomes of an earlier direction: "old-12" is "replace" or "both".
OLD = "old-"


@blueprint.get("/minutes/<int:minutes_id>/directions")
@members(*KEEPERS)
@writes
def confirming(minutes_id: int) -> ResponseReturnValue:
    """Show the proposals in the order they were said, brought up to the words of the minutes."""
    minutes = minutes_service.get_to_keep(current_user, minutes_id)
    found = directions.follow(minutes)
    db.session.commit()
    cards = service.cards(minutes, found)
    waiting = [card for card in cards if card.direction.status == DirectionStatus.PROPOSED]
    is_leader = minutes_service.is_keeper(current_user, minutes, Role.LEADER)
    return render_template(
        "tasks/confirming.html",
        minutes=minutes,
        meeting=minutes.meeting,
        cards=cards,
        dismissed=[d for d in found if d.status == DirectionStatus.DISMISSED],
        waiting=waiting,
        ready=[card for card in waiting if card.direction.lead and not card.asks],
        recording=_recording(found),
        transcripts=_transcripts(found),
        approved=minutes.status == MinutesStatus.APPROVED,
        resting=minutes.status == MinutesStatus.SUBMITTED,
        is_leader=is_leader,
        may_correct=minutes.status in EDITABLE
        or (minutes.status == MinutesStatus.APPROVED and is_leader),
    )


@blueprint.post("/directions/<int:direction_id>/assign")
@members(Role.LEADER)
def assign(direction_id: int) -> ResponseReturnValue:
    """Confirm one direction, open its tasks, and let it replace the earlier ones chosen."""
    direction = directions.get_to_decide(current_user, direction_id)
    form = AssignForm()
    if not form.validate_on_submit():
        raise BadInput()
    opened = service.assign(current_user, direction, form.version.data, _replaced())
    db.session.commit()
    if web.wants_json():
        return jsonify(direction=direction.id, message=_told(len(opened)), opened=len(opened))
    web.good(_told(len(opened)))
    return redirect(_next(direction))


@blueprint.post("/minutes/<int:minutes_id>/directions/assign")
@members(Role.LEADER)
def assign_all(minutes_id: int) -> ResponseReturnValue:
    """Confirm every direction that this page showed and that is still as it was shown."""
    minutes = minutes_service.get_to_keep(current_user, minutes_id)
    pairs = (pair.partition(":") for pair in request.form.getlist("seen"))
    seen = {int(a): int(b) for a, _sep, b in pairs if a.isdecimal() and b.isdecimal()}
    opened, left = service.assign_all(current_user, minutes, seen)
    db.session.commit()
    web.good(_told(opened))
    if left:
        web.good(_("Còn %(left)s chỉ đạo cần xem lại trước khi giao.", left=left))
    return redirect(url_for("tasks.confirming", minutes_id=minutes.id))


def _replaced() -> list[int]:
    """Read which earlier directions give way to this one."""
    chosen = [name for name, value in request.form.items() if value == "replace"]
    numbers = [name.removeprefix(OLD) for name in chosen if name.startswith(OLD)]
    if not all(number.isdecimal() for number in numbers):
        raise BadInput()
    return [int(number) for number in numbers]


def _told(opened: int) -> str:
    words: str = ngettext(
        "Đã giao %(num)s nhiệm vụ; đơn vị chủ trì đã được báo.",
        "Đã giao %(num)s nhiệm vụ; các đơn vị chủ trì đã được báo.",
        opened,
    )
    return words


def _next(direction: Direction) -> str:
    """Go on to the next proposal that still waits."""
    minutes = direction.minutes
    if minutes is None:
        return url_for("tasks.index")
    waiting = [d for d in directions.of_minutes(minutes) if d.status == DirectionStatus.PROPOSED]
    following = next((d for d in waiting if d.ordinal > direction.ordinal), direction)
    return url_for("tasks.confirming", minutes_id=minutes.id, _anchor=f"d{following.id}")


def _recording(found: list[Direction]) -> Recording | None:
    """Return the recording all of them were heard in; none when there are several."""
    ids = {d.recording_id for d in found if d.recording_id is not None}
    return db.session.get(Recording, ids.pop()) if len(ids) == 1 else None


def _transcripts(found: list[Direction]) -> list[int]:
    """List the recordings whose transcripts hold what was not recognised."""
    return sorted({d.recording_id for d in found if d.recording_id is not None})
