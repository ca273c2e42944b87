"""Verbs of the desk: words saved as they are typed, blocks parted and joined, changes taken back.

Each is a new version like every change of the minutes (`minutes.editing`); nothing kept is ever
rewritten, so what one person takes back another can bring again.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import defer

from meetly.accounts import service as accounts
from meetly.accounts.models import User
from meetly.errors import BadInput, NotFound, Stale
from meetly.extensions import db
from meetly.folding import fold
from meetly.merging import merge
from meetly.minutes import editing, service
from meetly.minutes.blocks import Block, from_json
from meetly.minutes.desk.parting import join, part
from meetly.minutes.desk.reversal import placed, reversed_change
from meetly.minutes.models import Minutes, MinutesVersion
from meetly.minutes.versions import blocks_of

#: How many names are offered while one is typed.
OFFERED = 8


def save(
    user: User, minutes: Minutes, block_id: str, version: int, text: str, base: str
) -> tuple[Block, bool]:
    """Save the words of a block; what somebody else made of `base` meanwhile is kept with them.

    Returns the block and whether another's words were merged in. Raises Stale where both changed
    the same words, BadInput when the block was taken out.
    """
    try:
        service.edit_block(user, minutes, version, block_id, text)
    except Stale:
        here = _present(minutes, block_id)
        merged = merge(base, text, here.text) if base and version <= minutes.version else None
        if merged is None:
            raise
        service.edit_block(user, minutes, minutes.version, block_id, merged)
        return _present(minutes, block_id), merged != " ".join(text.split())
    return _present(minutes, block_id), False


def split(user: User, minutes: Minutes, block_id: str, version: int, at: int) -> str:
    """Part a block after its first `at` words and return the id of the second half."""
    blocks = editing.opened(user, minutes)
    block = editing.unchanged(minutes, version, blocks, block_id)
    said = {i: segment.text for i, segment in service.evidence_of([block]).items()}
    halves = part(block, at, f"n{uuid.uuid4().hex[:10]}", said)
    if halves is None:
        raise BadInput("Hãy đặt con trỏ giữa hai từ của đoạn rồi tách.")
    place = next(i for i, b in enumerate(blocks) if b.id == block_id)
    after = [*blocks[:place], *halves, *blocks[place + 1 :]]
    editing.keep_change(user, minutes, after, f"Tách đoạn {place + 1}")
    return halves[1].id


def join_previous(user: User, minutes: Minutes, block_id: str, version: int) -> str:
    """Join a block to the one before it of its kind and return the id of what they became.

    Raises BadInput where there is none or where somebody else speaks there.
    """
    blocks = editing.opened(user, minutes)
    block = editing.unchanged(minutes, version, blocks, block_id)
    same = [b for b in blocks if b.kind is block.kind]
    place = same.index(block)
    if not place:
        raise BadInput("Không có đoạn cùng loại nào đứng trước để nhập vào.")
    previous = editing.unchanged(minutes, version, blocks, same[place - 1].id)
    if (previous.unit, previous.speaker) != (block.unit, block.speaker):
        raise BadInput("Hai đoạn là lời của hai người khác nhau nên không nhập làm một được.")
    joined = join(previous, block)
    after = [joined if b.id == previous.id else b for b in blocks if b.id != block_id]
    number = next(i for i, b in enumerate(blocks, 1) if b.id == block_id)
    editing.keep_change(user, minutes, after, f"Nhập đoạn {number} vào đoạn trước")
    return previous.id


def take_back(user: User, minutes: Minutes, number: int) -> None:
    """Undo what one version changed, and nothing that came after it; itself undone the same way.

    Raises Stale where the same words were changed since.
    """
    now = editing.opened(user, minutes)
    if not 1 < number <= minutes.version:
        raise NotFound()
    before, after = (_own(blocks_of(minutes, n)) for n in (number - 1, number))
    result = reversed_change(before, after, _own(now))
    if result is None:
        raise Stale()
    editing.keep_change(user, minutes, result, f"Hoàn tác thay đổi của bản {number}")


def restore(user: User, minutes: Minutes, version: int, number: int, block_id: str = "") -> None:
    """Bring back an earlier version, or one block of it, as a new version.

    `version` is what the person saw: Stale when the minutes (or that block) changed since.
    """
    now = editing.opened(user, minutes)
    earlier = blocks_of(minutes, number)
    if not block_id:
        if version != minutes.version:
            raise Stale()
        editing.keep_change(user, minutes, earlier, f"Trả về như bản {number}")
        return
    block = next((b for b in earlier if b.id == block_id), None)
    if block is None:
        raise NotFound()
    if any(b.id == block_id for b in now):
        editing.unchanged(minutes, version, now, block_id)
        result = [block if b.id == block_id else b for b in now]
    else:
        result = placed(now, earlier, block)
    editing.keep_change(user, minutes, result, f"Trả một đoạn về như bản {number}")


@dataclass(frozen=True)
class Told:
    """One wording of a block and the version that brought it; no block when it was taken out."""

    number: int
    author: str
    at: datetime
    block: Block | None


def history_of(minutes: Minutes, block_id: str) -> list[Told]:
    """List every wording a block ever had, the newest first; NotFound when it never was."""
    query = select(MinutesVersion).where(MinutesVersion.minutes_id == minutes.id)
    told: list[Told] = []
    last: Block | None = None
    for kept in db.session.scalars(query.order_by(MinutesVersion.number)):
        found = from_json(b for b in kept.blocks if b["id"] == block_id)
        block = found[0] if found else None
        if block != last:
            author = kept.author.name if kept.author else ""
            told.append(Told(kept.number, author, kept.created_at, block))
        last = block
    if not told:
        raise NotFound()
    return told[::-1]


def versions_without_words(minutes: Minutes) -> list[MinutesVersion]:
    """List the kept versions, newest first, without reading what each holds."""
    query = select(MinutesVersion).where(MinutesVersion.minutes_id == minutes.id)
    query = query.options(defer(MinutesVersion.blocks), defer(MinutesVersion.facts))
    return list(db.session.scalars(query.order_by(MinutesVersion.number.desc())))


def names(minutes: Minutes, typed: str) -> list[str]:
    """Offer names of living units, and of who spoke here, that hold the typed words.

    Case and diacritics are forgiven; those that begin with the words come first.
    """
    wanted = fold(" ".join(typed.split()))
    if not wanted:
        return []
    spoken = {name for b in blocks_of(minutes) for name in (b.unit, b.speaker) if name}
    known = dict.fromkeys([*sorted(spoken), *(unit.name for unit in accounts.units())])
    found = [name for name in known if f" {wanted}" in f" {fold(name)}"]
    found.sort(key=lambda name: (not fold(name).startswith(wanted), name not in spoken))
    return found[:OFFERED]


def _present(minutes: Minutes, block_id: str) -> Block:
    block = service.block_in(minutes, block_id)
    if block is None:
        raise BadInput("Đoạn này đã được bỏ khỏi biên bản; chữ bạn gõ vẫn còn trên máy này.")
    return block


def _own(blocks: list[Block]) -> list[Block]:
    """Leave out the questions the house asks by itself: they are asked anew."""
    return [block for block in blocks if not editing.is_derived(block)]
