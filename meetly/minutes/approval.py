"""From draft to frozen paper: submit, withdraw, remark, give back, approve, hand out.

Submitting renders both documents and keeps their bytes under their SHA-256. A leader approves those
two hashes, compared by the database in the very UPDATE that approves; so nobody can approve bytes
that were not shown, whatever happened in between.
"""

from __future__ import annotations

import json
import re

from flask_babel import gettext as _
from sqlalchemy import exists, select, update
from sqlalchemy.engine import CursorResult

from meetly import audit, clock
from meetly.accounts import delegations
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, User
from meetly.errors import BadInput, NotFound, Stale, WrongState
from meetly.extensions import db
from meetly.folding import fold
from meetly.meetings import service as meetings
from meetly.minutes import kept_papers
from meetly.minutes.facts import canonical_facts
from meetly.minutes.gathering import facts_of, timed
from meetly.minutes.issuing.corrected import naming_replaced
from meetly.minutes.models import (
    EDITABLE,
    Approval,
    Minutes,
    MinutesStatus,
    MinutesVersion,
    Remark,
)
from meetly.minutes.office_templates.choice import in_use
from meetly.minutes.printing import service as printing
from meetly.minutes.versions import (
    blocks_of,
    hold,
    hold_open,
    index,
    require,
    require_version,
    version_of,
)
from meetly.minutes.word_files.matching import marks_for
from meetly.notices import service as notices

KINDS = {"minutes": "bien-ban", "notice": "thong-bao-ket-luan"}


def submit(user: User, minutes: Minutes, version: int) -> MinutesVersion:
    """Render both documents of this version, keep them, and ask the leaders to approve them."""
    require(user, minutes, Role.SECRETARY)
    hold_open(minutes)
    require_version(minutes, version)
    blocks = blocks_of(minutes)
    if not blocks:
        raise BadInput("Biên bản chưa có đoạn nào; hãy viết nội dung trước khi gửi duyệt.")
    kept = version_of(minutes)
    facts = naming_replaced(minutes, facts_of(minutes.meeting, draft=False))
    shown = timed(minutes.meeting, blocks)
    forms = in_use(minutes.meeting.unit_id)
    kept.minutes_template, kept.notice_template = forms.get("minutes", ""), forms.get("notice", "")
    marks = {block.id: block.start for block in shown}
    kept.facts = json.loads(canonical_facts(facts)) | {"marks": marks}
    kept.minutes_sha256 = kept_papers.store(
        kept_papers.rendered("minutes", facts, shown, kept.minutes_template)
    )
    kept.notice_sha256 = kept_papers.store(
        kept_papers.rendered("notice", facts, shown, kept.notice_template)
    )
    for sha256 in (kept.minutes_sha256, kept.notice_sha256):
        printing.ask(sha256)
    minutes.status = MinutesStatus.SUBMITTED
    minutes.submitted_by_id, minutes.submitted_at = user.id, clock.now()
    audit.record(
        user.id, "minutes.submit", minutes, version=version,
        minutes_sha256=kept.minutes_sha256, notice_sha256=kept.notice_sha256,
    )  # fmt: skip
    _tell_leaders(user, minutes)
    return kept


def _tell_leaders(user: User, minutes: Minutes) -> None:
    """Tell the leaders what waits for them; who stands in for the head reads in whose place."""
    unit_id, version = minutes.meeting.unit_id, minutes.version
    told = f"minutes:{minutes.id}:submitted:{version}{_time_again(minutes)}"
    sent = {"name": user.name, "version": version}
    title, link = minutes.meeting.title, f"{_link(minutes)}/read"

    def subject() -> str:
        return str(_("Biên bản chờ duyệt: %(title)s", title=title))

    standing_in = delegations.running(unit_id, clock.today())
    if standing_in is not None:
        capacity = delegations.above_name(standing_in)[0]
        notices.tell(
            [standing_in.deputy], key=told, subject=subject, link=link,
            body=lambda: _(
                "%(name)s gửi bản số %(version)s, gồm biên bản và thông báo kết luận. "
                "Bạn đang ký thay: %(capacity)s.",
                capacity=capacity, **sent,
            ),
        )  # fmt: skip
    notices.tell(
        accounts.people_of([unit_id], Role.LEADER), key=told, subject=subject, link=link,
        body=lambda: _(
            "%(name)s gửi bản số %(version)s, gồm biên bản và thông báo kết luận.", **sent
        ),
    )  # fmt: skip


def withdraw(user: User, minutes: Minutes) -> None:
    """Take submitted minutes back to change them."""
    require(user, minutes, Role.SECRETARY)
    _hold_submitted(minutes)
    minutes.status = MinutesStatus.DRAFT
    audit.record(user.id, "minutes.withdraw", minutes, version=minutes.version)


