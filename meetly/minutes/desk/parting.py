"""One block made two, and two made one: where the words go, what they rest on goes too; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from meetly.folding import fold
from meetly.minutes.blocks import Assignment, Block, BlockKind


def part(block: Block, at: int, new_id: str, said: Mapping[int, str]) -> tuple[Block, Block] | None:
    """Part a block after its first `at` words; None where one half would have none.

    `said` gives the words of each segment it rests on: a segment goes to the half that repeats
    more of it, to both where that is not plain, and no half is left without any.
    """
    words = block.text.split()
    if not 0 < at < len(words):
        return None
    halves = (" ".join(words[:at]), " ".join(words[at:]))
    first, second = _evidence(block, halves, said)
    given = Assignment() if block.kind is BlockKind.DIRECTION else None
    return (
        replace(block, text=halves[0], evidence=first),
        replace(
            block, id=new_id, text=halves[1], evidence=second, start=None, assignment=given
        ),
    )  # fmt: skip


def join(first: Block, second: Block) -> Block:
    """Join a block to the one before it, which keeps its id; nothing either rests on is lost."""
    evidence = tuple(dict.fromkeys((*first.evidence, *second.evidence)))
    one, other = first.assignment, second.assignment
    return replace(
        first,
        text=f"{first.text} {second.text}",
        evidence=evidence,
        assignment=_joined(one, other) if one and other else one or other,
    )


def _evidence(
    block: Block, halves: tuple[str, str], said: Mapping[int, str]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    heads = [set(fold(half).split()) for half in halves]
    kept: tuple[list[int], list[int]] = ([], [])
    for segment in block.evidence:
        words = set(fold(said.get(segment, "")).split())
        share = [len(words & head) for head in heads]
        for half in (0, 1):
            if share[half] >= share[1 - half]:
                kept[half].append(segment)
    return tuple(kept[0] or block.evidence), tuple(kept[1] or block.evidence)


def _joined(one: Assignment, other: Assignment) -> Assignment:
    return Assignment(
        lead=tuple(dict.fromkeys((*one.lead, *other.lead))),
        coordinate=tuple(dict.fromkeys((*one.coordinate, *other.coordinate))),
        due=one.due or other.due,
        recurring=one.recurring or other.recurring,
        product=one.product or other.product,
    )
