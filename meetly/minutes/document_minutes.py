"""The minutes (biên bản, form 1.9): everything that was reported, discussed and concluded."""

from __future__ import annotations

import re
from collections.abc import Sequence

from docx.document import Document
from docx.shared import Cm

from meetly.minutes import document_layout as layout
from meetly.minutes.blocks import Assignment, Block, BlockKind
from meetly.minutes.document_parts import (
    add,
    grid,
    grid_row,
    letterhead,
    recipients,
    signature,
    signatures,
    title,
)
from meetly.minutes.facts import MeetingFacts, Person
from meetly.minutes.task_wording import deadline, task
from meetly.minutes.wording import (
    BLANK,
    clean,
    clock_in_words,
    day_in_words,
    letter,
    mark,
    numeral,
    sentence,
)

_COLUMNS = (
    ("TT", Cm(0.9)),
    ("Nội dung nhiệm vụ", Cm(4.6)),
    ("Chủ trì", Cm(2.4)),
    ("Phối hợp", Cm(2.2)),
    ("Thời hạn", Cm(2.5)),
    ("Sản phẩm", Cm(1.8)),
    ("Mốc ghi", Cm(1.6)),
)
_CENTERED = (0, 4, 6)
_ADDRESSED = re.compile(r"(?:đồng chí|đ/c|ông|bà|anh|chị)\b", re.IGNORECASE)


def write_minutes(document: Document, facts: MeetingFacts, blocks: Sequence[Block]) -> None:
    """Write the minutes into a blank document."""
    letterhead(document, facts, f"Số: {numeral(facts.minutes_number)}/BB-{facts.agency_code}")
    title(document, "BIÊN BẢN", facts.title)
    _facts(document, facts)
    _spoken(document, "I. Báo cáo tại hội nghị", blocks, BlockKind.REPORT)
    _spoken(document, "II. Ý kiến thảo luận", blocks, BlockKind.DISCUSSION, facts.votes)
    _conclusions(document, facts, blocks)
    _closing(document, facts)


def _facts(document: Document, facts: MeetingFacts) -> None:
    begins = f"{clock_in_words(facts.starts)}, {day_in_words(facts.date)}."
    _fact(document, "Thời gian bắt đầu", begins)
    place = ", ".join(part for part in (clean(facts.place), clean(facts.form)) if part)
    _fact(document, "Địa điểm", f"{place.rstrip('.') or BLANK}.")
    attendance = [*facts.attendance, *(f"Vắng: {line}" for line in facts.absent)]
    if attendance:
        _fact(document, "Thành phần tham dự", "")
        for line in attendance:
            add(document, layout.BODY, f"- {sentence(clean(line))}")
    else:
        _fact(document, "Thành phần tham dự", f"{BLANK}.")
    _fact(document, "Chủ trì (chủ tọa)", f"{_named(facts.chair)}.")
    _fact(document, "Thư ký (người ghi biên bản)", f"{_named(facts.secretary)}.")
    if facts.materials:
        handed_out = "; ".join(map(clean, facts.materials))
        _fact(document, "Tài liệu", f"{handed_out.rstrip(' .')}.")
    _fact(document, "Nội dung", "")


def _fact(document: Document, label: str, text: str) -> None:
    add(document, layout.BODY, (f"{label}:", "b"), f" {text}")


def _named(person: Person) -> str:
    return ", ".join(part for part in (_comrade(person.name), clean(person.position)) if part)


def _comrade(name: str) -> str:
    """Name a person with the address of official minutes, unless the name brings its own."""
    known = clean(name)
    if not known:
        return BLANK
    return known if _ADDRESSED.match(known) else f"đồng chí {known}"


def _spoken(
    document: Document, heading: str, blocks: Sequence[Block], kind: BlockKind, votes: str = ""
) -> None:
    spoken = [block for block in blocks if block.kind is kind and clean(block.text)]
    lines = [(*_who(block), block.text) for block in spoken]
    if votes:
        lines.append(("Biểu quyết", "", votes))
    if not lines:
        return
    add(document, layout.HEADING, heading)
    for number, (unit, speaker, text) in enumerate(lines, 1):
        colon = ": " if unit else ""
        add(document, layout.BODY, f"{number}. ", (unit, "b"), f"{speaker}{colon}", clean(text))


def _who(block: Block) -> tuple[str, str]:
    """Return the unit that stands in bold and, in brackets, who spoke for it."""
    unit, speaker = clean(block.unit), clean(block.speaker)
    if unit and speaker:
        return unit, f" ({_comrade(speaker)})"
    return unit or (_comrade(speaker) if speaker else ""), ""


def _conclusions(document: Document, facts: MeetingFacts, blocks: Sequence[Block]) -> None:
    assessments = [block for block in blocks if block.kind is BlockKind.ASSESSMENT]
    directions = [block for block in blocks if block.kind is BlockKind.DIRECTION]
    questions = [block for block in blocks if block.kind is BlockKind.QUESTION]
    if assessments or directions:
        add(document, layout.HEADING, "III. Kết luận của chủ trì")
    for block in assessments:
        add(document, layout.BODY, clean(block.text))
    if directions:
        add(document, layout.INTRODUCING, "Chủ trì giao các nhiệm vụ sau:")
        _table(document, facts, directions)
    if questions and facts.draft:
        add(document, layout.BODY, ("Điểm thư ký cần hỏi lại chủ trì trước khi ký:", "b"))
        for index, block in enumerate(questions):
            add(document, layout.BODY, f"{letter(index)}) ", clean(block.text))


def _table(document: Document, facts: MeetingFacts, directions: Sequence[Block]) -> None:
    table = grid(document, [width for _, width in _COLUMNS], [name for name, _ in _COLUMNS])
    for number, block in enumerate(directions, 1):
        text, given = clean(block.text), block.assignment or Assignment()
        cells = (
            str(number),
            task(text, given),
            "; ".join(given.lead) or ("Cần chủ trì xác nhận" if facts.draft else "–"),
            "; ".join(given.coordinate) or "–",
            deadline(text, given, draft=facts.draft),
            given.product or "–",
            mark(block.start, facts.recording_starts),
        )
        grid_row(table, cells, _CENTERED)


def _closing(document: Document, facts: MeetingFacts) -> None:
    ends = f"{clock_in_words(facts.ends)}, {day_in_words(facts.date)}"
    add(document, layout.INTRODUCING, f"Cuộc họp kết thúc vào {ends}./.")
    signatures(
        document,
        signature(facts.secretary, "THƯ KÝ"),
        signature(facts.chair, "CHỦ TỌA"),
        recipients(facts.recipients, facts.minutes_file),
    )
