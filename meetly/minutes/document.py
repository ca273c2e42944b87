"""Blocks in, official papers out: the minutes and the notice as .docx, the same bytes each time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time
from functools import partial

from docx.document import Document

from meetly import paper
from meetly.minutes.blocks import Block
from meetly.minutes.document_minutes import write_minutes
from meetly.minutes.document_notice import write_notice
from meetly.minutes.facts import MeetingFacts, Person

__all__ = ["MeetingFacts", "Person", "minutes_docx", "notice_docx"]

_Writer = Callable[[Document, MeetingFacts, Sequence[Block]], None]


def minutes_docx(
    facts: MeetingFacts, blocks: Sequence[Block], marks: Mapping[str, str] | None = None
) -> bytes:
    """Return the minutes (biên bản) as a .docx file.

    `marks` names a bookmark for each block id, by which an edited file finds back to its blocks.
    """
    return _file("Biên bản", partial(write_minutes, marks=marks), facts, blocks)


def notice_docx(facts: MeetingFacts, blocks: Sequence[Block]) -> bytes:
    """Return the notice of conclusions (thông báo kết luận) as a .docx file."""
    return _file("Thông báo kết luận", write_notice, facts, blocks)


def _file(kind: str, write: _Writer, facts: MeetingFacts, blocks: Sequence[Block]) -> bytes:
    held = datetime.combine(facts.date, facts.starts or time(0))
    said = paper.Properties(title=f"{kind}: {facts.title}", author=facts.office, moment=held)
    return paper.file_of(said, lambda document: write(document, facts, blocks))
