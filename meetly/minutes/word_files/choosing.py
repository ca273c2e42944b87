"""What an edited file would change in the minutes as they are now, and doing what was chosen.

Three texts meet: the version the file was taken away as, the file, and the minutes as they stand.
What only the minutes changed stays; what only the file changed is offered; what both changed is
offered with both texts shown, and nobody chooses for the secretary.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from meetly.minutes.blocks import Block, BlockKind
from meetly.minutes.difference import Change
from meetly.minutes.editing import is_derived
from meetly.paper_wording import clean
from meetly.word_difference import Part, words


@dataclass(frozen=True)
class Proposal:
    """One block the file would change."""

    change: Change
    #: as the file has it; as it was taken away, for one that is to go
    block: Block
    #: as it stands now; none when it is not there
    now: Block | None
    #: from what stands now to what the file has
    parts: list[Part]
    #: what changed in the minutes meanwhile; empty when nothing did
    meanwhile: list[Part]
    #: "kind", "speaker", "assignment", "evidence": what changes besides the words
    notes: tuple[str, ...] = ()
    is_contested: bool = False


@dataclass(frozen=True)
class Proposals:
    """Everything the file would change."""

    blocks: list[Proposal]
    #: blocks that stand elsewhere in the file; they move together or not at all
    moved: list[Block]

    @property
    def contested(self) -> int:
        """How many blocks were changed on both sides."""
        return sum(proposal.is_contested for proposal in self.blocks)

    def __bool__(self) -> bool:
        """Tell whether there is anything to choose."""
        return bool(self.blocks or self.moved)


def proposals(base: Sequence[Block], file: Sequence[Block], now: Sequence[Block]) -> Proposals:
    """Compare the three texts, in the order of the file."""
    was, stands = _by_id(base), _by_id(now)
    found: list[Proposal] = []
    for block in file:
        if is_derived(block) or block == was.get(block.id) or block == stands.get(block.id):
            continue
        found.append(_proposal(was.get(block.id), block, stands.get(block.id)))
    kept = {block.id for block in file}
    for block in base:
        current = stands.get(block.id)
        gone = block.id not in kept and clean(block.text) and not is_derived(block)
        if gone and current is not None:
            meanwhile = words(block.text, current.text) if current != block else []
            found.append(
                Proposal(
                    Change.REMOVED, block, current, [("del", current.text)], meanwhile,
                    is_contested=current != block,
                )
            )  # fmt: skip
    return Proposals(found, _moved(base, file, now))


def chosen(
    base: Sequence[Block],
    file: Sequence[Block],
    now: Sequence[Block],
    taken: Collection[str],
    *,
    order: bool,
) -> list[Block]:
    """Return the minutes with the chosen blocks as the file has them; nothing else changes."""
    offered = {p.block.id: p for p in proposals(base, file, now).blocks if p.block.id in taken}
    removed = {key for key, p in offered.items() if p.change is Change.REMOVED}
    result = [
        offered[block.id].block if block.id in offered else block
        for block in now
        if block.id not in removed
    ]
    here = {block.id for block in result}
    for place, block in enumerate(file):
        if block.id in offered and block.id not in here:
            result.insert(_after(file[:place], result, block.kind), block)
            here.add(block.id)
    return _ordered(file, result) if order else result


def _proposal(was: Block | None, block: Block, now: Block | None) -> Proposal:
    if was is None:
        return Proposal(Change.ADDED, block, now, words(now.text if now else "", block.text), [])
    contested = now != was
    meanwhile = words(was.text, now.text if now else "") if contested else []
    return Proposal(
        Change.CHANGED, block, now, words(now.text if now else "", block.text), meanwhile,
        _notes(now or was, block), contested,
    )  # fmt: skip


def _notes(now: Block, block: Block) -> tuple[str, ...]:
    differs = {
        "kind": now.kind is not block.kind,
        "speaker": (now.unit, now.speaker) != (block.unit, block.speaker),
        "assignment": now.assignment != block.assignment,
        "evidence": not set(now.evidence) <= set(block.evidence),
    }
    return tuple(note for note, told in differs.items() if told)


def _moved(base: Sequence[Block], file: Sequence[Block], now: Sequence[Block]) -> list[Block]:
    """List the blocks whose neighbours in their part are others in the file."""
    stands = {block.id for block in now}
    moved = []
    for kind in BlockKind:
        old = [b for b in base if b.kind is kind and not is_derived(b) and b.id in stands]
        ids = {b.id for b in old}
        new = [b for b in file if b.kind is kind and b.id in ids]
        kept = {b.id for b in new}
        old = [b for b in old if b.id in kept]
        if [b.id for b in old] != [b.id for b in new]:
            moved += [b for b, o in zip(new, old, strict=True) if b.id != o.id]
    return moved if [b.id for b in _ordered(file, now)] != [b.id for b in now] else []


def _ordered(file: Sequence[Block], blocks: Sequence[Block]) -> list[Block]:
    """Put the blocks of each kind into the file's order; what the file lacks stays in place."""
    result = list(blocks)
    held = _by_id(blocks)
    for kind in BlockKind:
        new = [held[b.id] for b in file if b.id in held and held[b.id].kind is kind]
        ids = {b.id for b in new}
        slots = [place for place, b in enumerate(blocks) if b.id in ids]
        for place, block in zip(slots, new, strict=True):
            result[place] = block
    return result


def _after(before: Sequence[Block], result: Sequence[Block], kind: BlockKind) -> int:
    """Return where a block goes: behind the nearest that stands before it in the file."""
    places = {block.id: place for place, block in enumerate(result)}
    for block in reversed(before):
        if block.id in places and block.kind is kind:
            return places[block.id] + 1
    same = (place for place, block in enumerate(result) if block.kind is kind)
    following = (place for place, b in enumerate(result) if _rank(b.kind) > _rank(kind))
    return next(same, next(following, len(result)))


def _rank(kind: BlockKind) -> int:
    return list(BlockKind).index(kind)


def _by_id(blocks: Sequence[Block]) -> dict[str, Block]:
    return {block.id: block for block in blocks}
