"""Pages of answers: one's own to an invitation, and everybody's for those who hold the meeting."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from meetly import web
from meetly.accounts.access import members
from meetly.accounts.models import Role
from meetly.errors import BadInput, NotFound
from meetly.extensions import db
from meetly.meetings import service as meetings
from meetly.meetings.answers import listing, service
from meetly.meetings.answers.forms import AnswerForm, DecisionForm, given
from meetly.meetings.answers.telling import ANSWER_NAMES
from meetly.meetings.models import Answer
from meetly.meetings.routes import blueprint

_ONE = "/answers/<any(unit, person):whom>/<int(max=2147483647):invitation_id>"


@blueprint.get("/meetings/<int:meeting_id>/answers")
@members(Role.SECRETARY, Role.LEADER)
def answers(meeting_id: int) -> ResponseReturnValue:
    """Show who answered what to those who hold a meeting or chair it."""
    meeting = meetings.get(current_user, meeting_id)
    show = request.args.get("show", "")
    return render_template(
        "meetings/answers.html", meeting=meeting, show=show if show in listing.SHOWN else "",
        found=service.responses(current_user, meeting, show), tally=service.tally(meeting),
        names=ANSWER_NAMES, kind_of=service.kind_of, name_of=service.name_of,
        is_open=service.is_open(meeting), may_decide=service.may_decide(current_user, meeting),
        may_remind=meetings.is_host(current_user, meeting, Role.SECRETARY),
    )  # fmt: skip


@blueprint.post("/meetings/<int:meeting_id>/answers/remind")
@members(Role.SECRETARY)
def remind_unanswered(meeting_id: int) -> ResponseReturnValue:
    """Remind everybody who has not answered."""
    told = service.remind(current_user, meetings.get(current_user, meeting_id))
    db.session.commit()
    web.reminded(told, _("Không còn ai để nhắc: tất cả đã trả lời, hoặc hôm nay đã được nhắc rồi."))
    return redirect(url_for("meetings.answers", meeting_id=meeting_id))


@blueprint.route(_ONE, methods=["GET", "POST"])
@members()
def answer(whom: str, invitation_id: int) -> ResponseReturnValue:
    """Answer an invitation: who comes, who instead, or why nobody."""
    invitation = service.get(current_user, whom, invitation_id)
    meeting = meetings.get(current_user, invitation.meeting_id)
    if invitation not in service.mine(current_user, meeting):
        raise NotFound()
    form = AnswerForm(data=given(invitation))
    form.offer(service.offered(invitation))
    if request.method == "GET" and request.args.get("answer") in set(Answer):
        form.answer.data = request.args["answer"]
    if form.validate_on_submit():
        try:
            service.answer(current_user, invitation, Answer(form.answer.data), **form.said())
        except BadInput as error:
            db.session.rollback()
            form.form_errors.append(_(error.template, **error.values))
        else:
            db.session.commit()
            web.good(_said(invitation.answer))
            return redirect(url_for("overview.dossier", meeting_id=meeting.id))
    return render_template(
        "meetings/answer.html", form=form, meeting=meeting, invitation=invitation,
        whom=whom, name=service.name_of(invitation), is_open=service.is_open(meeting),
    ), 422 if form.errors or form.form_errors else 200  # fmt: skip


def _said(answer: Answer) -> str:
    if answer == Answer.SUBSTITUTE:
        return str(_("Đã gửi; chủ trì sẽ cho ý kiến về người dự thay."))
    return str(_("Đã trả lời. Có thể đổi cho đến giờ họp."))


@blueprint.post(f"{_ONE}/decide")
@members(Role.LEADER)
def decide(whom: str, invitation_id: int) -> ResponseReturnValue:
    """Agree to a substitute, or not."""
    invitation = service.get(current_user, whom, invitation_id)
    form = DecisionForm()
    if not form.validate_on_submit():
        raise BadInput("Hãy chọn đồng ý hoặc không đồng ý.")
    granted = form.granted.data == "1"
    service.decide(current_user, invitation, granted, form.note.data or "", seen=form.seen_at())
    db.session.commit()
    name = service.name_of(invitation)
    web.good(
        _("Đã đồng ý: %(name)s cử người dự thay.", name=name)
        if granted
        else _("Đã trả lời không đồng ý: %(name)s.", name=name)
    )
    otherwise = url_for("meetings.answers", meeting_id=invitation.meeting_id)
    return redirect(web.safe_next(form.next.data, otherwise))
