"""Routes of the desk: find and replace, whose voice it is, where an item of the agenda begins."""

from __future__ import annotations

import json
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from meetly import web
from meetly.accounts.access import members
from meetly.accounts.models import Role
from meetly.errors import BadInput, MeetlyError
from meetly.extensions import db
from meetly.meetings import service as meetings
from meetly.transcripts import agenda as announced
from meetly.transcripts import correcting, finding, floor, service
from meetly.transcripts.desk.forms import FindForm, SplitForm, VoiceForm
from meetly.transcripts.finding import Wanted
from meetly.transcripts.forms import NameForm
from meetly.transcripts.models import Segment, Transcript
from meetly.transcripts.routes import HOSTS, blueprint

__all__ = ["blueprint"]

#: Sentences of one preview; the rest is found again after these were replaced.
MOST_FOUND = 300
#: Sentences after the chosen one that the form offers as the end of a run.
RUN = 60
NOBODY, SOMEBODY_NEW = 0, -1


# -- find and replace --------------------------------------------------------------------------


@blueprint.get("/transcripts/<int:transcript_id>/find")
@members(*HOSTS)
def find(transcript_id: int) -> ResponseReturnValue:
    """List the sentences that hold some words, as they read now and as they would."""
    transcript = service.get(current_user, transcript_id)
    form = FindForm(request.args)
    wanted = _wanted(form) if form.validate() else Wanted("")
    found = correcting.find(transcript, wanted)
    by = " ".join((form.by.data or "").split())
    if by:  # what reads so already is no place to replace
        found = [hit for hit in found if finding.replaced(hit.text, hit.spans, by) != hit.text]
    shown = found[:MOST_FOUND]
    return render_template(
        "transcripts/found.html" if web.is_htmx() else "transcripts/find.html",
        **_about(transcript),
        form=form,
        by=by,
        hits=[(hit, finding.cut(hit.text, hit.spans)) for hit in shown],
        places=sum(len(hit.spans) for hit in found),
        more=len(found) - len(shown),
    )


@blueprint.post("/transcripts/<int:transcript_id>/replace")
@members(Role.SECRETARY)
def replace(transcript_id: int) -> ResponseReturnValue:
    """Put other words in the sentences that were ticked, all in one transaction."""
    transcript = service.get(current_user, transcript_id)
    service.require_keeper(current_user, transcript)
    form = FindForm(request.form)
    wanted, by = _wanted(form), " ".join((form.by.data or "").split())
    if not form.validate() or not wanted.tidy or not by:
        raise BadInput()
    picked = [_pair(each) for each in request.form.getlist("pick")]
    done = correcting.replace(current_user, transcript, wanted, by, picked)
    db.session.commit()
    return _replaced(transcript, done, wanted)


@blueprint.post("/transcripts/<int:transcript_id>/replace/undo")
@members(Role.SECRETARY)
def undo_replace(transcript_id: int) -> ResponseReturnValue:
    """Take a whole replacement back."""
    transcript = service.get(current_user, transcript_id)
    service.require_keeper(current_user, transcript)
    edits = [_number(each) for each in request.form.get("edits", "").split()]
    done = correcting.undo(current_user, transcript, edits)
    db.session.commit()
    return _replaced(transcript, done, None)


def _replaced(
    transcript: Transcript, done: correcting.Replacement, wanted: Wanted | None
) -> ResponseReturnValue:
    view = "transcripts/replaced_piece.html" if web.is_htmx() else "transcripts/replaced.html"
    return render_template(view, **_about(transcript), done=done, wanted=wanted)


def _wanted(form: FindForm) -> Wanted:
    return Wanted(form.q.data or "", exact=form.exact.data, inside=form.inside.data)


def _pair(said: str) -> tuple[int, int]:
    segment_id, _sep, version = said.partition(":")
    return _number(segment_id), _number(version)


def _number(said: str | None) -> int:
    try:
        return int(said or "")
    except ValueError as error:
        raise BadInput() from error


# -- voices ------------------------------------------------------------------------------------


@blueprint.route(
    "/transcripts/<int:transcript_id>/segments/<int:segment_id>/voice", methods=["GET", "POST"]
)
@members(Role.SECRETARY)
def assign(transcript_id: int, segment_id: int) -> ResponseReturnValue:
    """Say whose voice a sentence is, or a run of them."""
    transcript, first = _to_change(transcript_id, segment_id)
    following = service.segments(transcript, start=first.start, most=RUN)
    turn = floor.turn_of(first)
    last = request.args.get("until", turn[-1].id if turn else first.id, type=int)
    form = VoiceForm(data={"until": last, "voice": first.speaker_id or NOBODY})
    form.voice.choices = _voices(transcript)
    form.until.choices = [(s.id, f"{web.second(s.start)} {s.text[:60]}") for s in following]
    if last not in {s.id for s in following}:
        end = service.get_segment(current_user, last)
        form.until.choices.append((end.id, f"{web.second(end.start)} {end.text[:60]}"))
    if form.validate_on_submit():
        try:
            run = floor.run_of(first, service.get_segment(current_user, form.until.data))
            voice = floor.voice(current_user, transcript, form.voice.data, form.name.data or "")
            floor.assign(current_user, run, voice)
        except BadInput as error:
            form.name.errors = [_(error.template, **error.values)]
        else:
            db.session.commit()
            return _done(first, _("Đã ghi người nói cho %(count)s câu.", count=len(run)))
    views = ("transcripts/voice.html", "transcripts/voice_form.html")
    return _form(views, transcript, form, segment=first)


