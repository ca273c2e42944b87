"""The services as JSON under /api; described at /api/openapi.json."""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_smorest import Blueprint

from meetly.accounts.access import members
from meetly.api.schemas import (
    MeetingSchema,
    ProgressSchema,
    TaskPage,
    TaskQuery,
    TaskSchema,
)
from meetly.extensions import api, db
from meetly.meetings import service as meetings
from meetly.meetings.models import Meeting
from meetly.tasks import service as tasks
from meetly.tasks.models import Progress, Task

blueprint = Blueprint("api", __name__, url_prefix="/api")


@blueprint.route("/openapi.json")
@members()
def openapi() -> ResponseReturnValue:
    """Describe this interface as OpenAPI 3.1."""
    description: dict[str, Any] = api.spec.to_dict()
    return description


@blueprint.route("/meetings")
@members()
@blueprint.response(200, MeetingSchema(many=True))
def list_meetings() -> list[Meeting]:
    """List the next meetings of the signed-in person's units."""
    return meetings.upcoming(current_user, 100)


@blueprint.route("/meetings/<int:meeting_id>")
@members()
@blueprint.response(200, MeetingSchema)
def show_meeting(meeting_id: int) -> Meeting:
    """Return one meeting with its agenda."""
    return meetings.get(current_user, meeting_id)


@blueprint.route("/tasks")
@members()
@blueprint.arguments(TaskQuery, location="query")
@blueprint.response(200, TaskPage)
def list_tasks(query: dict[str, Any]) -> tasks.Page:
    """List tasks by deadline, those without one last."""
    wanted = tasks.Filter(mine=query["mine"], state=query["state"], meeting_id=query["meeting"])
    return tasks.listing(current_user, wanted, after=query["after"])


@blueprint.route("/tasks/<int:task_id>")
@members()
@blueprint.response(200, TaskSchema)
def show_task(task_id: int) -> Task:
    """Return one task."""
    return tasks.get(current_user, task_id)


@blueprint.route("/tasks/<int:task_id>/progress", methods=["POST"])
@members()
@blueprint.arguments(ProgressSchema)
@blueprint.response(201, ProgressSchema)
def report_progress(report: dict[str, Any], task_id: int) -> Progress:
    """Report on a task; 100 percent claims that it is done, and the giver agrees or not."""
    task = tasks.get(current_user, task_id)
    said = tasks.report(current_user, task, report["text"], report["percent"])
    db.session.commit()
    return said
