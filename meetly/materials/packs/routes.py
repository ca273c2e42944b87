"""Addresses of packs: the archive, its manifest, single files, and the page that works without a
line. Fetching any of them is no sign that somebody read: only openings are noted."""

from __future__ import annotations

import base64
from functools import cache

from flask import Response, jsonify, render_template, request, send_from_directory
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_login import current_user

from meetly import clock, paths, sqlite
from meetly.accounts.access import members, public
from meetly.errors import NotFound
from meetly.extensions import db
from meetly.materials.formats import FORMATS
from meetly.materials.packs import service
from meetly.materials.packs.manifest import canonical
from meetly.materials.packs.service import Contents, Earlier
from meetly.materials.routes import blueprint
from meetly.meetings import service as meetings
from meetly.sending import answer, disposition


@blueprint.get("/meetings/<int:meeting_id>/pack.zip")
@members()
def pack(meeting_id: int) -> ResponseReturnValue:
    """Send all papers of a meeting, or with ?since=DIGEST what changed after that pack."""
    made = service.contents(current_user, meetings.get(current_user, meeting_id))
    _remember(made)
    since = request.args.get("since", "")
    earlier = service.earlier_pack(current_user, made, since) if since else None
    body = service.archive(made, _front_page(made, earlier, bool(since)), earlier)
    return answer(
        request, body, etag=service.tag(body), media_type="application/zip",
        Content_Disposition=disposition("attachment", _name(made, earlier)),
        Meetly_Pack="changes" if earlier else "unknown" if since else "whole",
        Meetly_Pack_Digest=made.digest,
    )  # fmt: skip


@blueprint.get("/meetings/<int:meeting_id>/pack/manifest.json")
@members()
def pack_manifest(meeting_id: int) -> ResponseReturnValue:
    """List what the reader's pack holds; the digest of these bytes is the tag."""
    made = service.contents(current_user, meetings.get(current_user, meeting_id))
    _remember(made)
    told = Response(canonical(made.manifest), mimetype="application/json")
    told.set_etag(made.digest)
    told.headers["Cache-Control"] = "private, no-cache"
    return told.make_conditional(request)


@blueprint.get("/meetings/<int:meeting_id>/pack/files/<sha256>")
@members()
def pack_file(meeting_id: int, sha256: str) -> ResponseReturnValue:
    """Send one file of the reader's pack, whole or in parts."""
    version = service.file_in(current_user, meetings.get(current_user, meeting_id), sha256)
    kind = FORMATS[version.media_type]
    return answer(
        request, service.bytes_of(version), etag=version.sha256, media_type=kind.media_type,
        Content_Disposition=disposition(
            "inline" if kind.shown else "attachment", version.filename
        ),
    )  # fmt: skip


@blueprint.get("/meetings/<int:meeting_id>/offline")
@members()
def offline(meeting_id: int) -> ResponseReturnValue:
    """Show the papers on a page that a browser can keep for when there is no line."""
    meeting = meetings.get(current_user, meeting_id)
    made = service.contents(current_user, meeting)
    return render_template("materials/offline.html", meeting=meeting, pack=made)


@blueprint.post("/meetings/<int:meeting_id>/pack/openings")
@members()
def pack_openings(meeting_id: int) -> ResponseReturnValue:
    """Take in what was opened while there was no line."""
    meeting = meetings.get(current_user, meeting_id)
    noted = service.note_openings(current_user, meeting, request.get_json(silent=True))
    db.session.commit()
    return jsonify(noted=noted)


@blueprint.get("/sw.js")
@public
def service_worker() -> ResponseReturnValue:
    """Give the script that answers for the server when there is no line; it holds no data."""
    if not (paths.STATIC / "sw.js").is_file():
        raise NotFound()
    script = send_from_directory(paths.STATIC, "sw.js", mimetype="text/javascript")
    script.headers["Service-Worker-Allowed"] = "/"
    script.headers["Cache-Control"] = "no-cache"
    return script


def _remember(made: Contents) -> None:
    """Write a pack down when it is first handed out; whoever comes later only reads."""
    if request.method == "GET" and service.is_new(made):
        db.session.commit()
        sqlite.expect_only_reads(False)  # only now is the write lock asked for
        service.remember(made)
        db.session.commit()


def _front_page(made: Contents, earlier: Earlier | None, is_unknown: bool) -> bytes:
    with force_locale("vi"):  # equal packs have equal bytes, whoever asks
        page: str = render_template(
            "materials/pack.html", manifest=made.manifest, digest=made.digest, earlier=earlier,
            unknown=is_unknown and earlier is None, style=_style(),
        )  # fmt: skip
    return page.encode()


@cache
def _style() -> str:
    built = paths.STATIC / "pack.css"
    text = built.read_bytes() if built.is_file() else b""
    return f"data:text/css;base64,{base64.b64encode(text).decode()}"


def _name(made: Contents, earlier: Earlier | None) -> str:
    what = "thay-doi" if earlier else "tai-lieu"
    day = clock.local(made.meeting.starts_at)
    return f"{what}-hop-{day:%Y-%m-%d}-{made.digest[:8]}.zip"
