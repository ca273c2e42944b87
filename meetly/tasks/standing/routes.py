"""Pages of standing tasks: what recurs, its periods, and its end."""

from __future__ import annotations

from itertools import groupby

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from meetly import clock, web
from meetly.accounts.access import members
from meetly.accounts.models import Role
from meetly.errors import BadInput
from meetly.extensions import db
from meetly.tasks import service as tasks
from meetly.tasks.models import Task
from meetly.tasks.routes import MEMBERS, blueprint
from meetly.tasks.standing import service
from meetly.tasks.standing.forms import FREQUENCY_NAMES, EndForm, period_words


@blueprint.app_context_processor
def _periods() -> dict[str, object]:
    def standing_periods(task: Task) -> list[Task]:
        assert task.standing is not None
        return service.periods_of(task.standing, tasks.visible_ids(current_user))

    return {"standing_periods": standing_periods, "period_words": period_words}


@blueprint.get("/standing")
@members(*MEMBERS)
def standing() -> ResponseReturnValue:
    """List what recurs in the person's units."""
    after = request.args.get("after", 0, type=int)
    found = service.listing(current_user, after=after, limit=service.PAGE + 1)
    more, found = len(found) > service.PAGE, found[: service.PAGE]
    return render_template(
        "tasks/standing.html",
        groups=[list(same) for _id, same in groupby(found, key=lambda each: each.direction_id)],
        newest=service.newest(found),
        may_end={each.id for each in found if service.may_end(current_user, each)},
        frequencies=FREQUENCY_NAMES,
        after=found[-1].id if more else 0,
        continued=bool(after),
        day=clock.today(),
        form=EndForm(),
    )


@blueprint.post("/standing/<int:standing_id>/end")
@members(Role.SECRETARY, Role.LEADER)
def end_standing(standing_id: int) -> ResponseReturnValue:
    """Let no further period of a standing task be opened."""
    found = service.get(current_user, standing_id)
    form = EndForm()
    if not form.validate_on_submit():
        raise BadInput("Hãy ghi lý do dừng để đơn vị được biết.")
    if form.every.data:
        service.end_direction(current_user, found, form.reason.data)
    else:
        service.end(current_user, found, form.reason.data)
    db.session.commit()
    web.good(_("Đã dừng. Các kỳ đã giao vẫn giữ nguyên."))
    return redirect(url_for("tasks.standing"))