@blueprint.route(
    "/transcripts/<int:transcript_id>/segments/<int:segment_id>/split", methods=["GET", "POST"]
)
@members(Role.SECRETARY)
def split(transcript_id: int, segment_id: int) -> ResponseReturnValue:
    """Cut a sentence at a word, between two people at one microphone."""
    transcript, segment = _to_change(transcript_id, segment_id)
    tokens = segment.text.split()
    speaker = segment.speaker_id or NOBODY
    at = request.args.get("at", len(tokens) // 2, type=int)
    values = {"at": at, "first": speaker, "second": speaker, "version": segment.version}
    form = SplitForm(data=values)
    form.first.choices = form.second.choices = _voices(transcript)
    form.at.choices = [(n, token) for n, token in enumerate(tokens) if n]
    if form.validate_on_submit():
        name = form.name.data or ""
        try:
            speakers = (
                floor.voice(current_user, transcript, form.first.data, name),
                floor.voice(current_user, transcript, form.second.data, name),
            )
            version = _number(form.version.data)
            floor.split(current_user, segment, version, form.at.data, speakers)
        except MeetlyError as error:
            form.at.errors = [_(error.template, **error.values)]
            db.session.rollback()
        else:
            db.session.commit()
            return _done(segment, _("Đã tách thành hai câu."))
    views = ("transcripts/split.html", "transcripts/split_form.html")
    return _form(views, transcript, form, segment=segment, tokens=tokens)


@blueprint.post("/speakers/<int:speaker_id>/name")
@members(Role.SECRETARY)
def name_speaker(speaker_id: int) -> ResponseReturnValue:
    """Call a voice otherwise, in all its sentences; position and unit stay."""
    speaker, form = service.get_speaker(current_user, speaker_id), NameForm()
    if not form.validate_on_submit():
        raise BadInput("Hãy ghi tên người nói.")
    service.rename_speaker(
        current_user, speaker_id, name=form.name.data, position=speaker.position, unit=speaker.unit
    )
    db.session.commit()
    words = _("Đã ghi %(name)s ở mọi câu của giọng này.", name=speaker.name)
    if web.is_htmx():
        return _said(words)
    web.good(words)
    return redirect(url_for("transcripts.show", transcript_id=speaker.transcript_id))


def _voices(transcript: Transcript) -> list[tuple[int, str]]:
    there = [(speaker.id, speaker.name) for speaker in service.voices_of(transcript)]
    return [*there, (SOMEBODY_NEW, _("Người khác…")), (NOBODY, _("Chưa rõ"))]


def _to_change(transcript_id: int, segment_id: int) -> tuple[Transcript, Segment]:
    transcript = service.get(current_user, transcript_id)
    service.require_keeper(current_user, transcript)
    return transcript, service.segment_of(transcript, segment_id)


def _form(
    views: tuple[str, str], transcript: Transcript, form: Any, **values: Any
) -> ResponseReturnValue:
    """Show a form on a page of its own, or as what goes into a window."""
    page = render_template(views[web.is_htmx()], **_about(transcript), form=form, **values)
    return page, 422 if form.errors else 200


def _done(segment: Segment, words: str) -> ResponseReturnValue:
    if web.is_htmx():
        return _said(words)
    web.good(words)
    address = url_for(
        "transcripts.segment", transcript_id=segment.transcript_id, segment_id=segment.id
    )
    return redirect(address)


def _said(words: str) -> ResponseReturnValue:
    """Say a word at the foot of the page, which then asks what changed."""
    return "", 204, {"HX-Trigger": json.dumps({"toast": words, "transcript-changed": ""})}


# -- the agenda --------------------------------------------------------------------------------


@blueprint.get("/transcripts/<int:transcript_id>/agenda")
@members(*HOSTS)
def agenda(transcript_id: int) -> ResponseReturnValue:
    """Show where each item of the agenda begins, as marked or as the words let suppose."""
    transcript = service.get(current_user, transcript_id)
    view = "transcripts/agenda_piece.html" if web.is_htmx() else "transcripts/agenda.html"
    return render_template(view, **_about(transcript), items=_items(transcript))


@blueprint.post("/transcripts/<int:transcript_id>/agenda")
@members(Role.SECRETARY)
def mark(transcript_id: int) -> ResponseReturnValue:
    """Say that an item of the agenda begins at a second, or at none that is known."""
    transcript = service.get(current_user, transcript_id)
    service.require_keeper(current_user, transcript)
    item, second = _number(request.form.get("item")), request.form.get("second", type=float)
    segment = None if second is None else service.at(transcript, second + 0.05)
    floor.mark(current_user, transcript, item, segment)
    db.session.commit()
    return redirect(url_for("transcripts.agenda", transcript_id=transcript_id), 303)


def _items(transcript: Transcript) -> list[tuple[Any, Any, bool]]:
    """List the items, the sentence each begins with, and whether a person said so."""
    meeting = meetings.get(current_user, transcript.meeting_id)
    marked = floor.marks(transcript)
    open_items = [
        announced.Item(item.ordinal, item.title, item.unit.name if item.unit else "")
        for item in meeting.agenda
        if item.ordinal not in marked
    ]
    spoken = service.lines(transcript) if open_items else []
    supposed = announced.proposals(open_items, [line.text for line in spoken])
    return [
        (
            item,
            marked.get(item.ordinal)
            or (spoken[supposed[item.ordinal]] if item.ordinal in supposed else None),
            item.ordinal in marked,
        )
        for item in meeting.agenda
    ]


def _about(transcript: Transcript) -> dict[str, Any]:
    meeting = meetings.get(current_user, transcript.meeting_id)
    return {
        "transcript": transcript,
        "meeting": meeting,
        "may_change": meetings.is_host(current_user, meeting, Role.SECRETARY),
    }
