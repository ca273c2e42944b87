"""One change among many taken back, with what others did since left as it is; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from meetly.merging import merge
from meetly.minutes.blocks import Block


def reversed_change(
    before: Sequence[Block], after: Sequence[Block], now: Sequence[Block]
) -> list[Block] | None:
    """Return `now` without what changed from `before` to `after`.

    None where somebody has since changed the same words, or taken the block out.
    """
    old, new = {b.id: b for b in before}, {b.id: b for b in after}
    result = list(now)
    for identity in [b.id for b in after if old.get(b.id) != b]:
        here = next((b for b in result if b.id == identity), None)
        if here is None:
            return None
        was, made = old.get(identity), new[identity]
        back = _back(was, made, here) if was else None
        if back is None and (was or here != made):
            return None
        result = _put(result, identity, back)
    for identity in [b.id for b in before if b.id not in new]:
        if all(b.id != identity for b in result):
            result = placed(result, before, old[identity])
    moved = set(_moved(before, after))
    homeless = {b.id: b for b in result if b.id in moved}
    result = [b for b in result if b.id not in moved]
    for block in [homeless[b.id] for b in before if b.id in homeless]:
        result = placed(result, before, block)
    return result


def placed(blocks: Sequence[Block], order: Sequence[Block], block: Block) -> list[Block]:
    """Put a block in where `order` has it: after the nearest of those that stand before it."""
    ids = [b.id for b in order]
    before = set(ids[: ids.index(block.id)])
    earlier = [b.id for b in order if b.id in before]
    present = {b.id: at for at, b in enumerate(blocks)}
    at = next((present[i] + 1 for i in reversed(earlier) if i in present), 0)
    return [*blocks[:at], block, *blocks[at:]]


def _put(blocks: Sequence[Block], identity: str, back: Block | None) -> list[Block]:
    """Put a block in the place of the one it was, or take that one out."""
    if back is None:
        return [b for b in blocks if b.id != identity]
    return [back if b.id == identity else b for b in blocks]


def _back(old: Block, new: Block, here: Block) -> Block | None:
    """Return the block as it was, with others' words since; None where they touch."""
    if here == new:
        return old
    if replace(here, text=new.text) != new and replace(old, text=new.text) != new:
        return None
    text = merge(new.text, old.text, here.text)
    changed = here if replace(old, text=new.text) == new else old
    return None if text is None else replace(changed, text=text)


def _moved(before: Sequence[Block], after: Sequence[Block]) -> list[str]:
    """Name the blocks that stand elsewhere: of two that changed places, the first is enough."""
    new = {b.id for b in after}
    was = [b.id for b in before if b.id in new]
    known = set(was)
    stands = [b.id for b in after if b.id in known]
    moved: list[str] = []
    while was != stands:
        at = next(i for i, (a, b) in enumerate(zip(was, stands, strict=True)) if a != b)
        one, other = was[at], stands[at]
        # whichever jumps further is the one that was moved
        far = one if stands.index(one) - at >= was.index(other) - at else other
        moved.append(far)
        was.remove(far)
        stands.remove(far)
    return moved
