"""Pages of reminding: a unit's plan."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from meetly import clock, web
from meetly.accounts.access import members
from meetly.accounts.models import Role, Unit
from meetly.errors import MeetlyError
from meetly.extensions import db
from meetly.tasks.reminding import service
from meetly.tasks.reminding.forms import HEARERS, ExampleForm, PlanForm, filled
from meetly.tasks.reminding.plan import days_of
from meetly.tasks.routes import blueprint

_ONE = "/units/<int(max=2147483647):owner_unit_id>/reminders"


@blueprint.app_context_processor
def _reminder_words() -> dict[str, object]:
    return {"reminder_hearers": HEARERS}


@blueprint.route(_ONE, methods=["GET", "POST"])
@members(Role.SECRETARY, Role.LEADER)
def reminders(owner_unit_id: int) -> ResponseReturnValue:
    """Show by which plan the tasks of a unit are recalled, what comes of it, and change it."""
    unit = service.kept_unit(current_user, owner_unit_id)
    plan, origin = service.plan_of(unit)
    form = PlanForm(data=filled(plan))
    if form.validate_on_submit() and _kept(form, unit):
        db.session.commit()
        web.good(_("Đã lưu; từ bây giờ việc của đơn vị được nhắc theo lịch này."))
        return redirect(url_for("tasks.reminders", owner_unit_id=unit.id))
    asked = ExampleForm(request.args)
    due = service.example_day(asked.due.data if asked.validate() else None)
    page = render_template(
        "tasks/reminders.html", form=form, unit=unit, plan=plan, origin=origin, due=due,
        days=[(told, (due - clock.local(told.moment).date()).days) for told in days_of(plan, due)],
    )  # fmt: skip
    return page, 422 if form.errors else 200


@blueprint.post(_ONE + "/inherit")
@members(Role.SECRETARY, Role.LEADER)
def inherit_reminders(owner_unit_id: int) -> ResponseReturnValue:
    """Go by the plan above again."""
    unit = service.kept_unit(current_user, owner_unit_id)
    service.drop_plan(current_user, unit)
    db.session.commit()
    web.good(_("Đã bỏ lịch riêng; đơn vị theo lịch chung."))
    return redirect(url_for("tasks.reminders", owner_unit_id=unit.id))


def _kept(form: PlanForm, unit: Unit) -> bool:
    """Do what the form says; what speaks against it is said beside the days."""
    try:
        service.keep_plan(current_user, unit, form.plan())
    except MeetlyError as error:
        form.before.errors = [_(error.template, **error.values)]
        return False
    return True
