"""Changing the words of minutes: each accepted change is a new version, and none is lost.

Two people may work on different blocks at once. A change is refused as Stale only when the block
it is about has changed since the version its author saw; nothing is ever written over unseen.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace

from meetly import clock
from meetly.accounts.models import Role, User
from meetly.errors import BadInput, Stale
from meetly.minutes.blocks import Assignment, Block, BlockKind
from meetly.minutes.drafting import weave
from meetly.minutes.models import Minutes
from meetly.minutes.versions import blocks_of, hold_open, keep, require

LONGEST_TEXT = 20_000
#: A question the house asks by itself; it goes away when the direction says what was missing.
_DERIVED = "-q-"


def is_derived(block: Block) -> bool:
    """Tell whether the house asks this question by itself, from what a direction leaves open."""
    return block.kind is BlockKind.QUESTION and _DERIVED in block.id


def edit_block(
    user: User,
    minutes: Minutes,
    version: int,
    block_id: str,
    text: str,
    *,
    kind: BlockKind | None = None,
    assignment: Assignment | None = None,
) -> None:
    """Change the words of a block, and its kind and assignment where they are given.

    Raises Stale when the block has changed since `version`, BadInput when nothing is left of it.
    """
    blocks = opened(user, minutes)
    block = unchanged(minutes, version, blocks, block_id)
    kind = kind or block.kind
    given = _given(kind, assignment or block.assignment)
    changed = replace(block, text=_words(text), kind=kind, assignment=given)
    if changed == block:
        return
    blocks = [changed if b.id == block_id else b for b in blocks]
    keep_change(user, minutes, blocks, f"Sửa đoạn {_place(blocks, block_id)}")


def add_block(
    user: User,
    minutes: Minutes,
    version: int,
    after: str,
    kind: BlockKind,
    text: str,
    *,
    assignment: Assignment | None = None,
) -> str:
    """Add a block after another (first when `after` is empty) and return its id."""
    blocks = opened(user, minutes)
    place = 0
    if after:
        _existing(minutes, version, blocks, after)
        place = _place(blocks, after)
    given = _given(kind, assignment)
    block = Block(f"n{uuid.uuid4().hex[:10]}", kind, _words(text), assignment=given)
    blocks = [*blocks[:place], block, *blocks[place:]]
    keep_change(user, minutes, blocks, f"Thêm đoạn {place + 1}")
    return block.id


def remove_block(user: User, minutes: Minutes, version: int, block_id: str) -> None:
    """Remove a block; earlier versions keep it. Stale when it has changed since `version`."""
    blocks = opened(user, minutes)
    unchanged(minutes, version, blocks, block_id)
    note = f"Bỏ đoạn {_place(blocks, block_id)}"
    blocks = [b for b in blocks if b.id != block_id]
    keep_change(user, minutes, blocks, note)


def move_block(user: User, minutes: Minutes, version: int, block_id: str, step: int) -> None:
    """Move a block past its neighbour of the same kind: up when `step` is negative."""
    blocks = opened(user, minutes)
    block = _existing(minutes, version, blocks, block_id)
    same = [i for i, b in enumerate(blocks) if b.kind is block.kind]
    at = same.index(_place(blocks, block_id) - 1)
    to = at + (1 if step > 0 else -1)
    if not 0 <= to < len(same):
        return
    i, j = same[at], same[to]
    blocks[i], blocks[j] = blocks[j], blocks[i]
    keep_change(user, minutes, blocks, f"Chuyển đoạn {i + 1} thành đoạn {j + 1}")


def reassign_block(
    user: User, minutes: Minutes, block_id: str, text: str, assignment: Assignment | None
) -> None:
    """Let a block follow its direction: with an assignment it is one, without it is not.

    Called by the room of directions, whose own version guards the change.
    """
    require(user, minutes, Role.SECRETARY, Role.LEADER)
    hold_open(minutes)
    blocks = blocks_of(minutes)
    block = next((b for b in blocks if b.id == block_id), None)
    if block is None:
        return
    kind = BlockKind.DIRECTION if assignment else BlockKind.ASSESSMENT
    changed = replace(block, text=_words(text), kind=kind, assignment=assignment)
    if changed == block:
        return
    blocks = [changed if b.id == block_id else b for b in blocks]
    note = f"Sửa chỉ đạo ở đoạn {_place(blocks, block_id)}"
    keep_change(user, minutes, blocks, note)


def block_in(minutes: Minutes, block_id: str, version: int | None = None) -> Block | None:
    """Return a block of a version (the current one when none is named), or None."""
    return next((b for b in blocks_of(minutes, version) if b.id == block_id), None)


def opened(user: User, minutes: Minutes) -> list[Block]:
    """Hold minutes this person may change until the transaction ends, and return their blocks."""
    require(user, minutes, Role.SECRETARY)
    hold_open(minutes)
    return blocks_of(minutes)


def keep_change(user: User, minutes: Minutes, blocks: Sequence[Block], note: str) -> None:
    """Keep the blocks of opened minutes as the next version."""
    keep(user.id, minutes, asked(minutes, blocks), note)


def _existing(minutes: Minutes, version: int, blocks: Sequence[Block], block_id: str) -> Block:
    block = next((b for b in blocks if b.id == block_id), None)
    if block is None or version > minutes.version:
        raise Stale()
    if is_derived(block):
        raise BadInput("Câu hỏi này tự mất khi chỉ đạo có đủ đơn vị và thời hạn; hãy sửa chỉ đạo.")
    return block


def unchanged(minutes: Minutes, version: int, blocks: Sequence[Block], block_id: str) -> Block:
    """Return a block that is as the person saw it in `version`; Stale otherwise."""
    block = _existing(minutes, version, blocks, block_id)
    if version != minutes.version and block_in(minutes, block_id, version) != block:
        raise Stale()
    return block


def asked(minutes: Minutes, blocks: Sequence[Block]) -> list[Block]:
    """Ask anew what the directions leave open."""
    return weave(blocks, (), meeting_date=clock.local(minutes.meeting.starts_at).date())


def _given(kind: BlockKind, assignment: Assignment | None) -> Assignment | None:
    return (assignment or Assignment()) if kind is BlockKind.DIRECTION else None


def _place(blocks: Sequence[Block], block_id: str) -> int:
    return next(i for i, block in enumerate(blocks, 1) if block.id == block_id)


def _words(text: str) -> str:
    words = " ".join(text.split())
    if not words:
        raise BadInput("Đoạn chưa có chữ nào. Muốn bỏ đoạn, hãy dùng nút Bỏ đoạn.")
    if len(words) > LONGEST_TEXT:
        raise BadInput("Đoạn dài quá %(most)s ký tự; hãy tách thành nhiều đoạn.", most=LONGEST_TEXT)
    return words
