"""Find each block of the minutes again in an edited file: by its mark, else by its words.

Pure: what a file holds comes in, the blocks it stands for go out. Evidence stays with a block
while its words survive; a paragraph somebody wrote has none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

from meetly.minutes import block_lines as lines
from meetly.minutes.blocks import Block, BlockKind
from meetly.minutes.facts import MeetingFacts
from meetly.minutes.word_files import table_rows
from meetly.minutes.word_files.found import Comment, Found
from meetly.minutes.word_files.sections import Piece, Sorted
from meetly.paper_wording import clean

_MARK = re.compile(r"_meetly(?P<minutes>\d+)_(?P<version>\d+)_(?P<place>\d+)")
_WORD = re.compile(r"\w+")
_PERSON = re.compile(r"^(?:đồng chí|đ/c)\s+", re.IGNORECASE)
_SPOKEN_BY = re.compile(r"^(?P<unit>[^():]*?)\s*(?:\((?P<who>[^()]*)\))?\s*:?\s*$")
#: so alike are two texts that one was made from the other; of a text so much must survive for its
#: evidence to stay; so much of a new paragraph was cut from an old one
_ALIKE, _SURVIVES, _CUT_FROM = 0.55, 0.5, 0.8
#: the cells of a row that tell directions apart
_TOLD = slice(1, 6)


@dataclass
class Matched:
    """What a file makes of the minutes."""

    blocks: list[Block] = field(default_factory=list)
    #: id of the block (empty: the whole) and what somebody wrote in the margin
    remarks: list[tuple[str, Comment]] = field(default_factory=list)
    #: what could not be taken over, in its own words
    unread: list[str] = field(default_factory=list)


@dataclass
class _Place:
    """A piece of the file and the blocks of the minutes it was made from."""

    piece: Piece
    origins: list[Block]


def mark_of(minutes_id: int, version: int, place: int) -> str:
    """Name the bookmark of the block at a place of a version."""
    return f"_meetly{minutes_id}_{version}_{place}"


def marks_for(minutes_id: int, version: int, blocks: Sequence[Block]) -> dict[str, str]:
    """Name the bookmark of every block."""
    return {b.id: mark_of(minutes_id, version, place) for place, b in enumerate(blocks)}


def marked(found: Iterable[Found]) -> Counter[tuple[int, int]]:
    """Count the marks a file carries, by minutes and version."""
    marks = (_MARK.fullmatch(mark) for item in found for mark, _ in item.marks)
    return Counter((int(m["minutes"]), int(m["version"])) for m in marks if m)


def likeness(file: Sorted, blocks: Iterable[Block]) -> int:
    """Count the pieces of a file that hold a block to the letter."""
    texts = {clean(block.text) for block in blocks}
    return sum(any(piece.text.endswith(text) for text in texts if text) for piece in file.pieces)


def match(
    file: Sorted, base: Sequence[Block], marks: Mapping[str, str], facts: MeetingFacts, seed: str
) -> Matched:
    """Match a file to the blocks of the version it was made from.

    `marks` are block id -> bookmark; `seed` makes the ids of new blocks, the same for the same.
    """
    known = {mark: block for block in base if (mark := marks.get(block.id))}
    places = _by_mark(file.pieces, known)
    _by_words(places, [b for b in base if clean(b.text)], facts)
    result = Matched(remarks=[("", comment) for comment in file.comments])
    for number, place in enumerate(places):
        near = _near(places, number)
        block, unread = _block(place, near, facts, f"n{seed[:8]}{number}")
        if block.text.strip():
            result.blocks.append(block)
            result.remarks += [(block.id, comment) for comment in place.piece.comments]
        result.unread += [unread] if unread else []
    return result


def survives(old: str, new: str) -> bool:
    """Tell whether enough of a text is left for what it rests on to stand under the new one."""
    before, after = _words(old), _words(new)
    if not before or not after:
        return False
    return _common(before, after) / min(len(before), len(after)) >= _SURVIVES


def _by_mark(pieces: Sequence[Piece], known: Mapping[str, Block]) -> list[_Place]:
    taken: set[str] = set()
    places = []
    for piece in pieces:
        origins = []
        for mark, _ in piece.marks:
            block = known.get(mark)
            if block and block.id not in taken:
                taken.add(block.id)
                origins.append(block)
        places.append(_Place(piece, origins))
    return places


def _by_words(places: Sequence[_Place], base: Sequence[Block], facts: MeetingFacts) -> None:
    """Give the pieces without a mark the blocks nobody found yet, the likest first."""
    taken = {block.id for place in places for block in place.origins}
    left = [(block, _words(_line(block, facts))) for block in base if block.id not in taken]
    lost = [(place, _words(_read(place.piece))) for place in places if not place.origins]
    scores = []
    for p, (place, words) in enumerate(lost):
        for b, (block, others) in enumerate(left):
            if (ratio := _ratio(words, others)) >= _ALIKE:
                same_kind = place.piece.kind is block.kind
                scores.append((ratio, same_kind, -abs(p - b), p, b))
    used: set[int] = set()
    for _, _, _, p, b in sorted(scores, reverse=True):
        if b not in used and not lost[p][0].origins:
            used.add(b)
            lost[p][0].origins.append(left[b][0])


def _near(places: Sequence[_Place], number: int) -> Iterator[Block]:
    """Give the blocks of the pieces before and after: a paragraph may have been cut from them."""
    for place in (*places[max(0, number - 2) : number][::-1], *places[number + 1 : number + 2]):
        yield from place.origins


def _block(
    place: _Place, near: Iterable[Block], facts: MeetingFacts, identity: str
) -> tuple[Block, str]:
    piece = place.piece
    if piece.cells:
        if place.origins:
            read = table_rows.changed(place.origins[0], piece.cells, facts)
            return _resting(place, read.block), read.unread
        read = table_rows.added(identity, piece.cells)
        return read.block, read.unread
    kind = piece.kind or (place.origins[0].kind if place.origins else BlockKind.DISCUSSION)
    if place.origins:
        block, text = _said(place.origins[0], piece)
        assignment = block.assignment if kind is block.kind else None
        return _resting(place, replace(block, kind=kind, text=text, assignment=assignment)), ""
    return _new(identity, kind, piece.text, near), ""


def _new(identity: str, kind: BlockKind, text: str, near: Iterable[Block]) -> Block:
    words = _words(text)
    for block in near:
        if words and _common(_words(block.text), words) / len(words) >= _CUT_FROM:
            return replace(block, id=identity, kind=kind, text=text, assignment=None)
    return Block(identity, kind, text)


def _said(block: Block, piece: Piece) -> tuple[Block, str]:
    """Part who spoke from what was said; both may have been corrected."""
    opening = clean(lines.opening(block))
    if not opening:
        return block, _kept(block, piece.text)
    if piece.text.startswith(opening):
        return block, _kept(block, piece.text[len(opening) :].strip())
    at = next((at for mark, at in piece.marks), 0) or piece.text.find(": ") + 1
    found = _SPOKEN_BY.match(piece.text[:at])
    if not at or not found:
        return block, piece.text
    unit, person = clean(found["unit"] or ""), _PERSON.sub("", clean(found["who"] or ""))
    if not block.unit and not person:
        unit, person = "", _PERSON.sub("", unit)
    return replace(block, unit=unit, speaker=person), _kept(block, piece.text[at:].strip(" :"))


def _kept(block: Block, text: str) -> str:
    """Return the block's own text where only its spacing differs."""
    return block.text if clean(block.text) == clean(text) else text


def _resting(place: _Place, block: Block) -> Block:
    """Let a block rest on what its words still say: of all it was made from, or on nothing."""
    if len(place.origins) == 1 and place.origins[0].text == block.text:
        return block
    evidence = dict.fromkeys(
        segment
        for origin in place.origins
        if origin.text == block.text or survives(origin.text, block.text)
        for segment in origin.evidence
    )
    return replace(block, evidence=tuple(evidence), start=block.start if evidence else None)


def _line(block: Block, facts: MeetingFacts) -> str:
    if block.kind is BlockKind.DIRECTION:
        return " ".join(lines.cells(0, block, facts)[_TOLD])
    return lines.opening(block) + clean(block.text)


def _read(piece: Piece) -> str:
    return " ".join(piece.cells[_TOLD]) if piece.cells else piece.text


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _ratio(one: Sequence[str], other: Sequence[str]) -> float:
    total = len(one) + len(other)
    if not total:
        return 0.0
    shared = sum((Counter(one) & Counter(other)).values())
    if 2 * shared / total < _ALIKE:  # the order of the words can only make it less
        return 0.0
    return 2 * _common(one, other) / total


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return sum(match.size for match in matcher.get_matching_blocks())
