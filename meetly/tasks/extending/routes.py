"""Forms sent about more time for a task; they are shown on the page of the task."""

from __future__ import annotations

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from meetly import web
from meetly.accounts.access import members
from meetly.accounts.models import Role
from meetly.errors import BadInput, WrongState
from meetly.extensions import db
from meetly.tasks.extending import service
from meetly.tasks.extending.forms import AskForm, GrantForm, RefuseForm
from meetly.tasks.models import ExtensionRequest
from meetly.tasks.routes import MEMBERS, blueprint, page
from meetly.tasks.service import get

_ONE = "/tasks/extensions/<int:extension_id>"


@blueprint.post("/tasks/<int:task_id>/extension")
@members(*MEMBERS)
def ask_extension(task_id: int) -> ResponseReturnValue:
    """Ask for more time."""
    task = get(current_user, task_id)
    form = AskForm()
    if not form.validate_on_submit():
        return page(task, ask=form), 422
    try:
        service.ask(current_user, task, form.reason.data, form.wanted.data)
    except (BadInput, WrongState) as error:
        db.session.rollback()
        form.form_errors.append(_(error.template, **error.values))
        return page(get(current_user, task_id), ask=form), 422
    db.session.commit()
    web.good(_("Đã gửi đề nghị gia hạn; lãnh đạo đơn vị giao việc đã được báo."))
    return redirect(url_for("tasks.show", task_id=task_id))


@blueprint.post(f"{_ONE}/grant")
@members(Role.LEADER)
def grant_extension(extension_id: int) -> ResponseReturnValue:
    """Grant more time."""
    found = service.get(current_user, extension_id)
    form = GrantForm()
    if not form.validate_on_submit():
        return page(found.task, grant=form), 422
    try:
        service.grant(current_user, found, form.due.data, form.words.data or "")
    except (BadInput, WrongState) as error:
        db.session.rollback()
        form.form_errors.append(_(error.template, **error.values))
        return page(get(current_user, found.task_id), grant=form), 422
    db.session.commit()
    web.good(_("Đã gia hạn; đơn vị chủ trì đã được báo."))
    return _back(found)


@blueprint.post(f"{_ONE}/refuse")
@members(Role.LEADER)
def refuse_extension(extension_id: int) -> ResponseReturnValue:
    """Refuse more time."""
    found = service.get(current_user, extension_id)
    form = RefuseForm()
    if not form.validate_on_submit():
        raise BadInput("Hãy viết vài chữ về việc đã làm hoặc lý do.")
    service.refuse(current_user, found, form.words.data)
    db.session.commit()
    web.good(_("Đã trả lời đề nghị gia hạn."))
    return _back(found)


@blueprint.post(f"{_ONE}/withdraw")
@members(*MEMBERS)
def withdraw_extension(extension_id: int) -> ResponseReturnValue:
    """Take a question back."""
    found = service.get(current_user, extension_id)
    service.withdraw(current_user, found)
    db.session.commit()
    web.good(_("Đã rút đề nghị gia hạn."))
    return _back(found)


def _back(request: ExtensionRequest) -> ResponseReturnValue:
    return redirect(url_for("tasks.show", task_id=request.task_id))