def give_back(user: User, minutes: Minutes, version: int, remark_text: str = "") -> None:
    """Return submitted minutes with what has to change; BadInput when nothing was said."""
    require(user, minutes, Role.LEADER)
    _hold_submitted(minutes)
    require_version(minutes, version)
    if remark_text.strip():
        _remark(user, minutes, "", remark_text)
    elif not any(r.version == version and r.author_id == user.id for r in open_remarks(minutes)):
        raise BadInput("Hãy viết điều cần sửa, ở cuối biên bản hoặc cạnh một đoạn, rồi trả lại.")
    minutes.status = MinutesStatus.RETURNED
    audit.record(user.id, "minutes.give_back", minutes, version=version)
    notices.tell(
        accounts.people_of([minutes.meeting.unit_id], Role.SECRETARY),
        key=f"minutes:{minutes.id}:returned:{version}:{len(remarks(minutes))}",
        subject=lambda: _("Biên bản được trả lại: %(title)s", title=minutes.meeting.title),
        body=lambda: f"{user.name}: {remark_text.strip() or _('xem góp ý cạnh các đoạn.')}",
        link=_link(minutes),
    )


def remark(user: User, minutes: Minutes, version: int, block_id: str, text: str) -> Remark:
    """Say what should change, at a block of the version that was read or at the whole."""
    require(user, minutes, Role.LEADER, Role.SECRETARY)
    hold(minutes)
    if minutes.status == MinutesStatus.APPROVED:
        raise WrongState("Biên bản đã duyệt không nhận góp ý nữa.")
    if block_id and not any(b.id == block_id for b in blocks_of(minutes, version)):
        raise NotFound()
    return _remark(user, minutes, block_id, text, version)


def resolve_remark(user: User, remark_id: int) -> Minutes:
    """Mark a remark as dealt with; return its minutes."""
    found = db.session.get(Remark, remark_id)
    minutes = db.session.get(Minutes, found.minutes_id) if found else None
    if found is None or minutes is None or not _is_of_host(user, minutes):
        raise NotFound()
    require(user, minutes, Role.SECRETARY)
    found.resolved_at = found.resolved_at or clock.now()
    audit.record(user.id, "minutes.resolve_remark", found)
    return minutes


def remarks(minutes: Minutes) -> list[Remark]:
    """List every remark, oldest first."""
    query = select(Remark).where(Remark.minutes_id == minutes.id).order_by(Remark.id)
    return list(db.session.scalars(query))


def open_remarks(minutes: Minutes) -> list[Remark]:
    """List the remarks nobody has dealt with yet."""
    return [remark for remark in remarks(minutes) if remark.resolved_at is None]


def approve(
    user: User, minutes: Minutes, version: int, minutes_sha256: str, notice_sha256: str
) -> Approval:
    """Approve exactly these bytes of this version; Stale when they are not what is submitted.

    The bytes are read back and hashed before, so that what is approved is also what is kept.
    """
    require(user, minutes, Role.LEADER)
    for sha256 in (minutes_sha256, notice_sha256):
        if not re.fullmatch(r"[0-9a-f]{64}", sha256):
            raise Stale()
    hold(minutes)  # so that the comparison below sees what the last writer left
    if not _approve_shown(minutes, version, minutes_sha256, notice_sha256):
        db.session.refresh(minutes)
        if minutes.status != MinutesStatus.SUBMITTED:
            raise WrongState("Biên bản này không còn chờ duyệt; hãy tải lại trang.")
        raise Stale("Bản bạn đang xem không còn là bản chờ duyệt. Chưa duyệt gì; hãy xem bản mới.")
    db.session.refresh(minutes)
    for sha256 in (minutes_sha256, notice_sha256):
        kept_papers.read(sha256)
    approval = Approval(
        minutes_id=minutes.id, version=version, minutes_sha256=minutes_sha256,
        notice_sha256=notice_sha256, approved_by_id=user.id, approved_at=clock.now(),
        capacity=delegations.capacity_of(user, minutes.meeting.unit_id, clock.today()),
    )  # fmt: skip
    db.session.add(approval)
    audit.record(
        user.id, "minutes.approve", minutes, version=version, capacity=approval.capacity,
        minutes_sha256=minutes_sha256, notice_sha256=notice_sha256,
    )  # fmt: skip
    index(minutes, [], blocks_of(minutes))
    _tell_everyone(minutes)
    return approval


