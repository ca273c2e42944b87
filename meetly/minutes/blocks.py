"""Blocks: the paragraphs of the minutes, each with what it rests on.

A version of the minutes is an ordered list of blocks. Everything later hangs on their ids:
remarks, the diff between versions, both official documents and the directions. What a leader
approves is the SHA-256 of the canonical bytes, so those bytes depend on nothing but the blocks.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class BlockKind(StrEnum):
    """What a block is to the reader of the minutes."""

    REPORT = "report"  # I. what a unit reported
    DISCUSSION = "discussion"  # II. what was said about it
    ASSESSMENT = "assessment"  # III. what the chair concluded, without an assignee
    DIRECTION = "direction"  # III. what the chair told somebody to do
    QUESTION = "question"  # what the secretary must ask the chair before signing


@dataclass(frozen=True)
class Assignment:
    """Who shall do it, by when, and what shall come of it."""

    lead: tuple[str, ...] = ()
    coordinate: tuple[str, ...] = ()
    due: date | None = None
    recurring: str | None = None
    product: str = ""


@dataclass(frozen=True)
class Block:
    """One paragraph of the minutes; evidence names the segments of the transcript it rests on."""

    id: str
    kind: BlockKind
    text: str
    evidence: tuple[int, ...] = ()
    unit: str = ""
    speaker: str = ""
    start: float | None = None
    assignment: Assignment | None = None
    #: title of the agenda item it was said under; empty where nobody marked the items
    item: str = ""


def to_json(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    """Return the blocks as plain values that JSON can hold."""
    return [_block_value(block) for block in blocks]


def from_json(value: str | bytes | Iterable[Mapping[str, Any]]) -> list[Block]:
    """Read blocks from JSON text or from its plain values; raise ValueError if it is not blocks."""
    items = json.loads(value) if isinstance(value, str | bytes) else value
    if isinstance(items, Mapping) or not isinstance(items, Iterable):
        raise ValueError("blocks must be a list")
    try:
        blocks = [_block(item) for item in items]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a block: {error}") from error
    if len({block.id for block in blocks}) != len(blocks):
        raise ValueError("two blocks share one id")
    return blocks


def canonical(blocks: Iterable[Block]) -> bytes:
    """Return the one sequence of bytes that stands for these blocks."""
    return json.dumps(
        to_json(blocks), sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode("ascii")


def sha256(blocks: Iterable[Block]) -> str:
    """Return the hash by which an approval names these blocks."""
    return hashlib.sha256(canonical(blocks)).hexdigest()


def _block_value(block: Block) -> dict[str, Any]:
    assignment = block.assignment
    # An item stands there only where one is known: blocks from before keep their hash.
    item = {"item": block.item} if block.item else {}
    return {
        **item,
        "id": block.id,
        "kind": block.kind.value,
        "text": block.text,
        "evidence": list(block.evidence),
        "unit": block.unit,
        "speaker": block.speaker,
        "start": None if block.start is None else float(block.start),
        "assignment": None if assignment is None else _assignment_value(assignment),
    }


def _assignment_value(assignment: Assignment) -> dict[str, Any]:
    return {
        "lead": list(assignment.lead),
        "coordinate": list(assignment.coordinate),
        "due": assignment.due.isoformat() if assignment.due else None,
        "recurring": assignment.recurring,
        "product": assignment.product,
    }


def _block(item: Mapping[str, Any]) -> Block:
    start, assignment = item.get("start"), item.get("assignment")
    return Block(
        id=_text(item["id"]),
        kind=BlockKind(item["kind"]),
        text=_text(item["text"]),
        evidence=tuple(int(segment) for segment in item.get("evidence", ())),
        unit=_text(item.get("unit", "")),
        speaker=_text(item.get("speaker", "")),
        start=None if start is None else float(start),
        assignment=None if assignment is None else _assignment(assignment),
        item=_text(item.get("item", "")),
    )


def _assignment(item: Mapping[str, Any]) -> Assignment:
    due, recurring = item.get("due"), item.get("recurring")
    return Assignment(
        lead=_names(item.get("lead", ())),
        coordinate=_names(item.get("coordinate", ())),
        due=date.fromisoformat(due) if due else None,
        recurring=_text(recurring) if recurring else None,
        product=_text(item.get("product", "")),
    )


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        raise TypeError("names must be a list")
    return tuple(_text(name) for name in value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"text expected, not {type(value).__name__}")
    return value
