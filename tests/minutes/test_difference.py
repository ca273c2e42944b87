"""Between two versions every change is seen, and only the changes."""

from __future__ import annotations

import pytest

from meetly.minutes.blocks import Assignment, Block, BlockKind
from meetly.minutes.difference import Change, between


def block(name: str, text: str = "Lời.", kind: BlockKind = BlockKind.REPORT) -> Block:
    return Block(name, kind, text)


def test_added_removed_changed_and_kept_blocks_are_told_apart() -> None:
    before = [block("a"), block("b"), block("c")]
    after = [block("a"), block("c", "Lời khác."), block("d")]
    changes = [(c.block.id, c.change) for c in between(before, after)]
    assert changes == [
        ("a", Change.SAME),
        ("b", Change.REMOVED),
        ("c", Change.CHANGED),
        ("d", Change.ADDED),
    ]


def test_a_block_that_only_moved_is_not_called_changed() -> None:
    before = [block("a"), block("b"), block("c")]
    changes = {c.block.id: c.change for c in between(before, [before[2], before[0], before[1]])}
    assert changes == {"a": Change.SAME, "b": Change.SAME, "c": Change.MOVED}


@pytest.mark.parametrize(
    "after",
    [
        Block("a", BlockKind.DISCUSSION, "Lời."),
        Block("a", BlockKind.REPORT, "Lời.", assignment=Assignment(lead=("Sở Tài chính",))),
    ],
)
def test_a_new_kind_or_assignment_is_a_change_though_the_words_stay(after: Block) -> None:
    [change] = between([block("a")], [after])
    assert change.change == Change.CHANGED and change.notes


def test_what_was_removed_first_is_shown_first() -> None:
    changes = between([block("a"), block("b")], [block("b")])
    assert [c.block.id for c in changes] == ["a", "b"]
