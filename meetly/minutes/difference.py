"""What changed between two versions of the minutes: block by block, word by word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from meetly.minutes.blocks import Block
from meetly.word_difference import Part, words


class Change(StrEnum):
    """What happened to a block."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"


@dataclass(frozen=True)
class BlockChange:
    """One block of either version and what happened to it."""

    block: Block
    change: Change
    parts: list[Part]
    #: said beside the words: "kind", "assignment", "evidence" or "moved" as well
    notes: tuple[str, ...] = ()


def between(before: Sequence[Block], after: Sequence[Block]) -> list[BlockChange]:
    """List every block of both versions in reading order, with what happened to it."""
    old, new = {b.id: b for b in before}, {b.id: b for b in after}
    stayed = _in_order([b.id for b in before if b.id in new], [b.id for b in after if b.id in old])
    changes = [_change(old.get(block.id), block, block.id in stayed) for block in after]
    for place, block in enumerate(before):
        if block.id not in new:
            removed = BlockChange(block, Change.REMOVED, [("del", block.text)])
            changes.insert(_place(before[:place], changes), removed)
    return changes


def changed(before: Sequence[Block], after: Sequence[Block]) -> list[BlockChange]:
    """List the blocks that are not the same in both versions."""
    return [change for change in between(before, after) if change.change != Change.SAME]


def _change(old: Block | None, new: Block, stayed: bool) -> BlockChange:
    if old is None:
        return BlockChange(new, Change.ADDED, [("ins", new.text)])
    notes = _notes(old, new)
    if old.text != new.text or notes:
        notes = notes if stayed else (*notes, "moved")
        return BlockChange(new, Change.CHANGED, words(old.text, new.text), notes)
    change = Change.SAME if stayed else Change.MOVED
    return BlockChange(new, change, [("same", new.text)])


def _notes(old: Block, new: Block) -> tuple[str, ...]:
    names = ("kind", "assignment", "evidence")
    return tuple(name for name in names if getattr(old, name) != getattr(new, name))


def _in_order(old: list[str], new: list[str]) -> set[str]:
    """Return the ids that kept their order: the rest were moved."""
    matches = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    return {identity for match in matches for identity in old[match.a : match.a + match.size]}


def _place(before: Sequence[Block], changes: Sequence[BlockChange]) -> int:
    """Return where a removed block is shown: after the nearest block that stood before it."""
    shown = {change.block.id: place for place, change in enumerate(changes)}
    nearest = next((shown[b.id] for b in reversed(before) if b.id in shown), -1)
    return nearest + 1
