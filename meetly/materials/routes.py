"""Pages of materials: the papers of a meeting, their versions, and who has opened them."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from meetly import sqlite, web
from meetly.accounts.access import members, writes
from meetly.accounts.models import Role
from meetly.config import settings
from meetly.errors import BadInput, NoSpace, NotFound, TooLarge
from meetly.extensions import csrf, db
from meetly.materials import named, service, space
from meetly.materials.formats import ACCEPT, FORMATS
from meetly.materials.forms import ACCESS_NAMES, GUARD_NAMES, UploadForm, VersionForm
from meetly.materials.guarding import Handing, handing
from meetly.materials.models import Material, MaterialVersion
from meetly.materials.packs import service as packs
from meetly.materials.uploads import service as uploads
from meetly.materials.viewing import service as viewing
from meetly.meetings import service as meetings
from meetly.meetings.models import AgendaItem, Meeting
from meetly.sending import Body, Stretch, answer, disposition

blueprint = Blueprint("materials", __name__)

#: Headers by which a browser says that nobody is looking yet.
LOOKING_AHEAD = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
ICONS = {"pdf": "file-earmark-pdf", "docx": "file-earmark-word", "odt": "file-earmark-word"}


@blueprint.app_template_filter()
def material_icon(version: MaterialVersion) -> str:
    """Name the picture of a document's kind."""
    return ICONS.get(FORMATS[version.media_type].extension, "file-earmark-text")


# -- the papers of a meeting -----------------------------------------------------------------


@blueprint.route("/meetings/<int:meeting_id>/materials", methods=["GET", "POST"])
@members()
@csrf.exempt  # checked inside, once a body that has no room is sent back unread
def index(meeting_id: int) -> ResponseReturnValue:
    """List the papers of a meeting and take in new ones, good ones even when others are not."""
    meeting = meetings.get(current_user, meeting_id)
    admit()
    form = UploadForm()
    form.offer(service.places_for(current_user, meeting))
    form.offer_units(service.invited_units(meeting))
    refused: list[tuple[str, str]] = []
    if form.validate_on_submit():
        added, refused = _take_in(meeting, form)
        if added:
            web.good(_("Đã thêm %(count)s tài liệu.", count=added))
        if not refused:
            return redirect(url_for("materials.index", meeting_id=meeting.id))
    found = service.of_meeting(current_user, meeting)
    page = render_template(
        "materials/index.html", meeting=meeting, form=form, refused=refused, materials=found,
        groups=_by_place(found, form.places.values()),
        unfinished=uploads.of_person(current_user, meeting),
        cautions=service.cautions(current_user, meeting, found),
        removed=service.of_meeting(current_user, meeting, removed=True),
        opened=service.newest_opened(
            current_user, [version for material in found for version in material.versions]
        ),
        accept=ACCEPT,
        largest=settings().largest_material, is_host=meetings.is_host(current_user, meeting),
        pack=packs.offer(current_user, meeting),
    )  # fmt: skip
    return page, 422 if refused or form.errors else 200


def _by_place(
    found: Iterable[Material], places: Iterable[AgendaItem | None]
) -> list[tuple[AgendaItem | None, list[Material]]]:
    """Put the papers under their points of the agenda, with the empty ones where one may add."""
    groups: dict[AgendaItem | None, list[Material]] = {place: [] for place in places}
    for material in found:
        groups.setdefault(material.agenda_item, []).append(material)
    return sorted(groups.items(), key=_place_of_group)


def _place_of_group(group: tuple[AgendaItem | None, list[Material]]) -> int:
    item, papers = group
    if any(material.leading for material in papers):
        return -1
    return item.ordinal if item else 0


def admit() -> None:
    """Make sure that a body which brings a file has room and is no forgery, before it is read."""
    if request.method == "POST":
        space.require_disk(request.content_length or 0)
        db.session.commit()  # no transaction stays open while a slow line delivers
        web.refuse_forged()


def _take_in(meeting: Meeting, form: UploadForm) -> tuple[int, list[tuple[str, str]]]:
    refused = []
    title = form.title.data if len(form.files.data) == 1 else ""
    for sent in form.files.data:
        try:
            service.add(
                current_user, meeting, sent.filename, sent.stream,
                title=title or "", item=form.places[form.place.data], terms=form.terms(),
            )  # fmt: skip
        except (BadInput, TooLarge, NoSpace) as error:
            refused.append((sent.filename, _(error.template, **error.values)))
        db.session.commit()  # one by one: what was taken stays whatever becomes of the next
    return len(form.files.data) - len(refused), refused


@blueprint.get("/meetings/<int:meeting_id>/materials/receipts")
@members(Role.SECRETARY, Role.LEADER)
def receipts(meeting_id: int) -> ResponseReturnValue:
    """Show who has opened what, and who has not."""
    meeting = meetings.get(current_user, meeting_id)
    readerships = service.receipts(current_user, meeting)
    return render_template(
        "materials/receipts.html", meeting=meeting, readerships=readerships,
        named=named.readings(meeting, [read.material for read in readerships]),
        may_remind=service.may_add(current_user, meeting),
    )  # fmt: skip


