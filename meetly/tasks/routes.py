"""Pages of tasks: giving them out, the list, and the task itself."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from meetly import clock, web
from meetly.accounts import service as accounts
from meetly.accounts.access import members
from meetly.accounts.models import Role
from meetly.directions.models import Priority
from meetly.errors import BadInput, MeetlyError, NotAllowed
from meetly.extensions import csrf, db
from meetly.materials import space
from meetly.sending import Body, Stretch, answer, disposition
from meetly.tasks import evidence, service
from meetly.tasks.evidence import Proof, Refused
from meetly.tasks.extending.forms import AskForm, GrantForm
from meetly.tasks.forms import (
    STATE_TONES,
    STORY_NAMES,
    AgreeForm,
    ClaimForm,
    PersonForm,
    ReportForm,
    ReturnForm,
    SteerForm,
    WordsForm,
)
from meetly.tasks.models import Task, TaskState
from meetly.tasks.service import Filter
from meetly.tasks.showing import everything
from meetly.tasks.state_names import STATE_NAMES

blueprint = Blueprint("tasks", __name__)

MEMBERS = (Role.SECRETARY, Role.LEADER, Role.PARTICIPANT)
#: What the list can be narrowed to, in the order it is offered.
STATES = (
    "open", TaskState.OVERDUE, TaskState.CLAIMED, TaskState.RETURNED, TaskState.IN_TIME,
    TaskState.NOT_STARTED, TaskState.UNDATED, "done", TaskState.DONE_IN_TIME, TaskState.DONE_LATE,
    TaskState.CANCELLED, "",
)  # fmt: skip


@blueprint.app_context_processor
def _names() -> dict[str, object]:
    return {
        "task_state_names": STATE_NAMES, "task_state_tones": STATE_TONES,
        "task_story_names": STORY_NAMES,
    }  # fmt: skip


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
        officer_id=request.args.get("officer", type=int),
        person_id=request.args.get("person", type=int),
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
        officers=service.officers(current_user),
        people=service.colleagues(current_user),
        states=STATES,
        day=clock.today(),
    )


@blueprint.get("/tasks/<int:task_id>")
@members(*MEMBERS)
def show(task_id: int) -> ResponseReturnValue:
    """Show a task: what, who, until when, where it comes from, how far it is."""
    return page(service.get(current_user, task_id))


@blueprint.get("/tasks/evidence/<int:evidence_id>")
@members(*MEMBERS)
def proof(evidence_id: int) -> ResponseReturnValue:
    """Give a file that proves a report; what a browser cannot show is saved."""
    found = evidence.get(current_user, evidence_id)
    shown = evidence.is_shown(found) and "save" not in request.args
    how = disposition("inline" if shown else "attachment", found.name)
    body = Body([Stretch(evidence.stored_at(found), 0, found.size)])
    return answer(
        request, body, etag=found.sha256, media_type=found.media_type, Content_Disposition=how
    )


# -- the unit --------------------------------------------------------------------------------


@blueprint.post("/tasks/<int:task_id>/report")
@members(*MEMBERS)
@csrf.exempt  # checked inside, once a body that has no room is sent back unread
def report(task_id: int) -> ResponseReturnValue:
    """Say how far the work is, with what proves it."""
    task = _to_report(task_id)
    form = ReportForm()
    if not form.validate_on_submit():
        return page(task, form), 422

    def say(proofs: list[Proof]) -> None:
        service.report(current_user, task, form.text.data, form.percent.data, proofs)

    return _send(task, form, form, say, _("Đã ghi báo cáo."))


@blueprint.post("/tasks/<int:task_id>/claim")
@members(*MEMBERS)
@csrf.exempt  # checked inside, as above
def claim(task_id: int) -> ResponseReturnValue:
    """Say that the work is done, with what proves it."""
    task = _to_report(task_id)
    form, shown = ClaimForm(), ReportForm()
    if not form.validate_on_submit():
        shown.text.errors = form.text.errors
        return page(task, shown), 422

    def say(proofs: list[Proof]) -> None:
        service.claim(current_user, task, form.text.data, proofs)

    return _send(task, form, shown, say, _("Đã báo hoàn thành. Đơn vị giao việc đã được báo."))


def _to_report(task_id: int) -> Task:
    """Fetch a task of one's own, and make sure that the body has room before it is read."""
    task = service.get_to_report(current_user, task_id)
    space.require_disk(request.content_length or 0)
    db.session.commit()  # no transaction stays open while a slow line delivers
    web.refuse_forged()
    return task


def _send(
    task: Task, form: ClaimForm, shown: ReportForm, say: Callable[[list[Proof]], None], done: str
) -> ResponseReturnValue:
    """Take the files in and say the words; what cannot be comes back as it was typed."""
    proofs: list[Proof] = []
    try:
        proofs = evidence.receive(form.sent())
        db.session.commit()  # nobody waits for the database while files are judged
        say(proofs)
    except Refused as refused:
        db.session.rollback()
        shown.files.errors = [
            _("“%(name)s”: %(why)s", name=name, why=_(why.template, **why.values))
            for name, why in refused.reasons
        ]
        return page(task, shown), 422
    except MeetlyError as error:
        db.session.rollback()
        evidence.drop(proofs)
        shown.form_errors.append(_(error.template, **error.values))
        return page(service.get(current_user, task.id), shown), 409
    db.session.commit()
    web.good(done)
    return _back(task)


