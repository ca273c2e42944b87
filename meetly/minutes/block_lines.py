"""How a block stands in the minutes: who said it, and the cells of a direction in the table.

The writer of the .docx and the reader of one that was edited both ask here, so that what nobody
touched is recognised to the letter.
"""

from __future__ import annotations

import re

from meetly.minutes.blocks import Assignment, Block
from meetly.minutes.facts import MeetingFacts
from meetly.minutes.task_wording import deadline, task
from meetly.paper_wording import BLANK, clean, mark, sentence

#: Headings of the parts, in their order.
REPORTS, DISCUSSION, CONCLUSIONS = (
    "Báo cáo tại hội nghị", "Ý kiến thảo luận", "Kết luận của chủ trì",
)  # fmt: skip
#: What stands above the table of directions, above the questions, and after the last block.
GIVEN = "Chủ trì giao các nhiệm vụ sau:"
ASKED = "Điểm thư ký cần hỏi lại chủ trì trước khi ký:"
CONTENT, ENDED, VOTED = "Nội dung:", "Cuộc họp kết thúc vào", "Biểu quyết"

_ADDRESSED = re.compile(r"(?:đồng chí|đ/c|ông|bà|anh|chị)\b", re.IGNORECASE)


def comrade(name: str) -> str:
    """Name a person with the address of official minutes, unless the name brings its own."""
    known = clean(name)
    if not known:
        return BLANK
    return known if _ADDRESSED.match(known) else f"đồng chí {known}"


def who(block: Block) -> tuple[str, str]:
    """Return the unit that stands in bold and, in brackets, who spoke for it."""
    unit, speaker = clean(block.unit), clean(block.speaker)
    if unit and speaker:
        return unit, f" ({comrade(speaker)})"
    return unit or (comrade(speaker) if speaker else ""), ""


def item_heading(block: Block) -> str:
    """Return the line above the first block under an item of the agenda; empty where none is."""
    item = clean(block.item)
    return f"{sentence(item).rstrip('.')}:" if item else ""


def opening(block: Block) -> str:
    """Return what stands before the words of a block, after its number."""
    unit, speaker = who(block)
    return f"{unit}{speaker}: " if unit else ""


def cells(number: int, block: Block, facts: MeetingFacts) -> tuple[str, ...]:
    """Return the cells of a direction: number, task, lead, coordinating, due, product, mark."""
    text, given = clean(block.text), block.assignment or Assignment()
    return (
        str(number),
        task(text, given),
        "; ".join(given.lead) or ("Cần chủ trì xác nhận" if facts.draft else "–"),
        "; ".join(given.coordinate) or "–",
        deadline(text, given, draft=facts.draft),
        given.product or "–",
        mark(block.start, facts.recording_starts),
    )
