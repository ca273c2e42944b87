"""The kept versions of minutes: reading one, and writing the next under a lock."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from meetly import audit, clock, search
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, User
from meetly.errors import NotAllowed, NotFound, Stale, WrongState
from meetly.extensions import db
from meetly.minutes import blocks as paper
from meetly.minutes.blocks import Block
from meetly.minutes.models import EDITABLE, Minutes, MinutesStatus, MinutesVersion

#: Search entries are numbered minutes * 1000 + place of the block.
MOST_BLOCKS = 1000


def version_of(minutes: Minutes, number: int | None = None) -> MinutesVersion:
    """Return a kept version, the current one when none is named; NotFound when there is none."""
    query = select(MinutesVersion).where(
        MinutesVersion.minutes_id == minutes.id,
        MinutesVersion.number == (minutes.version if number is None else number),
    )
    version = db.session.scalar(query)
    if version is None:
        raise NotFound()
    return version


def blocks_of(minutes: Minutes, version: int | None = None) -> list[Block]:
    """Return the blocks of a version, of the current one when none is named."""
    return paper.from_json(version_of(minutes, version).blocks)


def require(user: User, minutes: Minutes, *roles: Role) -> None:
    """Raise NotAllowed unless the person holds one of these roles in the unit that met."""
    if not accounts.roles_in(user, minutes.meeting.unit_id) & set(roles):
        raise NotAllowed()


def hold(minutes: Minutes) -> None:
    """Read the row anew and keep everybody else from changing it until the transaction ends."""
    db.session.refresh(minutes, with_for_update={"of": Minutes})


def hold_open(minutes: Minutes) -> None:
    """Hold minutes whose words may be changed; WrongState otherwise."""
    hold(minutes)
    if minutes.status not in EDITABLE:
        raise WrongState(
            "Biên bản đang chờ duyệt hoặc đã duyệt nên không sửa được. "
            "Thư ký có thể rút lại bản đang chờ duyệt để sửa tiếp."
        )


def require_version(minutes: Minutes, version: int) -> None:
    """Raise Stale unless this is the current version."""
    if minutes.version != version:
        raise Stale()


def keep(author_id: int | None, minutes: Minutes, blocks: Sequence[Block], note: str) -> None:
    """Write the next version; the caller holds the minutes."""
    if len(blocks) >= MOST_BLOCKS:
        raise WrongState("Biên bản đã có quá nhiều đoạn; hãy gộp bớt rồi thêm.")
    before = blocks_of(minutes) if minutes.version else []
    minutes.version += 1
    db.session.add(
        MinutesVersion(
            minutes_id=minutes.id,
            number=minutes.version,
            blocks=paper.to_json(blocks),
            sha256=paper.sha256(blocks),
            author_id=author_id,
            created_at=clock.now(),
            note=note[:300],
        )
    )
    db.session.flush()
    index(minutes, before, blocks)
    audit.record(author_id, "minutes.keep", minutes, version=minutes.version, note=note)


def index(minutes: Minutes, before: Sequence[Block], after: Sequence[Block]) -> None:
    """Make the blocks findable; only places whose words changed are touched."""
    audience = "invited" if minutes.status == MinutesStatus.APPROVED else "host"
    for place in range(max(len(before), len(after))):
        row_id = minutes.id * MOST_BLOCKS + place
        if place >= len(after):
            search.remove("minutes", row_id)
        elif place >= len(before) or _found(before[place]) != _found(after[place]):
            search.index(
                "minutes",
                row_id,
                meeting_id=minutes.meeting_id,
                audience=audience,
                title=minutes.meeting.title,
                link=f"/minutes/{minutes.id}#{after[place].id}",
                text=after[place].text,
            )


def _found(block: Block) -> tuple[str, str]:
    return block.id, block.text