@blueprint.post("/tasks/<int:task_id>/withdraw")
@members(*MEMBERS)
def withdraw_claim(task_id: int) -> ResponseReturnValue:
    """Take back that the work is done."""
    task = service.get(current_user, task_id)
    service.withdraw_claim(current_user, task, _words())
    db.session.commit()
    web.good(_("Đã rút báo hoàn thành."))
    return _back(task)


@blueprint.post("/tasks/<int:task_id>/person")
@members(*MEMBERS)
def name_person(task_id: int) -> ResponseReturnValue:
    """Name who of one's own unit does its part."""
    task = service.get(current_user, task_id)
    form = PersonForm()
    unit = next((u for u in service.naming(current_user, task) if u.id == form.unit.data), None)
    if unit is None:
        raise NotAllowed()
    people = accounts.people_of([unit.id], *MEMBERS)
    form.offer(people)
    if not form.validate_on_submit():
        raise BadInput("Hãy chọn một người của đơn vị mình.")
    person = next(person for person in people if person.id == form.person.data)
    service.name_person(current_user, task, unit, person)
    db.session.commit()
    web.good(_("Đã phân công %(name)s.", name=person.name))
    return _back(task)


# -- the giver -------------------------------------------------------------------------------


@blueprint.post("/tasks/<int:task_id>/agree")
@members(*MEMBERS)
def agree(task_id: int) -> ResponseReturnValue:
    """Agree that the work is done."""
    task = service.get(current_user, task_id)
    form = AgreeForm()
    if not form.validate_on_submit():
        raise BadInput()
    service.agree(current_user, task, form.version.data, form.text.data or "")
    db.session.commit()
    web.good(_("Đã xác nhận hoàn thành; đơn vị chủ trì đã được báo."))
    return _back(task)


@blueprint.post("/tasks/<int:task_id>/return")
@members(*MEMBERS)
def give_back(task_id: int) -> ResponseReturnValue:
    """Give a claim back with what is missing."""
    task = service.get(current_user, task_id)
    form = ReturnForm()
    if not form.validate_on_submit():
        raise BadInput("Hãy viết vài chữ về việc đã làm hoặc lý do.")
    service.give_back(current_user, task, form.version.data, form.text.data)
    db.session.commit()
    web.good(_("Đã trả lại; đơn vị chủ trì đã được báo."))
    return _back(task)


@blueprint.post("/tasks/<int:task_id>/reopen")
@members(*MEMBERS)
def reopen(task_id: int) -> ResponseReturnValue:
    """Give a finished task back to its unit."""
    task = service.get(current_user, task_id)
    service.reopen(current_user, task, _words())
    db.session.commit()
    web.good(_("Đã mở lại nhiệm vụ; đơn vị chủ trì đã được báo."))
    return _back(task)


@blueprint.post("/tasks/<int:task_id>/cancel")
@members(Role.SECRETARY, Role.LEADER)
def cancel(task_id: int) -> ResponseReturnValue:
    """Take an unfinished task back."""
    task = service.get(current_user, task_id)
    service.cancel(current_user, task, _words())
    db.session.commit()
    web.good(_("Đã thu hồi nhiệm vụ."))
    return _back(task)


@blueprint.post("/tasks/<int:task_id>/steer")
@members(Role.SECRETARY, Role.LEADER)
def steer(task_id: int) -> ResponseReturnValue:
    """Say who follows a task up, and how pressing it is."""
    task = service.get(current_user, task_id)
    form = SteerForm()
    people = accounts.people_of([task.owner_unit_id], *MEMBERS)
    form.offer(people, task.owner_unit)
    if not form.validate_on_submit():
        raise BadInput()
    officer = next((person for person in people if person.id == form.officer.data), None)
    service.steer(current_user, task, officer, Priority(form.priority.data))
    db.session.commit()
    web.good(_("Đã lưu."))
    return _back(task)


def _words() -> str:
    form = WordsForm()
    if not form.validate_on_submit():
        raise BadInput("Hãy viết vài chữ về việc đã làm hoặc lý do.")
    words: str = form.text.data
    return words


def _back(task: Task) -> ResponseReturnValue:
    return redirect(url_for("tasks.show", task_id=task.id))


def page(
    task: Task,
    form: ReportForm | None = None,
    ask: AskForm | None = None,
    grant: GrantForm | None = None,
) -> str:
    """Draw the page of a task, with the form that could not be sent where there is one."""
    forms = {"form": form, "ask": ask, "grant": grant}
    given = {name: each for name, each in forms.items() if each is not None}
    return render_template("tasks/show.html", **{**everything(current_user, task), **given})
