"""What a leader reads before approving: the printed pages of both documents of one version.

The pages are pictures of the very bytes that the approval names; a page that stays open while the
minutes move on keeps showing the version it was opened with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import or_, select

from meetly import clock
from meetly.accounts import delegations
from meetly.accounts.models import Delegation, Role, User
from meetly.errors import NotFound
from meetly.extensions import db
from meetly.minutes import difference
from meetly.minutes import service as minutes_service
from meetly.minutes.blocks import Block, BlockKind
from meetly.minutes.difference import BlockChange
from meetly.minutes.models import (
    EDITABLE,
    Approval,
    Minutes,
    MinutesStatus,
    MinutesVersion,
    Remark,
)
from meetly.minutes.printing import service as printing
from meetly.minutes.printing.models import Print, PrintStatus
from meetly.minutes.printing.placing import pages_of

#: The kinds of blocks of each document, in the order they stand in it.
CONCLUDING = (BlockKind.ASSESSMENT, BlockKind.DIRECTION)
STANDS_IN = {
    "minutes": (BlockKind.REPORT, BlockKind.DISCUSSION, *CONCLUDING), "notice": CONCLUDING,
}  # fmt: skip


class State(StrEnum):
    """Whether there are printed pages, and if not, why."""

    READY = "ready"
    WAITING = "waiting"
    FAILED = "failed"
    #: no LibreOffice on this machine
    OFFICE = "office"


@dataclass(frozen=True)
class Paragraph:
    """One block as it is remarked on under the page it stands on."""

    block: Block
    remarks: list[Remark]


@dataclass(frozen=True)
class Page:
    """One printed page; without a print there is one page of mere paragraphs."""

    number: int
    paragraphs: list[Paragraph]
    wide: int = 0
    high: int = 0
    text: str = ""


@dataclass(frozen=True)
class Printed:
    """One of the two documents and its pages."""

    kind: str
    sha256: str
    state: State
    pages: list[Page]
    page_count: int = 0


@dataclass(frozen=True)
class Reading:
    """Everything the reading page shows to one person."""

    minutes: Minutes
    version: MinutesVersion
    papers: list[Printed]
    approval: Approval | None
    #: the version before, and what changed since; none when this is the first that was shown
    since: int | None
    changes: list[BlockChange] = field(default_factory=list)
    #: remarks on the whole
    remarks: list[Remark] = field(default_factory=list)
    keeps: bool = False
    may_decide: bool = False
    #: who stands in for the head today, and this person's own words if it is they
    standing_in: Delegation | None = None
    capacity: str = ""


def reading_of(user: User, minutes: Minutes) -> Reading | None:
    """Gather the pages of what was submitted or approved; None while the words still change."""
    if minutes.status in EDITABLE:
        return None
    approval = minutes_service.approval_of(minutes)
    version = minutes_service.version_of(minutes, approval.version if approval else None)
    keeps = minutes_service.is_keeper(user, minutes)
    remarks = minutes_service.remarks(minutes) if keeps else []
    blocks = minutes_service.blocks_of(minutes, version.number)
    waits = minutes.status == MinutesStatus.SUBMITTED
    since = last_seen(user, minutes, version.number) if waits and keeps else None
    unit_id, today = minutes.meeting.unit_id, clock.today()
    return Reading(
        minutes=minutes,
        version=version,
        papers=[
            _printed("minutes", version.minutes_sha256, blocks, remarks),
            _printed("notice", version.notice_sha256, blocks, remarks),
        ],
        approval=approval,
        since=since,
        changes=(
            difference.changed(minutes_service.blocks_of(minutes, since), blocks) if since else []
        ),
        remarks=[remark for remark in remarks if not remark.block_id],
        keeps=keeps,
        may_decide=waits and minutes_service.is_keeper(user, minutes, Role.LEADER),
        standing_in=delegations.running(unit_id, today) if waits and keeps else None,
        capacity=delegations.capacity_of(user, unit_id, today),
    )


def last_seen(user: User, minutes: Minutes, before: int) -> int | None:
    """Return the version this person knows best, of those submitted before this one.

    The last they remarked on, which is how they give one back; else the last anybody remarked on;
    else the last that was submitted at all.
    """
    query = select(MinutesVersion.number).where(
        MinutesVersion.minutes_id == minutes.id, MinutesVersion.minutes_sha256 != "",
        MinutesVersion.number < before,
    )  # fmt: skip
    shown = set(db.session.scalars(query))
    remarks = minutes_service.remarks(minutes)
    mine = {remark.version for remark in remarks if remark.author_id == user.id} & shown
    anybodys = {remark.version for remark in remarks} & shown
    return max(mine or anybodys or shown, default=None)


def print_of(user: User, minutes_id: int, docx_sha256: str) -> Print:
    """Return the print of a document of these minutes that the person may see; NotFound otherwise.

    The host's keepers see every version that was submitted, everybody else the approved one.
    """
    minutes = minutes_service.get(user, minutes_id)
    if minutes_service.is_keeper(user, minutes):
        query = select(MinutesVersion.id).where(
            MinutesVersion.minutes_id == minutes.id,
            or_(
                MinutesVersion.minutes_sha256 == docx_sha256,
                MinutesVersion.notice_sha256 == docx_sha256,
            ),
        )
        belongs = db.session.scalar(query.limit(1)) is not None
    else:
        approval = minutes_service.approval_of(minutes)
        belongs = approval is not None and docx_sha256 in (
            approval.minutes_sha256, approval.notice_sha256,
        )  # fmt: skip
    found = printing.of(docx_sha256) if belongs else None
    if found is None or found.status != PrintStatus.DONE:
        raise NotFound()
    return found


def _printed(kind: str, sha256: str, blocks: Sequence[Block], remarks: list[Remark]) -> Printed:
    found = printing.of(sha256)
    standing = [block for k in STANDS_IN[kind] for block in blocks if block.kind is k]
    paragraphs = [Paragraph(b, [r for r in remarks if r.block_id == b.id]) for b in standing]
    if found is None or found.status != PrintStatus.DONE:
        return Printed(kind, sha256, _state(found), [Page(1, paragraphs)])
    placed = pages_of([b.text for b in standing], [page["text"] for page in found.pages])
    pages = [
        Page(
            number=index + 1, wide=page["width"], high=page["height"], text=page["text"],
            paragraphs=[p for p, at in zip(paragraphs, placed, strict=True) if at == index],
        )
        for index, page in enumerate(found.pages)
    ]  # fmt: skip
    return Printed(kind, sha256, State.READY, pages, found.page_count or len(pages))


def _state(found: Print | None) -> State:
    if found is not None and found.status == PrintStatus.FAILED:
        return State.FAILED
    return State.WAITING if printing.available() else State.OFFICE
