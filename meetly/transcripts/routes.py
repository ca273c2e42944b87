"""Pages of transcripts: reading along, listening, correcting, naming the speakers, taking away."""

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
from meetly.transcripts import exports, service, showing
from meetly.transcripts.forms import REASONS, SegmentForm, SpeakerForm, TalksForm
from meetly.transcripts.models import Segment, Transcript

blueprint = Blueprint("transcripts", __name__)

HOSTS = (Role.SECRETARY, Role.LEADER)


@blueprint.get("/transcripts/<int:transcript_id>")
@members(*HOSTS)
def show(transcript_id: int) -> ResponseReturnValue:
    """Show a transcript beside its sound, a page at a time; growing while it is being made."""
    transcript = service.get(current_user, transcript_id)
    pages = showing.pages(service.starts(transcript))
    page = min(max(1, request.args.get("page", 1, type=int)), len(pages))
    shown = service.segments(transcript, first=(page - 1) * showing.PAGE, most=showing.PAGE)
    return render_template(
        "transcripts/show.html",
        **_page(transcript),
        **_sentences(transcript, shown),
        pages=pages,
        page=page,
        gaps=service.gaps(transcript),
        talks=showing.talks(
            recordings.talks(transcript.recording),
            {speaker.label: number for number, (speaker, _c, _s) in _numbered(transcript)},
        ),
        talks_form=TalksForm(),
        before=service.before(shown[0]) if shown else None,
        last_id=max((segment.id for segment in shown), default=0),
        room=showing.PAGE - len(shown) if page == len(pages) else 0,
    )


@blueprint.get("/transcripts/<int:transcript_id>/progress")
@members(*HOSTS)
def progress(transcript_id: int) -> ResponseReturnValue:
    """Tell how far it is, with the sentences that came since the one the page saw last."""
    transcript = service.get(current_user, transcript_id)
    if not web.is_htmx():
        return redirect(url_for("transcripts.show", transcript_id=transcript_id))
    after, room = request.args.get("after", 0, type=int), request.args.get("room", 0, type=int)
    most = min(max(0, room), showing.PAGE)
    fresh = service.segments(transcript, after=after, most=most) if most else []
    return render_template(
        "transcripts/progress.html",
        **_page(transcript),
        **_sentences(transcript, fresh),
        before=service.before(fresh[0]) if fresh else None,
        last_id=max([after, *(segment.id for segment in fresh)]),
        room=most - len(fresh),
    )


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
        )
    if transcript is None:
        return redirect(url_for("recordings.index", meeting_id=recording.meeting_id))
    return redirect(url_for("transcripts.show", transcript_id=transcript.id))


@blueprint.get("/transcripts/<int:transcript_id>/export.<ending>")
@members(*HOSTS)
def export(transcript_id: int, ending: str) -> ResponseReturnValue:
    """Hand the transcript out as a file."""
    transcript = service.get(current_user, transcript_id)
    if ending not in exports.FORMATS:
        raise NotFound()
    write, media_type = exports.FORMATS[ending]
    response = Response(write(service.export(transcript)), content_type=media_type)
    name = f"ban-boc-bang-{transcript.id}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


# -- one sentence ------------------------------------------------------------------------------


@blueprint.get("/transcripts/<int:transcript_id>/segments/<int:segment_id>")
@members(*HOSTS)
def segment(transcript_id: int, segment_id: int) -> ResponseReturnValue:
    """Go to the page on which a sentence stands; to htmx, give the sentence alone."""
    found = _segment(transcript_id, segment_id)
    return _row(found) if web.is_htmx() else _to_segment(found)


@blueprint.route(
    "/transcripts/<int:transcript_id>/segments/<int:segment_id>/edit", methods=["GET", "POST"]
)
@members(Role.SECRETARY)
def edit_segment(transcript_id: int, segment_id: int) -> ResponseReturnValue:
    """Correct a sentence: in place, or on a page of its own."""
    found = _segment(transcript_id, segment_id)
    form = SegmentForm(data={"text": found.text, "version": found.version})
    newer = ""
    if form.validate_on_submit():
        try:
            changed = service.correct(
                current_user, segment_id, _version(form.version.data), form.text.data
            )
        except Stale as error:
            # Both texts stay in sight: what the other wrote above, what was typed in the field.
            newer, form.version.data = found.text, str(found.version)
            form.text.errors = [_(error.template)]
        except BadInput as error:
            form.text.errors = [_(error.template, **error.values)]
        else:
            db.session.commit()
            return _row(changed) if web.is_htmx() else _to_segment(changed)
    status = 422 if form.errors else 200
    view = "transcripts/edit_row.html" if web.is_htmx() else "transcripts/edit_segment.html"
    recording_id = db.session.get_one(Transcript, transcript_id).recording_id
    page = render_template(view, segment=found, form=form, newer=newer, recording_id=recording_id)
    return page, status


@blueprint.post("/transcripts/<int:transcript_id>/segments/<int:segment_id>/reject")
@members(Role.SECRETARY)
def reject_segment(transcript_id: int, segment_id: int) -> ResponseReturnValue:
    """Say that nobody said this sentence."""
    _segment(transcript_id, segment_id)
    version = _version(request.form.get("version"))
    changed = service.reject(current_user, segment_id, version)
    db.session.commit()
    return _row(changed) if web.is_htmx() else _to_segment(changed)


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


def _numbered(transcript: Transcript) -> list[tuple[int, tuple[Any, int, float]]]:
    return list(enumerate(service.speakers(transcript)))


def _page(transcript: Transcript) -> dict[str, Any]:
    meeting = _meeting(transcript)
    return {
        "transcript": transcript,
        "meeting": meeting,
        "progress": service.progress(transcript),
        "may_change": meetings.is_host(current_user, meeting, Role.SECRETARY),
    }


def _sentences(transcript: Transcript, shown: list[Segment]) -> dict[str, Any]:
    speakers = service.speakers(transcript)
    return {
        "segments": shown,
        "edits": service.edits(shown),
        "speakers": speakers,
        "voices": {speaker.id: number for number, (speaker, _c, _s) in enumerate(speakers)},
        "reasons": REASONS,
        "unsure": showing.UNSURE,
    }


def _row(found: Segment) -> ResponseReturnValue:
    transcript = db.session.get_one(Transcript, found.transcript_id)
    values = {**_page(transcript), **_sentences(transcript, [found])}
    return render_template("transcripts/sentences.html", before=service.before(found), **values)


def _to_segment(found: Segment) -> ResponseReturnValue:
    transcript = db.session.get_one(Transcript, found.transcript_id)
    ids = [segment_id for segment_id, _start in service.starts(transcript)]
    page = ids.index(found.id) // showing.PAGE + 1
    address = url_for("transcripts.show", transcript_id=transcript.id, page=page)
    return redirect(f"{address}#s{found.id}")
