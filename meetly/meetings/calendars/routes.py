"""Pages of calendars: subscriptions, the files that programs read, and the link that answers."""

from __future__ import annotations

import hashlib

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from meetly import sqlite, web
from meetly.accounts.access import members, public, writes
from meetly.config import settings
from meetly.errors import BadInput
from meetly.extensions import csrf, db
from meetly.meetings.calendars import answering, service
from meetly.meetings.calendars.answering import Question
from meetly.meetings.calendars.forms import ANSWER_NAMES, AnswerForm, SubscribeForm
from meetly.meetings.models import Answer
from meetly.meetings.routes import blueprint

# -- subscriptions ---------------------------------------------------------------------------


@blueprint.route("/meetings/calendars", methods=["GET", "POST"])
@members()
def calendars() -> ResponseReturnValue:
    """List the addresses that programs read, and make one; it is shown this once."""
    form = SubscribeForm()
    address = ""
    if form.validate_on_submit():
        try:
            _feed, secret = service.subscribe(current_user, form.name.data)
        except BadInput as error:
            db.session.rollback()
            form.name.errors = [_(error.template, **error.values)]
        else:
            db.session.commit()
            # the Host header is not believed in links that are kept
            path = url_for("meetings.calendar_feed", secret=secret)
            address = settings().base_url.rstrip("/") + path
            form.name.data = ""
    return render_template(
        "meetings/calendars.html", form=form, feeds=service.feeds_of(current_user),
        address=address, webcal="webcal" + address[address.find(":") :] if address else "",
    ), 422 if form.errors else 200  # fmt: skip


@blueprint.post("/meetings/calendars/<int:feed_id>/revoke")
@members()
def revoke_calendar(feed_id: int) -> ResponseReturnValue:
    """Close an address; the program that reads it finds nothing any more."""
    service.revoke(current_user, feed_id)
    db.session.commit()
    web.good(_("Đã thu hồi. Chương trình lịch dùng địa chỉ này không đọc được nữa."))
    return redirect(url_for("meetings.calendars"))


@blueprint.get("/calendar/<secret>.ics")
@public
@writes
def calendar_feed(secret: str) -> ResponseReturnValue:
    """Give the meetings of whoever made this address to a calendar program."""
    feed = service.opened(secret)
    db.session.commit()
    with sqlite.reading():  # hundreds of meetings take a while: nobody waits for them to write
        written = service.content(feed)
    answer = _calendar_file(written)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.set_etag(hashlib.sha256(written).hexdigest()[:32])
    return answer.make_conditional(request)


@blueprint.get("/meetings/<int:meeting_id>.ics")
@members()
def calendar_file(meeting_id: int) -> ResponseReturnValue:
    """Give one meeting as a file for a calendar program."""
    answer = _calendar_file(service.of_meeting(current_user, meeting_id))
    answer.headers["Content-Disposition"] = f'attachment; filename="meetly-{meeting_id}.ics"'
    return answer


def _calendar_file(written: bytes) -> Response:
    return Response(written, content_type="text/calendar; charset=utf-8")


# -- the link of a mail ----------------------------------------------------------------------


@blueprint.route("/answer/<token>", methods=["GET", "POST"])
@csrf.exempt  # the secret is in the address, not in a cookie that a browser adds by itself
@public
def answer_link(token: str) -> ResponseReturnValue:
    """Ask once more and take the answer; programs that only follow links answer nothing."""
    asked = answering.question(token)
    form = AnswerForm(data={"said": _wish(), "attendee": asked.invitation.attendee})
    said = form.said.data if form.said.data in ANSWER_NAMES else Answer.COMING
    form.require(said)
    if form.validate_on_submit():
        try:
            answering.answer(
                asked, Answer(form.said.data),
                attendee=form.attendee.data or "", reason=form.reason.data or "",
            )  # fmt: skip
        except BadInput as error:
            db.session.rollback()
            form.form_errors.append(_(error.template, **error.values))
        else:
            db.session.commit()
            web.good(_("Đã ghi nhận: %(said)s.", said=ANSWER_NAMES[Answer(form.said.data)]))
            return _sealed(redirect(url_for("meetings.answer_link", token=token)))
    return _sealed(_answer_page(asked, token, form, said))


def _wish() -> str:
    said = request.args.get("said", "")
    return said if said in ANSWER_NAMES and said else Answer.COMING


def _answer_page(asked: Question, token: str, form: AnswerForm, said: str) -> Response:
    page = render_template(
        "meetings/answer_link.html", asked=asked, meeting=asked.meeting, form=form, token=token,
        said=said, names=ANSWER_NAMES, asked_for="said" in request.args,
    )  # fmt: skip
    return make_response(page, 422 if form.errors or form.form_errors else 200)


def _sealed(answer: Response | ResponseReturnValue) -> Response:
    # The address is a secret: no page that is opened from here is told it.
    response = make_response(answer)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
