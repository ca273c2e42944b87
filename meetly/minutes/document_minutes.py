"""The minutes (biên bản, form 1.9): everything that was reported, discussed and concluded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from docx.document import Document
from docx.shared import Cm

from meetly import paper_layout as layout
from meetly.minutes import block_lines as lines
from meetly.minutes.blocks import Block, BlockKind
from meetly.minutes.facts import MeetingFacts, Person
from meetly.paper_parts import (
    add,
    bookmark,
    grid,
    grid_row,
    letterhead,
    recipients,
    replacing,
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

#: block id -> the bookmark that its words carry
Marks = Mapping[str, str]


def write_minutes(
    document: Document, facts: MeetingFacts, blocks: Sequence[Block], marks: Marks | None = None
) -> None:
    """Write the minutes into a blank document; `marks` name the bookmarks of the blocks."""
    marks = marks or {}
    letterhead(document, facts.head, f"Số: {numeral(facts.minutes_number)}/BB-{facts.agency_code}")
    title(document, "BIÊN BẢN", facts.title)
    replacing(document, facts.minutes_replaces)
    _facts(document, facts)
    parts = {kind: [b for b in blocks if b.kind is kind and clean(b.text)] for kind in BlockKind}
    heading = _numbered_headings(document)
    if parts[BlockKind.REPORT]:
        heading(lines.REPORTS)
        _spoken(document, parts[BlockKind.REPORT], marks)
    if parts[BlockKind.DISCUSSION] or facts.votes:
        heading(lines.DISCUSSION)
        _spoken(document, parts[BlockKind.DISCUSSION], marks, facts.votes)
    if parts[BlockKind.ASSESSMENT] or parts[BlockKind.DIRECTION]:
        heading(lines.CONCLUSIONS)
        _assessed(document, parts[BlockKind.ASSESSMENT], marks)
    if parts[BlockKind.DIRECTION]:
        add(document, layout.INTRODUCING, lines.GIVEN)
        _table(document, facts, parts[BlockKind.DIRECTION], marks)
    if parts[BlockKind.QUESTION] and facts.draft:
        _questions(document, parts[BlockKind.QUESTION], marks)
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
    _fact(document, lines.CONTENT.rstrip(":"), "")


def _fact(document: Document, label: str, text: str) -> None:
    add(document, layout.BODY, (f"{label}:", "b"), f" {text}")


def _stopped(text: str) -> str:
    """End a line with a full stop; a blank to be filled in stays open."""
    return f"{text.rstrip(' .')}." if text.strip(f" .{BLANK}") else BLANK


def _named(person: Person) -> str:
    return ", ".join(part for part in (lines.comrade(person.name), clean(person.position)) if part)


def _numbered_headings(document: Document) -> Callable[[str], None]:
    """Return a writer of headings that counts the parts there are: I, II, III."""
    numerals = iter(("I", "II", "III"))

    def heading(text: str) -> None:
        add(document, layout.HEADING, f"{next(numerals)}. {text}")

    return heading


def _spoken(document: Document, blocks: Sequence[Block], marks: Marks, votes: str = "") -> None:
    under = ""
    for number, block in enumerate(blocks, 1):
        item = lines.item_heading(block)
        if item and item != under:
            add(document, layout.INTRODUCING, (item, "b"))
        under = item
        unit, speaker = lines.who(block)
        colon = ": " if unit else ""
        parts = (f"{number}. ", (unit, "b"), f"{speaker}{colon}", clean(block.text))
        bookmark(add(document, layout.BODY, *parts), marks.get(block.id))
    if votes:
        add(document, layout.BODY, f"{len(blocks) + 1}. ", (lines.VOTED, "b"), ": ", clean(votes))


def _assessed(document: Document, assessments: Sequence[Block], marks: Marks) -> None:
    for block in assessments:
        bookmark(add(document, layout.BODY, clean(block.text)), marks.get(block.id))


def _questions(document: Document, questions: Sequence[Block], marks: Marks) -> None:
    add(document, layout.INTRODUCING, (lines.ASKED, "b"))
    for index, block in enumerate(questions):
        written = add(document, layout.BODY, f"{letter(index)}) ", clean(block.text))
        bookmark(written, marks.get(block.id))


def _table(
    document: Document, facts: MeetingFacts, directions: Sequence[Block], marks: Marks
) -> None:
    table = grid(document, [width for _, width in _COLUMNS], [name for name, _ in _COLUMNS])
    for number, block in enumerate(directions, 1):
        grid_row(table, lines.cells(number, block, facts), _CENTERED)
        bookmark(table.rows[-1].cells[1].paragraphs[0], marks.get(block.id))


def _closing(document: Document, facts: MeetingFacts) -> None:
    ends = f"{clock_in_words(facts.ends)}, {day_in_words(facts.date)}"
    add(document, layout.INTRODUCING, f"{lines.ENDED} {ends}./.")
    signatures(
        document,
        signature(facts.secretary.name, "THƯ KÝ"),
        signature(facts.chair.name, "CHỦ TỌA"),
        recipients(facts.recipients, facts.minutes_file),
    )