@blueprint.post("/meetings/<int:meeting_id>/materials/remind")
@members(Role.SECRETARY)
def remind(meeting_id: int) -> ResponseReturnValue:
    """Remind the units that have not opened every paper."""
    told = service.remind(current_user, meetings.get(current_user, meeting_id))
    db.session.commit()
    web.reminded(told, _("Không còn ai để nhắc: mọi đơn vị đã mở, hoặc hôm nay đã được nhắc rồi."))
    return redirect(url_for("materials.receipts", meeting_id=meeting_id))


# -- one paper -------------------------------------------------------------------------------


@blueprint.route("/materials/<int:material_id>", methods=["GET", "POST"])
@members()
@csrf.exempt  # checked inside, as above
def show(material_id: int) -> ResponseReturnValue:
    """Show a paper with its pages and versions, note who read one of words, take in a newer one."""
    material = service.get(current_user, material_id)
    admit()
    form = VersionForm()
    if form.validate_on_submit():
        sent = form.file.data
        try:
            version = service.add_version(current_user, material, sent.filename, sent.stream)
        except (BadInput, TooLarge, NoSpace) as error:
            form.file.errors = [_(error.template, **error.values)]
        else:
            db.session.commit()
            web.good(_("Đã thêm bản %(number)s.", number=version.number))
            return redirect(url_for("materials.show", material_id=material.id))
    seen = viewing.view(current_user, material)
    page = render_template(
        "materials/show.html", material=material, form=form, accept=ACCEPT, view=seen,
        largest=settings().largest_material, access_names=ACCESS_NAMES, guard_names=GUARD_NAMES,
        may_change=service.may_add(current_user, material.meeting, material.agenda_item),
        is_keeper=meetings.is_host(current_user, material.meeting, Role.SECRETARY),
    )  # fmt: skip
    if seen.text and request.method == "GET":
        note_opened(material.current)
    return page, 422 if form.errors else 200


@blueprint.post("/materials/<int:material_id>/remove")
@members()
def remove(material_id: int) -> ResponseReturnValue:
    """Take a paper back."""
    material = service.get(current_user, material_id)
    service.remove(current_user, material)
    db.session.commit()
    web.good(_("Đã gỡ “%(title)s”. Có thể khôi phục ở cuối trang.", title=material.title))
    return redirect(url_for("materials.index", meeting_id=material.meeting_id))


@blueprint.post("/materials/<int:material_id>/restore")
@members()
def restore(material_id: int) -> ResponseReturnValue:
    """Hand a paper out again."""
    material = service.get(current_user, material_id)
    service.restore(current_user, material)
    db.session.commit()
    web.good(_("Đã khôi phục “%(title)s”.", title=material.title))
    return redirect(url_for("materials.index", meeting_id=material.meeting_id))


# -- the bytes -------------------------------------------------------------------------------


@blueprint.get("/materials/versions/<int:version_id>")
@members()
@writes
def download(version_id: int) -> ResponseReturnValue:
    """Give one version, whole or in parts or stamped, and note that it was opened.

    One that is read on its page only is shown there.
    """
    version = service.get_version(current_user, version_id)
    how = handing(current_user, version.material)
    if not viewing.is_downloadable(how, version):
        return redirect(url_for("materials.show", material_id=version.material_id))
    if how == Handing.STAMPED and request.method == "GET":
        return _stamped(version)
    note_opened(version)
    return _bytes_of(version) if how == Handing.ORIGINAL else _unkept(Response())


def note_opened(version: MaterialVersion) -> None:
    """Note that the reader opened a version, if it is a person who looks; and commit."""
    ahead = any("prefetch" in request.headers.get(name, "").lower() for name in LOOKING_AHEAD)
    if request.method == "GET" and not ahead:
        db.session.commit()
        sqlite.expect_only_reads(False)  # a page that was only read until here takes the lock now
        service.note_opened(current_user, version)
        db.session.commit()


def _stamped(version: MaterialVersion) -> Response:
    words = viewing.stamp_for(current_user, version)
    db.session.commit()  # nobody waits for the database while pages are stamped
    copy, media_type, name = viewing.stamped(version, words)
    note_opened(version)
    return _unkept(
        send_file(
            copy, mimetype=media_type, as_attachment="save" in request.args, download_name=name,
            etag=False, max_age=0,
        )
    )  # fmt: skip


def _unkept(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store, private"
    return answer


def _bytes_of(version: MaterialVersion) -> Response:
    path = service.stored_at(version)
    if not path.is_file():
        raise NotFound()
    kind = FORMATS[version.media_type]
    how = "attachment" if not kind.shown or "save" in request.args else "inline"
    return answer(
        request, Body([Stretch(path, 0, version.size)]), etag=version.sha256,
        media_type=kind.media_type, Content_Disposition=disposition(how, version.filename),
    )  # fmt: skip
