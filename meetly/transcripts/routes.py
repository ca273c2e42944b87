"""Pages of transcripts: reading along, listening, correcting, naming the speakers, exports."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from meetly import web
from meetly.accounts import service as accounts
from meetly.accounts.access import members
from meetly.accounts.models import Role
from meetly.errors import BadInput, NotFound, Stale
from meetly.extensions import db
from meetly.meetings import service as meetings
from meetly.meetings.models import Meeting
from meetly.recordings import service as recordings
from meetly.recordings.models import RecordingStatus
from meetly.recordings.talk_events import LARGEST
from meetly.transcripts import (
    changes,
    corrected,
    correcting,
    document,
    exports,
    glossary,
    marking,
    service,
    showing,
)  # fmt: skip
from meetly.transcripts.forms import (
    REASONS,
    NameForm,
    SegmentForm,
    SpeakerForm,
    TalksForm,
    TrackForm,
)
from meetly.transcripts.models import Segment, Transcript

blueprint = Blueprint("transcripts", __name__)

HOSTS = (Role.SECRETARY, Role.LEADER)


@blueprint.get("/transcripts/<int:transcript_id>")
@members(*HOSTS)
def show(transcript_id: int) -> ResponseReturnValue:
    """Show a transcript beside its sound: one stretch of it, and where the others are."""
    transcript = service.get(current_user, transcript_id)
    voice = request.args.get("voice", type=int)
    pages = showing.pages(service.starts(transcript, voice))
    page = min(max(1, request.args.get("page", 1, type=int)), len(pages))
    number, heard = changes.now()
    return render_template(
        "transcripts/show.html",
        **_page(transcript),
        **_stretch(transcript, pages[page - 1].start, pages[page - 1].until, voice),
        corrected=corrected.of_transcript(transcript),
        pages=pages,
        page=page,
        gaps=service.gaps(transcript),
        suspected=service.suspected(transcript),
        talks=_talks(transcript),
        talks_form=TalksForm(),
        name_form=NameForm(),
        number=number,
        heard=heard,
    )


@blueprint.get("/transcripts/<int:transcript_id>/stretch")
@members(*HOSTS)
def stretch(transcript_id: int) -> ResponseReturnValue:
    """Give the sentences that begin from one second to another, for a page that has come near."""
    transcript = service.get(current_user, transcript_id)
    start, until = request.args.get("start", 0.0, type=float), request.args.get("until", type=float)
    voice = request.args.get("voice", type=int)
    return render_template(
        "transcripts/stretch.html",
        **_page(transcript),
        **_stretch(transcript, start, until, voice),
        start=start,
        until=until,
    )


@blueprint.get("/transcripts/<int:transcript_id>/changes")
@members(*HOSTS)
def change(transcript_id: int) -> ResponseReturnValue:
    """Give a page what others changed and what was heard since it asked last."""
    transcript = service.get(current_user, transcript_id)
    number, heard = request.args.get("number", 0, type=int), request.args.get("heard", 0.0, float)
    found = changes.since(transcript, number, heard)
    shown = [segment for _chunk, segments in found.chunks for segment in segments]
    values: dict[str, Any] = {"found": found}
    if found.chunks or found.speakers:  # most questions are answered by nothing
        starts = [segments[0] for _chunk, segments in found.chunks if segments]
        values |= {**_page(transcript), **_sentences(transcript, shown)}
        values["before_first"] = {segment.id: service.before(segment) for segment in starts}
    return render_template("transcripts/changes.html", **values)


@blueprint.get("/transcripts/<int:transcript_id>/progress")
@members(*HOSTS)
def progress(transcript_id: int) -> ResponseReturnValue:
    """Tell how far it is."""
    transcript = service.get(current_user, transcript_id)
    if not web.is_htmx():
        return redirect(url_for("transcripts.show", transcript_id=transcript_id))
    return render_template("transcripts/progress.html", **_page(transcript))


@blueprint.get("/recordings/<int:recording_id>/transcript")
@members(*HOSTS)
def of_recording(recording_id: int) -> ResponseReturnValue:
    """Go to the transcript of a recording, or tell a list of recordings how far it is."""
    recording = recordings.get(current_user, recording_id)
    transcript = service.of_recording(recording)
    if web.is_htmx():
        return render_template(
            "transcripts/of_recording.html",
            recording=recording,
            transcript=transcript,
            progress=service.progress(transcript) if transcript else None,
            waits=recording.status == RecordingStatus.RECEIVED,
            expected=service.expected() if transcript is None else None,
        )
    if transcript is None:
        return redirect(url_for("recordings.index", meeting_id=recording.meeting_id))
    return redirect(url_for("transcripts.show", transcript_id=transcript.id))


@blueprint.get("/transcripts/<int:transcript_id>/export.<ending>")
@members(*HOSTS)
def export(transcript_id: int, ending: str) -> ResponseReturnValue:
    """Hand the transcript out as a file."""
    transcript = service.get(current_user, transcript_id)
    if ending == "docx":
        content: str | bytes = document.render(service.export(transcript))
        media_type = document.MEDIA_TYPE
    elif ending in exports.FORMATS:
        write, media_type = exports.FORMATS[ending]
        content = write(service.export(transcript))
    else:
        raise NotFound()
    response = Response(content, content_type=media_type)
    name = f"ban-boc-bang-{transcript.id}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


# -- one sentence ------------------------------------------------------------------------------


@blueprint.get("/transcripts/<int:transcript_id>/segments/<int:segment_id>")
@members(*HOSTS)
def segment(transcript_id: int, segment_id: int) -> ResponseReturnValue:
    """Go to the page on which a sentence stands; what was heard anew leads to what is shown now."""
    return _to_segment(_segment(transcript_id, segment_id))


@blueprint.route(
    "/transcripts/<int:transcript_id>/segments/<int:segment_id>/edit", methods=["GET", "POST"]
)
@members(Role.SECRETARY)
def edit_segment(transcript_id: int, segment_id: int) -> ResponseReturnValue:
    """Correct a sentence: on a page of its own, or for a page that keeps what is being typed."""
    found = _segment(transcript_id, segment_id)
    values = {"text": found.text, "base": found.text, "version": found.version}
    form = SegmentForm(data=values)
    newer, merged = "", False
    if form.validate_on_submit():
        # Not the form's, which would fill in today's for a sender who says nothing.
        version, base = _version(request.form.get("version")), request.form.get("base", "")
        try:
            found, merged = correcting.save(current_user, segment_id, version, form.text.data, base)
        except Stale as error:
            # Both texts stay in sight: what the other wrote above, what was typed in the field.
            db.session.refresh(found)
            newer, form.version.data = found.text, str(found.version)
            form.base.data = found.text
            form.text.errors = [_(error.template)]
        except BadInput as error:
            form.text.errors = [_(error.template, **error.values)]
        else:
            db.session.commit()
            if not web.wants_json():
                return _saved(found, merged)
    if web.wants_json():
        return _answer(found, form, merged=merged, clash=bool(newer))
    recording_id = db.session.get_one(Transcript, transcript_id).recording_id
    page = render_template(
        "transcripts/edit_segment.html",
        segment=found, form=form, newer=newer, recording_id=recording_id,
    )  # fmt: skip
    return page, 422 if form.errors else 200


@blueprint.post("/transcripts/<int:transcript_id>/segments/<int:segment_id>/reject")
@members(Role.SECRETARY)
def reject_segment(transcript_id: int, segment_id: int) -> ResponseReturnValue:
    """Say that nobody said this sentence."""
    _segment(transcript_id, segment_id)
    version = _version(request.form.get("version"))
    changed = service.reject(current_user, segment_id, version)
    db.session.commit()
    return _answer(changed) if web.wants_json() else _to_segment(changed)


@blueprint.get("/transcripts/<int:transcript_id>/segments/<int:segment_id>/history")
@members(*HOSTS)
def history(transcript_id: int, segment_id: int) -> ResponseReturnValue:
    """Show what a sentence said before each correction, by whom and when."""
    found = _segment(transcript_id, segment_id)
    edits = service.edits([found]).get(found.id, [])
    return render_template(
        "transcripts/history.html",
        segment=found,
        meeting=_meeting(db.session.get_one(Transcript, transcript_id)),
        edits=[(edit, showing.differences(edit.before, edit.after)) for edit in edits],
    )


@blueprint.post("/transcripts/<int:transcript_id>/segments/<int:segment_id>/repairs/<int:number>")
@members(Role.SECRETARY)
def restore_words(transcript_id: int, segment_id: int, number: int) -> ResponseReturnValue:
    """Write again what was heard where the repair changed it."""
    _segment(transcript_id, segment_id)
    version = _version(request.form.get("version"))
    changed = service.restore(current_user, segment_id, version, number)
    db.session.commit()
    return _row(changed) if web.is_htmx() else _to_segment(changed)


# -- what corrections teach --------------------------------------------------------------------


@blueprint.get("/transcripts/glossary")
@members(*HOSTS)
def show_glossary() -> ResponseReturnValue:
    """Show what the units of a person learnt from corrections, and how much was corrected."""
    units = glossary.units_of(current_user)
    return render_template(
        "transcripts/glossary.html",
        terms=[(term, glossary.is_applied(term)) for term in glossary.terms_of(units)],
        units={unit.id: unit for unit in units},
        keeps={unit.id for unit in accounts.units_as(current_user, Role.SECRETARY)},
        months=corrected.by_month(units),
    )


@blueprint.post("/transcripts/glossary/<int:term_id>/remove")
@members(Role.SECRETARY)
def remove_term(term_id: int) -> ResponseReturnValue:
    """Take a term out of the glossary."""
    term = glossary.remove(current_user, term_id)
    heard = term.heard
    db.session.commit()
    web.good(_("Đã bỏ “%(words)s” khỏi từ điển.", words=heard))
    return redirect(url_for("transcripts.show_glossary"))


# -- speakers, again, away ---------------------------------------------------------------------


@blueprint.route("/speakers/<int:speaker_id>", methods=["GET", "POST"])
@members(Role.SECRETARY)
def speaker(speaker_id: int) -> ResponseReturnValue:
    """Say who a voice is."""
    found = service.get_speaker(current_user, speaker_id)
    values = {"name": found.name, "position": found.position, "unit": found.unit_id or 0}
    form = SpeakerForm(data=values)
    units = {unit.id: unit for unit in accounts.units()}
    form.unit.choices = [(0, _("Chưa rõ")), *((u.id, u.name) for u in units.values())]
    if form.validate_on_submit():
        service.rename_speaker(
            current_user,
            speaker_id,
            name=form.name.data,
            position=form.position.data or "",
            unit=units.get(form.unit.data),
        )
        db.session.commit()
        web.good(_("Đã ghi %(name)s ở mọi câu của giọng này.", name=found.name))
        return redirect(url_for("transcripts.show", transcript_id=found.transcript_id))
    transcript = db.session.get_one(Transcript, found.transcript_id)
    return render_template(
        "transcripts/speaker.html", speaker=found, form=form, meeting=_meeting(transcript)
    )


@blueprint.post("/recordings/<int:recording_id>/talks")
@members(Role.SECRETARY)
def add_talks(recording_id: int) -> ResponseReturnValue:
    """Take in a file of who spoke when; sentences heard already get their speakers from it."""
    recording = recordings.get_to_change(current_user, recording_id)
    file = request.files.get("talks")
    if file is None or not file.filename:
        raise BadInput("Hãy chọn tệp JSON “ai nói lúc nào” rồi gửi lại.")
    count = service.add_talk_events(current_user, recording_id, file.stream.read(LARGEST + 1))
    db.session.commit()
    web.good(_("Đã nhận %(count)s lượt nói.", count=count))
    transcript = service.of_recording(recording)
    if transcript is None:
        return redirect(url_for("recordings.index", meeting_id=recording.meeting_id))
    return redirect(url_for("transcripts.show", transcript_id=transcript.id))


@blueprint.post("/transcripts/<int:transcript_id>/retry")
@members(Role.SECRETARY)
def retry(transcript_id: int) -> ResponseReturnValue:
    """Set a failed transcript to work again."""
    service.retry(current_user, service.get(current_user, transcript_id))
    db.session.commit()
    web.good(_("Máy sẽ làm tiếp; phần đã bóc băng được giữ nguyên."))
    return redirect(url_for("transcripts.show", transcript_id=transcript_id))


@blueprint.post("/recordings/<int:recording_id>/discard")
@members(Role.SECRETARY)
def discard(recording_id: int) -> ResponseReturnValue:
    """Take a recording away together with its transcript."""
    recording = recordings.get_to_change(current_user, recording_id)
    meeting_id, name = recording.meeting_id, recording.filename
    service.discard(current_user, recording_id)
    db.session.commit()
    web.good(_("Đã xóa %(name)s và bản bóc băng của nó.", name=name))
    return redirect(url_for("recordings.index", meeting_id=meeting_id))


# -- inside ------------------------------------------------------------------------------------


def _segment(transcript_id: int, segment_id: int) -> Segment:
    found = service.get_segment(current_user, segment_id)
    if found.transcript_id != transcript_id:
        raise NotFound()
    return found


def _version(said: Any) -> int:
    try:
        return int(said)
    except (TypeError, ValueError) as error:
        raise BadInput() from error


def _meeting(transcript: Transcript) -> Meeting:
    return meetings.get(current_user, transcript.meeting_id)


def _page(transcript: Transcript) -> dict[str, Any]:
    meeting = _meeting(transcript)
    speakers = service.speakers(transcript)
    return {
        "transcript": transcript,
        "meeting": meeting,
        "progress": service.progress(transcript),
        "may_change": meetings.is_host(current_user, meeting, Role.SECRETARY),
        "speakers": speakers,
        "voices": {speaker.id: number for number, (speaker, _c, _s) in enumerate(speakers)},
    }


def _stretch(
    transcript: Transcript, start: float, until: float | None, voice: int | None
) -> dict[str, Any]:
    shown = service.segments(transcript, start=start, until=until, voice=voice)
    values = _sentences(transcript, shown)
    return {**values, "voice": voice, "before": service.before(shown[0]) if shown else None}


def _sentences(transcript: Transcript, shown: list[Segment]) -> dict[str, Any]:
    return {
        "segments": shown,
        "edits": service.edits(shown),
        "worded": showing.worded,
        "reasons": REASONS,
        "unsure": showing.UNSURE,
        "marked": marking.marked,
        "woven": showing.woven,
    }


def _talks(transcript: Transcript) -> list[dict[str, float]]:
    """Return who speaks when as the sentences have it, to be drawn."""
    numbers = {str(s.id): number for number, (s, _c, _s) in enumerate(service.speakers(transcript))}
    return showing.talks(service.turns(transcript), numbers)


def _answer(
    found: Segment, form: Any = None, *, merged: bool = False, clash: bool = False
) -> ResponseReturnValue:
    """Tell a page that corrects in place how the sentence reads now."""
    if form is not None and form.errors and not clash:
        return {"state": "refused", "message": str(form.text.errors[0])}, 422
    row = _row(found)
    state = "clash" if clash else "merged" if merged else "saved"
    answer = {"state": state, "version": found.version, "text": found.text, "row": row}
    return answer, 422 if clash else 200


def _row(found: Segment) -> str:
    transcript = db.session.get_one(Transcript, found.transcript_id)
    values = {**_page(transcript), **_sentences(transcript, [found])}
    return render_template("transcripts/sentences.html", before=service.before(found), **values)


def _saved(found: Segment, merged: bool) -> ResponseReturnValue:
    if merged:
        web.good(_("Đã lưu cùng với chỗ người khác vừa sửa trong câu này."))
    return _to_segment(found)


def _to_segment(found: Segment) -> ResponseReturnValue:
    transcript = db.session.get_one(Transcript, found.transcript_id)
    number = showing.page_at(showing.pages(service.starts(transcript)), found.start)
    shown = service.shown_for(found) or found
    address = url_for("transcripts.show", transcript_id=transcript.id, page=number)
    return redirect(f"{address}#s{shown.id}")


@blueprint.route("/recordings/<int:recording_id>/track", methods=["GET", "POST"])
@members(Role.SECRETARY)
def track(recording_id: int) -> ResponseReturnValue:
    """Say whose microphone alone a recording holds; everything heard in it gets that name."""
    recording = recordings.get_to_change(current_user, recording_id)
    form = TrackForm(data={"name": recording.track, "unit": recording.track_unit_id or 0})
    units = {unit.id: unit for unit in accounts.units()}
    form.unit.choices = [(0, _("Chưa rõ")), *((u.id, u.name) for u in units.values())]
    if form.validate_on_submit():
        unit = units.get(form.unit.data)
        service.set_track(current_user, recording_id, form.name.data or "", unit)
        db.session.commit()
        web.good(_("Đã ghi micrô của %(name)s.", name=recording.filename))
        return redirect(url_for("recordings.index", meeting_id=recording.meeting_id))
    return render_template("transcripts/track.html", recording=recording, form=form)
