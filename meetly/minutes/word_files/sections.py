"""Which paragraphs of an edited file are content, of what kind, and which are only its frame."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from meetly.folding import fold
from meetly.minutes import block_lines as lines
from meetly.minutes.blocks import BlockKind
from meetly.minutes.word_files.found import Comment, Found
from meetly.paper_wording import clean

_HEADINGS = {
    fold(lines.REPORTS): BlockKind.REPORT,
    fold(lines.DISCUSSION): BlockKind.DISCUSSION,
    fold(lines.CONCLUSIONS): BlockKind.ASSESSMENT,
}
_NUMERAL = re.compile(r"^[IVX]+\s*[.)]\s*")
_NUMBERS = {
    BlockKind.REPORT: re.compile(r"^\d+\s*[.)]\s*"),
    BlockKind.DISCUSSION: re.compile(r"^\d+\s*[.)]\s*"),
    BlockKind.QUESTION: re.compile(r"^[a-zđ]{1,3}\)\s*"),
}
#: columns of the table of directions, and what its heading row says in the second
_COLUMNS, _TASKS = 7, "noi dung nhiem vu"


@dataclass(frozen=True)
class Piece:
    """One paragraph or row that is content."""

    #: of the part it stands in; None outside all parts
    kind: BlockKind | None
    #: its words, the number of the enumeration left out
    text: str
    #: our bookmarks and the place of each in `text`
    marks: tuple[tuple[str, int], ...] = ()
    cells: tuple[str, ...] = ()
    comments: tuple[Comment, ...] = ()


@dataclass
class Sorted:
    """A file taken apart."""

    pieces: list[Piece] = field(default_factory=list)
    frame: list[str] = field(default_factory=list)
    #: comments on the frame
    comments: list[Comment] = field(default_factory=list)
    #: tables that are not the table of directions
    tables: list[str] = field(default_factory=list)
    is_notice: bool = False


def sort(found: Iterable[Found], items: Collection[str] = ()) -> Sorted:
    """Take a file apart by its headings; what carries a mark of ours is content anywhere.

    `items` are the lines that name items of the agenda within a part; they are frame.
    """
    named = {fold(line) for line in items}
    result = Sorted()
    part: BlockKind | None = None
    inside = False
    for item in found:
        text = clean(" ".join(item.cells) or item.text)
        if not text and not item.comments:
            continue
        heading = _HEADINGS.get(fold(_NUMERAL.sub("", text)))
        closes = fold(text).startswith(fold(lines.ENDED))
        if heading or fold(text) in (fold(lines.ASKED), fold(lines.CONTENT)) or closes:
            inside = not closes
            part = None if closes else heading or (
                BlockKind.QUESTION if fold(text) == fold(lines.ASKED) else None
            )  # fmt: skip
            result.comments += item.comments
            if not heading:
                _frame(result, text)
        elif item.marks or (inside and part and fold(text) not in named):
            _content(result, item, part)
        else:
            _frame(result, text)
            result.comments += item.comments
    return result


def _frame(result: Sorted, text: str) -> None:
    result.is_notice = result.is_notice or text == "THÔNG BÁO"
    if text and fold(text) != fold(lines.GIVEN):
        result.frame.append(text)


def _content(result: Sorted, item: Found, part: BlockKind | None) -> None:
    text = clean(item.text)
    if item.cells:
        if len(item.cells) >= 2 and fold(clean(item.cells[1])) == _TASKS:
            result.comments += item.comments
        elif item.marks or len(item.cells) == _COLUMNS:
            cells = tuple(map(clean, item.cells))
            result.pieces.append(Piece(BlockKind.DIRECTION, text, item.marks, cells, item.comments))
        else:
            result.tables.append(text)
            result.comments += item.comments
        return
    if fold(text) in (fold(lines.GIVEN), fold(lines.ASKED)) or not text:
        result.comments += item.comments
        return
    number = _NUMBERS[part].match(text) if part in _NUMBERS else None
    shift = number.end() if number else 0
    if not item.marks and text[shift:].startswith(f"{lines.VOTED}:"):
        _frame(result, text)  # a fact of the meeting, not a block
        result.comments += item.comments
        return
    # Places were counted in the words as written; cleaning only ever takes some away before them.
    marks = tuple(
        (mark, max(0, len(clean(item.text[:at])) + item.text[:at].endswith(" ") - shift))
        for mark, at in item.marks
    )
    result.pieces.append(Piece(part, text[shift:], marks, (), item.comments))


def frame_notes(ours: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """List the lines of the frame that a file holds otherwise than the meeting's calendar says."""
    known, kept = {fold(line) for line in ours}, {fold(line) for line in theirs}
    notes = [line for line in theirs if fold(line) not in known]
    gone = [line for line in ours if fold(line) not in kept]
    # A changed line is told once, as it reads now.
    return [f"+ {line}" for line in notes] + [f"− {line}" for line in gone[len(notes) :]]
