"""The minutes (biên bản, form 1.9): everything that was reported, discussed and concluded."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from docx.document import Document
from docx.shared import Cm

from meetly import paper_layout as layout
from meetly.minutes.blocks import Assignment, Block, BlockKind
from meetly.minutes.facts import MeetingFacts, Person
from meetly.minutes.task_wording import deadline, task
from meetly.paper_parts import (
    add,
    grid,
    grid_row,
    letterhead,
    recipients,
    signature,
    signatures,
    title,
)
from meetly.paper_wording import (
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
    ("TT", Cm(0.8)),
    ("Nội dung nhiệm vụ", Cm(5.0)),
    ("Chủ trì", Cm(2.3)),
    ("Phối hợp", Cm(2.2)),
    ("Thời hạn", Cm(2.4)),
    ("Sản phẩm", Cm(1.7)),
    ("Mốc ghi", Cm(1.6)),
)
_CENTERED = (0, 4, 6)
_ADDRESSED = re.compile(r"(?:đồng chí|đ/c|ông|bà|anh|chị)\b", re.IGNORECASE)


def write_minutes(document: Document, facts: MeetingFacts, blocks: Sequence[Block]) -> None:
    """Write the minutes into a blank document."""
    letterhead(document, facts.head, f"Số: {numeral(facts.minutes_number)}/BB-{facts.agency_code}")
    title(document, "BIÊN BẢN", facts.title)
    _facts(document, facts)
    parts = {kind: [b for b in blocks if b.kind is kind and clean(b.text)] for kind in BlockKind}
    heading = _numbered_headings(document)
    if parts[BlockKind.REPORT]:
        heading("Báo cáo tại hội nghị")
        _spoken(document, parts[BlockKind.REPORT])
    if parts[BlockKind.DISCUSSION] or facts.votes:
        heading("Ý kiến thảo luận")
        _spoken(document, parts[BlockKind.DISCUSSION], facts.votes)
    if parts[BlockKind.ASSESSMENT] or parts[BlockKind.DIRECTION]:
        heading("Kết luận của chủ trì")
        _conclusions(document, facts, parts[BlockKind.ASSESSMENT], parts[BlockKind.DIRECTION])
    if parts[BlockKind.QUESTION] and facts.draft:
        _questions(document, parts[BlockKind.QUESTION])
    _closing(document, facts)


def _facts(document: Document, facts: MeetingFacts) -> None:
    begins = f"{clock_in_words(facts.starts)}, {day_in_words(facts.date)}."
    _fact(document, "Thời gian bắt đầu", begins)
    place = ", ".join(part for part in (clean(facts.place), clean(facts.form)) if part)
    _fact(document, "Địa điểm", _stopped(place))
    attendance = [*facts.attendance, *(f"Vắng: {line}" for line in facts.absent)]
    if attendance:
        _fact(document, "Thành phần tham dự", "")
        for line in attendance:
            add(document, layout.BODY, f"- {sentence(clean(line))}")
    else:
        _fact(document, "Thành phần tham dự", BLANK)
    _fact(document, "Chủ trì (chủ tọa)", _stopped(_named(facts.chair)))
    _fact(document, "Thư ký (người ghi biên bản)", _stopped(_named(facts.secretary)))
    if facts.materials:
        handed_out = "; ".join(map(clean, facts.materials))
        _fact(document, "Tài liệu", _stopped(handed_out))
    _fact(document, "Nội dung", "")


def _fact(document: Document, label: str, text: str) -> None:
    add(document, layout.BODY, (f"{label}:", "b"), f" {text}")


def _stopped(text: str) -> str:
    """End a line with a full stop; a blank to be filled in stays open."""
    return f"{text.rstrip(' .')}." if text.strip(f" .{BLANK}") else BLANK


def _named(person: Person) -> str:
    return ", ".join(part for part in (_comrade(person.name), clean(person.position)) if part)


def _comrade(name: str) -> str:
    """Name a person with the address of official minutes, unless the name brings its own."""
    known = clean(name)
    if not known:
        return BLANK
    return known if _ADDRESSED.match(known) else f"đồng chí {known}"


def _numbered_headings(document: Document) -> Callable[[str], None]:
    """Return a writer of headings that counts the parts there are: I, II, III."""
    numerals = iter(("I", "II", "III"))

    def heading(text: str) -> None:
        add(document, layout.HEADING, f"{next(numerals)}. {text}")

    return heading


def _spoken(document: Document, blocks: Sequence[Block], votes: str = "") -> None:
    lines = [(*_who(block), block.text, clean(block.item)) for block in blocks]
    if votes:
        lines.append(("Biểu quyết", "", votes, ""))
    under = ""
    for number, (unit, speaker, text, item) in enumerate(lines, 1):
        if item and item != under:
            add(document, layout.INTRODUCING, (sentence(item).rstrip(".") + ":", "b"))
        under = item
        colon = ": " if unit else ""
        add(document, layout.BODY, f"{number}. ", (unit, "b"), f"{speaker}{colon}", clean(text))


def _who(block: Block) -> tuple[str, str]:
    """Return the unit that stands in bold and, in brackets, who spoke for it."""
    unit, speaker = clean(block.unit), clean(block.speaker)
    if unit and speaker:
        return unit, f" ({_comrade(speaker)})"
    return unit or (_comrade(speaker) if speaker else ""), ""


def _conclusions(
    document: Document, facts: MeetingFacts, assessments: Sequence[Block], given: Sequence[Block]
) -> None:
    for block in assessments:
        add(document, layout.BODY, clean(block.text))
    if given:
        add(document, layout.INTRODUCING, "Chủ trì giao các nhiệm vụ sau:")
        _table(document, facts, given)


def _questions(document: Document, questions: Sequence[Block]) -> None:
    add(document, layout.INTRODUCING, ("Điểm thư ký cần hỏi lại chủ trì trước khi ký:", "b"))
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
        signature(facts.secretary.name, "THƯ KÝ"),
        signature(facts.chair.name, "CHỦ TỌA"),
        recipients(facts.recipients, facts.minutes_file),
    )