def _approve_shown(minutes: Minutes, version: int, minutes_sha256: str, notice_sha256: str) -> bool:
    """Turn SUBMITTED into APPROVED if version and hashes are still those shown; say whether."""
    shown = exists().where(
        MinutesVersion.minutes_id == minutes.id,
        MinutesVersion.number == version,
        MinutesVersion.minutes_sha256 == minutes_sha256,
        MinutesVersion.notice_sha256 == notice_sha256,
    )
    statement = (
        update(Minutes)
        .where(
            Minutes.id == minutes.id,
            Minutes.status == MinutesStatus.SUBMITTED,
            Minutes.version == version,
            shown,
        )
        .values(status=MinutesStatus.APPROVED)
        .execution_options(synchronize_session=False)
    )
    result = db.session.execute(statement)
    assert isinstance(result, CursorResult)
    return bool(result.rowcount == 1)


def approval_of(minutes: Minutes) -> Approval | None:
    """Return the approval that counts now; none before it and after reopening."""
    query = select(Approval).where(Approval.minutes_id == minutes.id, Approval.voided_at.is_(None))
    return db.session.scalar(query.order_by(Approval.id.desc()).limit(1))


def voided_of(minutes: Minutes) -> list[Approval]:
    """List the approvals that no longer count, the newest first."""
    query = select(Approval).where(
        Approval.minutes_id == minutes.id, Approval.voided_at.is_not(None)
    )
    return list(db.session.scalars(query.order_by(Approval.id.desc())))


def document_of(minutes: Minutes, kind: str) -> tuple[bytes, str]:
    """Return a document and its file name: a fresh draft, or the kept bytes once submitted.

    Kept bytes are hashed on every call; Tampered when they are not what was submitted or approved.
    """
    if kind not in KINDS:
        raise NotFound()
    name = f"{KINDS[kind]}-{_slug(minutes)}.docx"
    if minutes.status in EDITABLE:
        shown = timed(minutes.meeting, blocks_of(minutes))
        facts = naming_replaced(minutes, facts_of(minutes.meeting))
        marks = marks_for(minutes.id, minutes.version, shown)
        draft = kept_papers.rendered(kind, facts, shown, marks=marks)
        return draft, f"du-thao-{name}"
    kept: Approval | MinutesVersion = approval_of(minutes) or version_of(minutes)
    return kept_papers.read(kept.minutes_sha256 if kind == "minutes" else kept.notice_sha256), name


def _hold_submitted(minutes: Minutes) -> None:
    hold(minutes)
    if minutes.status != MinutesStatus.SUBMITTED:
        raise WrongState("Biên bản này không còn chờ duyệt; hãy tải lại trang.")


def _remark(
    user: User, minutes: Minutes, block_id: str, text: str, version: int | None = None
) -> Remark:
    if not text.strip():
        raise BadInput("Góp ý chưa có chữ nào.")
    said = Remark(
        minutes_id=minutes.id, version=version or minutes.version, block_id=block_id,
        author_id=user.id, text=text.strip(), created_at=clock.now(),
    )  # fmt: skip
    db.session.add(said)
    db.session.flush()
    audit.record(user.id, "minutes.remark", said, block=block_id, version=said.version)
    return said


def _is_of_host(user: User, minutes: Minutes) -> bool:
    held = accounts.roles_in(user, minutes.meeting.unit_id)
    return bool(held & {Role.SECRETARY, Role.LEADER})


def _tell_everyone(minutes: Minutes) -> None:
    meeting = minutes.meeting
    units = {meeting.unit_id} | {invitation.unit_id for invitation in meeting.invitations}
    everyone = accounts.people_of(units, Role.LEADER, Role.SECRETARY, Role.PARTICIPANT)
    everyone += meetings.invited_people(meeting)
    notices.tell(
        everyone,
        key=f"minutes:{minutes.id}:approved{_time_again(minutes)}",
        subject=lambda: _("Đã duyệt biên bản: %(title)s", title=meeting.title),
        body=lambda: _("Biên bản và thông báo kết luận đã được duyệt, xem và tải về được."),
        link=_link(minutes),
    )


def _time_again(minutes: Minutes) -> str:
    """Tell apart the events of minutes that were opened again: people hear of each."""
    times = len(voided_of(minutes))
    return f":again:{times}" if times else ""


def _link(minutes: Minutes) -> str:
    return f"/minutes/{minutes.id}"


def _slug(minutes: Minutes) -> str:
    held = clock.local(minutes.meeting.starts_at)
    title = re.sub(r"[^a-z0-9]+", "-", fold(minutes.meeting.title)).strip("-")
    return f"{held:%Y-%m-%d}-{title[:80].rstrip('-')}"
