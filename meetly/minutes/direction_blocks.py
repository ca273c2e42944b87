"""Blocks of the minutes that follow their directions: parted, joined, and one added at the end.

Called by the room of directions, whose own versions guard the changes; like `reassign_block`.
"""

from __future__ import annotations

import uuid
from dataclasses import replace

from sqlalchemy import select

from meetly.accounts.models import Role, User
from meetly.errors import BadInput, Stale
from meetly.extensions import db
from meetly.minutes.blocks import Assignment, Block, BlockKind
from meetly.minutes.desk.parting import join, part
from meetly.minutes.editing import keep_change
from meetly.minutes.models import Minutes
from meetly.minutes.versions import blocks_of, hold_open, require
from meetly.transcripts.models import Segment

_CONCLUDING = (BlockKind.ASSESSMENT, BlockKind.DIRECTION)


def part_direction(
    user: User,
    minutes: Minutes,
    block_id: str,
    at: int,
    given: tuple[Assignment, Assignment],
) -> tuple[Block, Block]:
    """Part a block after its first `at` words; the first half keeps its id."""
    blocks = _opened(user, minutes)
    place = _place(blocks, block_id)
    block = blocks[place]
    rows = db.session.execute(
        select(Segment.id, Segment.text).where(Segment.id.in_(block.evidence))
    )
    said = {row.id: row.text for row in rows}
    halves = part(block, at, _fresh(), said)
    if halves is None:
        raise BadInput("Hãy chọn chỗ tách ở giữa hai từ của chỉ đạo.")
    first, second = (replace(h, assignment=g) for h, g in zip(halves, given, strict=True))
    keep_change(
        user, minutes, [*blocks[:place], first, second, *blocks[place + 1 :]],
        f"Tách chỉ đạo ở đoạn {place + 1}",
    )  # fmt: skip
    return first, second


def join_directions(
    user: User, minutes: Minutes, first_id: str, second_id: str, text: str, given: Assignment
) -> None:
    """Join a block to another, which keeps its id; what either rests on is kept."""
    blocks = _opened(user, minutes)
    first, second = (blocks[_place(blocks, block_id)] for block_id in (first_id, second_id))
    joined = replace(join(first, second), text=text, assignment=given)
    left = [joined if b.id == first_id else b for b in blocks if b.id != second_id]
    keep_change(user, minutes, left, f"Gộp hai chỉ đạo thành đoạn {_place(left, first_id) + 1}")


def conclude_direction(
    user: User, minutes: Minutes, text: str, given: Assignment, evidence: tuple[int, ...]
) -> Block:
    """Add a direction after the last of the conclusions and return its block."""
    blocks = _opened(user, minutes)
    last = max((i for i, b in enumerate(blocks, 1) if b.kind in _CONCLUDING), default=len(blocks))
    block = Block(_fresh(), BlockKind.DIRECTION, text, evidence, assignment=given)
    changed = [*blocks[:last], block, *blocks[last:]]
    keep_change(user, minutes, changed, f"Thêm chỉ đạo ở đoạn {last + 1}")
    return block


def _opened(user: User, minutes: Minutes) -> list[Block]:
    require(user, minutes, Role.SECRETARY, Role.LEADER)
    hold_open(minutes)
    return blocks_of(minutes)


def _place(blocks: list[Block], block_id: str) -> int:
    """Find a block; Stale where it was taken out meanwhile."""
    found = next((i for i, block in enumerate(blocks) if block.id == block_id), None)
    if found is None:
        raise Stale()
    return found


def _fresh() -> str:
    return f"n{uuid.uuid4().hex[:10]}"
