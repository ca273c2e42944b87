"""Verbs of arriving documents: admit, continue, and make of them what they were sent for."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from meetly import arriving, audit, clock
from meetly.accounts.models import User
from meetly.errors import (
    BadInput,
    MeetlyError,
    NotAllowed,
    NotFound,
    TooLarge,
    WrongState,
)
from meetly.extensions import db
from meetly.materials import access, paper, space
from meetly.materials import service as materials
from meetly.materials.access import OPEN, Terms
from meetly.materials.models import Access, Guard, Material, MaterialUpload, MaterialVersion
from meetly.materials.paper import Paper
from meetly.materials.reports import service as reports
from meetly.materials.reports.models import ReportRequest
from meetly.meetings.models import AgendaItem, Meeting
from meetly.storage import files

#: Where pieces lie until they are a document.
FOLDER = paper.ARRIVING


@dataclass(frozen=True)
class Aim:
    """What a document is sent for: a place in the agenda, a newer version, or a report due."""

    item: AgendaItem | None = None
    material: Material | None = None
    request: ReportRequest | None = None


# -- receiving -------------------------------------------------------------------------------


def aim(
    user: User,
    meeting: Meeting,
    *,
    item_id: int | None = None,
    material_id: int | None = None,
    request_id: int | None = None,
) -> Aim:
    """Find what a document is sent for; NotFound when it is not of this meeting."""
    item = next((item for item in meeting.agenda if item.id == item_id), None)
    material = materials.get(user, material_id) if material_id is not None else None
    request = db.session.get(ReportRequest, request_id) if request_id is not None else None
    found = Aim(item, material, request)
    for given, row in ((material_id, material), (request_id, request)):
        if given is not None and (row is None or row.meeting_id != meeting.id):
            raise NotFound()
    if item_id is not None and item is None:
        raise NotFound()
    return found


def begin(
    user: User,
    meeting: Meeting,
    filename: str,
    size: int,
    *,
    title: str = "",
    at: Aim | None = None,
    terms: Terms = OPEN,
) -> MaterialUpload:
    """Admit an upload of `size` bytes, promised its room in the quota and on the disk.

    Raises NotAllowed or WrongState, and BadInput, TooLarge or NoSpace as `space.require`.
    """
    at = at or Aim()
    _require_may_send(user, meeting, at)
    terms = access.usable(terms, meeting)
    space.require(meeting, size)
    upload = MaterialUpload(
        meeting_id=meeting.id, meeting=meeting, upload_id=arriving.new_name(),
        agenda_item_id=at.item.id if at.item else None,
        material_id=at.material.id if at.material else None,
        report_request_id=at.request.id if at.request else None,
        filename=arriving.shown_name(filename, "tai-lieu"), title=" ".join(title.split())[:300],
        access=terms.access, unit_ids=sorted(terms.unit_ids), guard=terms.guard,
        storage_key=arriving.new_key(FOLDER), size=size, offset=0, refusal="",
        uploaded_by_id=user.id, created_at=clock.now(),
    )  # fmt: skip
    db.session.add(upload)
    db.session.flush()
    audit.record(user.id, "materials.begin", upload, filename=upload.filename, size=size)
    return upload


def _require_may_send(user: User, meeting: Meeting, at: Aim) -> None:
    if at.request is not None:
        reports.require_may_file(user, at.request)
    elif at.material is not None:
        materials.require_may_renew(user, at.material)
    else:
        materials.require_may_add(user, meeting, at.item)


def upload_of(user: User, upload_id: str, *, lock: bool = False) -> MaterialUpload:
    """Return the upload of this name to the person who began it; NotFound to others."""
    upload = arriving.find(MaterialUpload, upload_id, lock=lock)
    if upload is None or upload.uploaded_by_id != user.id:
        raise NotFound()
    return upload


def append(user: User, upload_id: str, offset: int, piece: bytes) -> MaterialUpload:
    """Put the next piece of an upload safely on disk; raises as `arriving.append`."""
    upload = upload_of(user, upload_id, lock=True)
    arriving.append(upload, offset, piece, is_open=upload.opened)
    return upload


def of_person(user: User, meeting: Meeting, limit: int = 100) -> list[MaterialUpload]:
    """List what a person has begun to send for a meeting and what of it was refused."""
    query = select(MaterialUpload).where(
        MaterialUpload.meeting_id == meeting.id,
        MaterialUpload.uploaded_by_id == user.id,
        MaterialUpload.version_id.is_(None),
    )
    return list(db.session.scalars(query.order_by(MaterialUpload.id.desc()).limit(limit)))


def forget(user: User, upload_id: str) -> MaterialUpload:
    """Forget an upload that is not finished or was refused, and its bytes with it."""
    upload = upload_of(user, upload_id, lock=True)
    if upload.version_id is not None:
        raise WrongState("Tệp đã tải xong; hãy gỡ ở trang của tài liệu.")
    audit.record(user.id, "materials.forget", upload, filename=upload.filename)
    _forget(upload)
    return upload


# -- all bytes are here ----------------------------------------------------------------------


def finish(upload: MaterialUpload) -> bool:
    """Judge and hash an upload all of whose bytes are here, and make of it what it was sent for.

    False when there is nothing to do. What cannot be used is refused: `refusal` then says why.
    Call it with no transaction open: hashing takes a while. Doing it again after a crash at any
    moment ends the same way.
    """
    if not _is_whole(upload):
        return False
    found = _look_at(upload)
    locked = arriving.find(MaterialUpload, upload.upload_id, lock=True)
    if locked is None or not _is_whole(locked):
        return False
    if isinstance(found, MeetlyError):
        _refuse(locked, found)
        return True
    try:
        with db.session.begin_nested():
            locked.version_id = _land(locked, found).id
    except (BadInput, NotAllowed, NotFound, WrongState, TooLarge) as error:
        db.session.refresh(locked)
        _refuse(locked, error)
    db.session.flush()
    return True


def whole() -> list[MaterialUpload]:
    """List uploads that have all their bytes but whose last request died before it was done."""
    query = select(MaterialUpload).where(
        MaterialUpload.is_open(), MaterialUpload.offset == MaterialUpload.size
    )
    return list(db.session.scalars(query.order_by(MaterialUpload.id)))


def _is_whole(upload: MaterialUpload) -> bool:
    return upload.opened and upload.offset == upload.size


def _look_at(upload: MaterialUpload) -> Paper | MeetlyError:
    try:
        return paper.arrived(upload.filename, upload.storage_key)
    except NotFound:
        return BadInput("Phần đã nhận của tệp không còn nguyên. Hãy gửi lại tệp.")
    except BadInput as error:
        return error


def _land(upload: MaterialUpload, found: Paper) -> MaterialVersion:
    user, meeting = upload.uploaded_by, upload.meeting
    request = upload.report_request_id and db.session.get(ReportRequest, upload.report_request_id)
    at = Aim(upload.agenda_item, upload.material, request or None)
    _require_may_send(user, meeting, at)
    if at.request is not None:
        return reports.file_stored(user, at.request, found).current
    if at.material is not None:
        return materials.renew(user, at.material, found)
    return materials.place(
        user, meeting, found, title=upload.title, item=at.item, terms=_terms_of(upload)
    ).current


def _terms_of(upload: MaterialUpload) -> Terms:
    units = frozenset(upload.unit_ids)
    return Terms(Access(upload.access), units, Guard(upload.guard))


def _refuse(upload: MaterialUpload, why: MeetlyError) -> None:
    upload.refusal = str(why)
    db.session.flush()
    audit.record(None, "materials.refuse", upload, why=upload.refusal)
    _delete_bytes(upload)


# -- tidying ---------------------------------------------------------------------------------


def forget_old() -> int:
    """Forget uploads that were never finished and the outcome of the others; return how many."""
    before = clock.now() - arriving.PATIENCE
    old = list(db.session.scalars(select(MaterialUpload).where(MaterialUpload.created_at < before)))
    for upload in old:
        if upload.opened:
            audit.record(None, "materials.expire", upload, filename=upload.filename)
        _forget(upload)
    return len(old)


def sweep(grace: float | None = None) -> int:
    """Delete the files that belong to no arriving document; return how many."""

    def is_wanted(key: str) -> bool:
        query = select(MaterialUpload.id).where(
            MaterialUpload.storage_key == key, MaterialUpload.is_open()
        )
        return db.session.scalar(query) is not None

    return files.sweep(FOLDER, arriving.GRACE if grace is None else grace, is_wanted)


def _forget(upload: MaterialUpload) -> None:
    if upload.version_id is None:
        _delete_bytes(upload)
    db.session.delete(upload)
    db.session.flush()


def _delete_bytes(upload: MaterialUpload) -> None:
    for key in (upload.storage_key, paper.kept_key(upload.storage_key)):
        files.delete(key)
