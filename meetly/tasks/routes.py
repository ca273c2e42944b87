"""Pages of tasks: giving them out, the list, and the task itself."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from meetly import clock, web
from meetly.accounts.access import members
from meetly.accounts.models import Role
from meetly.directions import service as directions
from meetly.errors import BadInput
from meetly.extensions import db
from meetly.minutes import service as minutes_service
from meetly.tasks import service
from meetly.tasks.forms import STATE_NAMES, STATE_TONES, ReportForm, WordsForm
from meetly.tasks.models import Task, TaskState
from meetly.tasks.service import Filter

blueprint = Blueprint("tasks", __name__)

MEMBERS = (Role.SECRETARY, Role.LEADER, Role.PARTICIPANT)
#: What the list can be narrowed to, in the order it is offered.
STATES = (
    "open", TaskState.OVERDUE, TaskState.IN_TIME, TaskState.NOT_STARTED, "done",
    TaskState.CANCELLED, "",
)  # fmt: skip


@blueprint.app_context_processor
def _names() -> dict[str, object]:
    return {"task_state_names": STATE_NAMES, "task_state_tones": STATE_TONES}


# -- reading ---------------------------------------------------------------------------------


@blueprint.get("/tasks")
@members(*MEMBERS)
def index() -> ResponseReturnValue:
    """List the tasks a person may see, narrowed as asked."""
    wanted = Filter(
        mine=request.args.get("mine", ""),
        state=request.args.get("state", "open"),
        meeting_id=request.args.get("meeting", type=int),
        unit_id=request.args.get("unit", type=int),
    )
    page = service.listing(current_user, wanted, after=request.args.get("after", ""))
    asked = request.args.to_dict()
    return render_template(
        "tasks/index.html",
        page=page,
        wanted=wanted,
        asked={key: value for key, value in asked.items() if key != "after"},
        continued="after" in asked,
        percents=service.percents(page.tasks),
        units=service.lead_units(current_user),
        meetings=service.meetings_with_tasks(current_user),
        states=STATES,
        day=clock.today(),
    )


@blueprint.get("/tasks/<int:task_id>")
@members(*MEMBERS)
def show(task_id: int) -> ResponseReturnValue:
    """Show a task: what, who, until when, where it comes from, how far it is."""
    return _page(service.get(current_user, task_id), ReportForm())


# -- working ---------------------------------------------------------------------------------


@blueprint.post("/tasks/<int:task_id>/report")
@members(*MEMBERS)
def report(task_id: int) -> ResponseReturnValue:
    """Say how far the work is."""
    task = service.get(current_user, task_id)
    form = ReportForm()
    if not form.validate_on_submit():
        return _page(task, form), 422
    service.report(current_user, task, form.text.data, form.percent.data)
    db.session.commit()
    web.good(_("Đã ghi báo cáo."))
    return redirect(url_for("tasks.show", task_id=task.id))


@blueprint.post("/tasks/<int:task_id>/complete")
@members(*MEMBERS)
def complete(task_id: int) -> ResponseReturnValue:
    """Say that the work is done."""
    task = service.get(current_user, task_id)
    service.complete(current_user, task, _words())
    db.session.commit()
    web.good(_("Đã báo hoàn thành. Đơn vị giao việc đã được báo."))
    return redirect(url_for("tasks.show", task_id=task.id))


@blueprint.post("/tasks/<int:task_id>/reopen")
@members(Role.SECRETARY, Role.LEADER)
def reopen(task_id: int) -> ResponseReturnValue:
    """Give a finished task back to its unit."""
    task = service.get(current_user, task_id)
    service.reopen(current_user, task, _words())
    db.session.commit()
    web.good(_("Đã mở lại nhiệm vụ; đơn vị chủ trì đã được báo."))
    return redirect(url_for("tasks.show", task_id=task.id))


@blueprint.post("/tasks/<int:task_id>/cancel")
@members(Role.SECRETARY, Role.LEADER)
def cancel(task_id: int) -> ResponseReturnValue:
    """Take an unfinished task back."""
    task = service.get(current_user, task_id)
    service.cancel(current_user, task, _words())
    db.session.commit()
    web.good(_("Đã thu hồi nhiệm vụ."))
    return redirect(url_for("tasks.show", task_id=task.id))


def _words() -> str:
    form = WordsForm()
    if not form.validate_on_submit():
        raise BadInput("Hãy viết vài chữ về việc đã làm hoặc lý do.")
    words: str = form.text.data
    return words


def _page(task: Task, form: ReportForm) -> str:
    percents = service.percents([task])
    if not form.is_submitted():
        form.percent.data = percents.get(task.id, 0)
    minutes = task.direction.minutes
    return render_template(
        "tasks/show.html",
        task=task,
        form=form,
        state=task.state(clock.today()),
        days_late=task.days_late(clock.today()),
        percent=percents.get(task.id),
        progress=service.progress_of(task),
        others=[t for t in service.of_direction(task.direction) if t.id != task.id],
        minutes=minutes if minutes and minutes_service.may_read(current_user, minutes) else None,
        may_hear=directions.may_see(current_user, task.direction),
        may_report=service.may_report(current_user, task),
        may_steer=service.may_steer(current_user, task),
    )
