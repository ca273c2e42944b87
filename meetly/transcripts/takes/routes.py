"""Pages of hearings: the versions of a chunk, hearing again, stopping, the expected time."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from meetly import web
from meetly.accounts.access import members
from meetly.accounts.models import Role
from meetly.errors import NotFound
from meetly.extensions import db
from meetly.meetings import service as meetings
from meetly.meetings.models import Meeting
from meetly.transcripts import keeping, service
from meetly.transcripts.models import Chunk, Transcript
from meetly.transcripts.routes import HOSTS, blueprint
from meetly.transcripts.settling import why
from meetly.transcripts.takes import moments, shown
from meetly.transcripts.takes import service as takes
from meetly.transcripts.takes.forms import AgainForm


@blueprint.get("/transcripts/<int:transcript_id>/chunks/<int:chunk_id>/takes", endpoint="takes")
@members(*HOSTS)
def versions(transcript_id: int, chunk_id: int) -> ResponseReturnValue:
    """Show what was heard in a chunk each time, and let it be heard again."""
    chunk = _chunk(transcript_id, chunk_id)
    return _page(chunk, _form(chunk.transcript, [chunk], shown.model_of(chunk)))


@blueprint.get("/transcripts/<int:transcript_id>/takes")
@members(*HOSTS)
def takes_at(transcript_id: int) -> ResponseReturnValue:
    """Go to the hearings of the chunk in which a second of the recording lies."""
    transcript = service.get(current_user, transcript_id)
    chunk = takes.chunk_at(transcript, moments.seconds(request.args.get("at", "")))
    return redirect(url_for("transcripts.takes", transcript_id=transcript_id, chunk_id=chunk.id))


@blueprint.post("/transcripts/<int:transcript_id>/chunks/<int:chunk_id>/again")
@members(Role.SECRETARY)
def hear_again(transcript_id: int, chunk_id: int) -> ResponseReturnValue:
    """Have a chunk heard again."""
    chunk = _chunk(transcript_id, chunk_id)
    form = _form(chunk.transcript, [chunk], shown.model_of(chunk))
    if not form.validate_on_submit():
        return _page(chunk, form), 422
    takes.hear_again(current_user, chunk_id, form.model.data, sure=_is_sure(form))
    db.session.commit()
    web.good(_("Máy sẽ nghe lại đoạn này; lời hiện có vẫn hiện cho đến khi nghe xong."))
    return redirect(url_for("transcripts.takes", transcript_id=transcript_id, chunk_id=chunk_id))


@blueprint.post("/transcripts/<int:transcript_id>/chunks/<int:chunk_id>/takes/<int:take>/restore")
@members(Role.SECRETARY)
def restore_take(transcript_id: int, chunk_id: int, take: int) -> ResponseReturnValue:
    """Show an earlier hearing of a chunk again."""
    _chunk(transcript_id, chunk_id)
    takes.restore(current_user, chunk_id, take)
    db.session.commit()
    web.good(_("Đã lấy lại lần nghe %(number)s.", number=take))
    return redirect(url_for("transcripts.takes", transcript_id=transcript_id, chunk_id=chunk_id))


@blueprint.route("/speakers/<int:speaker_id>/again", methods=["GET", "POST"])
@members(Role.SECRETARY)
def hear_speaker_again(speaker_id: int) -> ResponseReturnValue:
    """Have everything a speaker said heard again."""
    speaker = service.get_speaker(current_user, speaker_id)
    transcript = db.session.get_one(Transcript, speaker.transcript_id)
    chunks = takes.chunks_of(speaker)
    form = _form(transcript, chunks, transcript.model)
    if form.validate_on_submit():
        count = takes.hear_speaker_again(
            current_user, speaker_id, form.model.data, sure=_is_sure(form)
        )
        db.session.commit()
        web.good(_("Máy sẽ nghe lại %(count)s đoạn; lời hiện có vẫn hiện.", count=count))
        return redirect(url_for("transcripts.show", transcript_id=transcript.id))
    page = render_template(
        "transcripts/speaker_again.html", speaker=speaker, transcript=transcript, form=form,
        meeting=_meeting(transcript), chunks=chunks, corrected=takes.corrected(chunks),
    )  # fmt: skip
    return page, 422 if form.errors else 200


@blueprint.post("/transcripts/<int:transcript_id>/cancel")
@members(Role.SECRETARY)
def cancel(transcript_id: int) -> ResponseReturnValue:
    """Stop the work on a transcript."""
    service.cancel(current_user, service.get(current_user, transcript_id))
    db.session.commit()
    web.good(_("Đã dừng. Phần đã nghe vẫn còn và có thể làm tiếp."))
    return redirect(url_for("transcripts.show", transcript_id=transcript_id))


@blueprint.get("/meetings/<int:meeting_id>/recordings/expected")
@members(*HOSTS)
def expected(meeting_id: int) -> ResponseReturnValue:
    """Tell how long a recording of this meeting will take before it is brought in."""
    meeting = meetings.get(current_user, meeting_id)
    if not meetings.is_host(current_user, meeting):
        raise NotFound()
    view = "transcripts/expected_piece.html" if web.is_htmx() else "transcripts/expected.html"
    return render_template(view, meeting=meeting, expected=service.expected())


# -- inside ------------------------------------------------------------------------------------


def _chunk(transcript_id: int, chunk_id: int) -> Chunk:
    chunk = keeping.get_chunk(current_user, chunk_id)
    if chunk.transcript_id != transcript_id:
        raise NotFound()
    return chunk


def _form(transcript: Transcript, chunks: list[Chunk], present: str) -> AgainForm:
    models = takes.models(transcript)
    now = next((model.key for model in models if model.path == present), models[0].key)
    form = AgainForm(data={"model": now})
    form.offer(models, present, takes.corrected(chunks))
    return form


def _is_sure(form: AgainForm) -> bool:
    return form.sure is not None and bool(form.sure.data)


def _page(chunk: Chunk, form: AgainForm) -> str:
    meeting = _meeting(chunk.transcript)
    return render_template(
        "transcripts/takes.html",
        chunk=chunk,
        transcript=chunk.transcript,
        meeting=meeting,
        versions=takes.versions(current_user, chunk.id),
        form=form,
        corrected=takes.corrected([chunk]),
        why=why(chunk.failure),
        may_change=meetings.is_host(current_user, meeting, Role.SECRETARY),
        may_hear=chunk.status in ("done", "failed")
        and chunk.transcript.status in ("splitting", "transcribing", "ready"),
    )


def _meeting(transcript: Transcript) -> Meeting:
    return meetings.get(current_user, transcript.meeting_id)
