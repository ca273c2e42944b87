"""Pages of the conference: the way in, who was there when; and the doors its engines report at."""

from __future__ import annotations

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from meetly import web
from meetly.accounts.access import members, public, writes
from meetly.accounts.models import Role
from meetly.errors import BadInput, NotFound
from meetly.extensions import csrf, db
from meetly.meetings import service as meetings
from meetly.meetings.conference import attending, parts, registry, service, showing
from meetly.meetings.conference.calling import PIECE
from meetly.meetings.conference.engines import BIGBLUEBUTTON, JITSI
from meetly.meetings.conference.protocol import Callback, Verb
from meetly.meetings.forms import STATUS_NAMES
from meetly.meetings.models import Meeting
from meetly.meetings.routes import blueprint
from meetly.storage import files

#: Bytes of a report; real ones are a few thousand.
LARGEST_REPORT = 256 * 1024


@blueprint.get("/meetings/<int:meeting_id>/join")
@members()
@writes
def join(meeting_id: int) -> ResponseReturnValue:
    """Send a person into the room of a meeting, which is opened if it is time."""
    meeting = meetings.get(current_user, meeting_id)
    entry = service.knock(current_user, meeting)
    db.session.commit()  # no transaction stays open while the engine thinks
    room, granted = service.enter(entry)
    service.note_room(current_user, meeting, room)
    db.session.commit()
    return redirect(granted.url)


@blueprint.get("/meetings/<int:meeting_id>/timeline")
@members(Role.SECRETARY, Role.LEADER)
def timeline(meeting_id: int) -> ResponseReturnValue:
    """Show which site was in the room when."""
    meeting = _hosted(meeting_id)
    window, lines = attending.lines_of(meeting)
    rows = showing.rows(meetings.roll(meeting), lines)
    wanted = request.args.get("show", "")
    return render_template(
        "meetings/timeline.html", meeting=meeting, window=window, counts=showing.counts(rows),
        rows=[row for row in rows if row.belongs_to(wanted)], wanted=wanted,
        ticks=showing.ticks(window, rows), span=showing.span(window, rows),
        states=STATUS_NAMES, may_end=Verb.END in service.abilities(meeting),
        parts=parts.of_meeting(meeting),
    )  # fmt: skip


@blueprint.post("/meetings/<int:meeting_id>/room/<verb>")
@members(Role.SECRETARY, Role.LEADER)
def act(meeting_id: int, verb: str) -> ResponseReturnValue:
    """Do something to the room for everybody, such as ending it."""
    meeting = _hosted(meeting_id)
    if verb not in set(Verb):
        raise NotFound()
    engine, room = service.require_may_act(current_user, meeting, Verb(verb))
    db.session.commit()
    engine.act(room, Verb(verb))
    web.good(_("Đã gửi yêu cầu đến phòng họp."))
    return redirect(url_for("meetings.timeline", meeting_id=meeting_id))


def _hosted(meeting_id: int) -> Meeting:
    meeting = meetings.get(current_user, meeting_id)
    if not meetings.is_host(current_user, meeting):
        raise NotFound()
    return meeting


# -- where engines report ----------------------------------------------------------------------


@blueprint.post("/conference/bigbluebutton/<room_token>")
@public
@csrf.exempt  # the checksum or the signed token in it proves who sends
def bigbluebutton_event(room_token: str) -> ResponseReturnValue:
    """Take an event, or the word that a recording is ready, of BigBlueButton."""
    engine = registry.engine(BIGBLUEBUTTON)
    meeting = service.of_token(room_token, "callback")
    events = engine.parse_callback(_report(service.callback_address(meeting)))
    service.hear(meeting, events)
    db.session.commit()
    return Response(status=204)


@blueprint.post("/conference/jitsi/events/<about>/<happened>")
@public
@csrf.exempt  # the bearer token proves who sends
def jitsi_event(about: str, happened: str) -> ResponseReturnValue:
    """Take an event of Jitsi's Prosody; what happened stands in the body too."""
    events = registry.engine(JITSI).parse_callback(_report(request.path))
    if events:
        service.hear(service.of_token(events[0].room, "room"), events)
    db.session.commit()
    return Response(status=204)


@blueprint.post("/conference/jitsi/recordings")
@public
@csrf.exempt  # the signed token proves who sends
def jitsi_recording() -> ResponseReturnValue:
    """Take a recording that Jibri hands in; the body is the file."""
    engine = registry.jitsi()
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    meeting = service.of_token(engine.hand_in(token), "room")
    db.session.commit()  # no transaction stays open while a slow line delivers
    request.max_content_length = None
    arriving = iter(lambda: request.stream.read(PIECE), b"")
    size = request.content_length or 0
    key, stored = parts.take_in(arriving, request.args.get("name", ""), size)
    if size and stored.size != size:
        files.delete(key)
        raise BadInput("Tệp bị đứt giữa chừng; hãy gửi lại.")
    begins = request.args.get("begins", type=int)
    if not parts.handed_in(meeting, key, stored, begins):
        files.delete(key)
    db.session.commit()
    return Response(status=204)


def _report(address: str) -> Callback:
    request.max_content_length = LARGEST_REPORT
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Callback(address, request.query_string.decode("latin-1"), headers, request.get_data())
