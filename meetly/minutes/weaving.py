"""Weave found directions into the conclusions, and ask what they leave open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from meetly.minutes.blocks import Assignment, Block, BlockKind
from meetly.minutes.reported_speech import is_talk, without_fillers
from meetly.minutes.speech import ORDINAL, Sentence, Utterance, words
from meetly.minutes.task_wording import milestone, product
from meetly.paper_wording import clean, day, plain, row, sentence

_POINT_LEFT = re.compile(rf"^(?:{ORDINAL.pattern[1:]})?[\s,.;:]*", re.IGNORECASE)
_THIS_UNIT = re.compile(
    r"^(?P<order>(?:giao|yeu cau|de nghi)\s+)?(?:cung\s+)?"
    r"(?:so|xa|phuong|van phong|ban|don vi|ubnd xa|ubnd phuong|co quan|nganh)\s+(?:nay|do|ay)\b"
)
_ENDS = re.compile(r"\b(?:den het|den khi|den ngay|cho den|den cuoi|het nam|trong nam)\b")
_ANSWERED = re.compile(r"\bchu tri\b")
# Marks a question that follows from a direction and is asked anew whenever directions change.
_QUESTION = "-q-"


@dataclass(frozen=True)
class Conclusion:
    """A direction found in a block: the words that give it, exactly, and what they assign."""

    block_id: str
    span: str
    assignment: Assignment


def weave(
    blocks: Sequence[Block],
    found: Sequence[Conclusion],
    *,
    utterances: Iterable[Utterance] = (),
    meeting_date: date | None = None,
) -> list[Block]:
    """Turn found directions into DIRECTION blocks and ask the chair what they leave open.

    Where a conclusion held a direction its words are taken out; what else it said stays. With the
    utterances each direction cites only those it was heard in, and starts at its own second.
    A direction found in the discussion leaves the discussion as it is.
    """
    known = {block.id for block in blocks}
    missing = [conclusion.block_id for conclusion in found if conclusion.block_id not in known]
    if missing:
        raise LookupError(f"no block {missing[0]} to find a direction in")
    said = list(utterances)
    taken = set(known)
    woven: list[Block] = []
    late: list[Block] = []
    for block in blocks:
        mine = [conclusion for conclusion in found if conclusion.block_id == block.id]
        directions = [_direction(block, conclusion, said, taken) for conclusion in mine]
        if block.kind is BlockKind.ASSESSMENT and mine:
            rest = _rest(block, mine)
            woven += [replace(block, text=rest)] if rest else []
            woven += directions
        else:
            woven.append(block)
            late += directions
    kept = [b for b in [*woven, *late] if not _is_derived_question(b)]
    return [*kept, *open_questions(kept, meeting_date=meeting_date)]


def open_questions(blocks: Sequence[Block], *, meeting_date: date | None = None) -> list[Block]:
    """Return what the secretary must ask the chair about the directions, numbered as they are."""
    directions = [block for block in blocks if block.kind is BlockKind.DIRECTION]
    return [
        Block(
            id=f"{block.id}{_QUESTION}{topic}",
            kind=BlockKind.QUESTION,
            text=f"Việc {number}: {text}",
            evidence=block.evidence,
            start=block.start,
        )
        for number, block in enumerate(directions, 1)
        for topic, text in _doubts(block, meeting_date)
    ]


def _doubts(block: Block, meeting_date: date | None) -> list[tuple[str, str]]:
    given = block.assignment or Assignment()
    doubts = []
    if not given.lead:
        doubts.append(("lead", "chưa rõ đơn vị chủ trì."))
    elif len(given.lead) > 1 and not _ANSWERED.search(plain(block.text)):
        doubts.append(("lead", f"giao {row(given.lead)}, chưa rõ đơn vị nào chủ trì."))
    if given.due is None and given.recurring is None:
        event = milestone(block.text)
        quoted = f" («{event}»)" if event else ""
        doubts.append(("due", f"chưa có ngày cụ thể{quoted} - cần chủ trì xác nhận."))
    if given.due and meeting_date and given.due < meeting_date:
        doubts.append(("due", f"thời hạn {day(given.due)} trước ngày họp - cần chủ trì xác nhận."))
    if given.recurring and given.due is None and not _ENDS.search(plain(block.text)):
        doubts.append(("end", f"việc định kỳ («{given.recurring}») chưa có thời điểm kết thúc."))
    return doubts


def _direction(
    block: Block, conclusion: Conclusion, said: Sequence[Utterance], taken: set[str]
) -> Block:
    assignment = conclusion.assignment
    text = _order(conclusion.span, assignment)
    evidence, start = _heard(block, conclusion.span, said)
    return Block(
        id=_fresh(block.id, taken),
        kind=BlockKind.DIRECTION,
        text=text,
        evidence=evidence,
        speaker=block.speaker,
        start=start,
        assignment=replace(assignment, product=assignment.product or product(text)),
    )


def _order(span: str, assignment: Assignment) -> str:
    """Return the direction as a sentence: no counting word, "this department" by its name."""
    text = without_fillers(ORDINAL.sub("", clean(span)))
    this = _THIS_UNIT.match(plain(text))
    if this and assignment.lead:
        order = text[: this.end("order")] if this.group("order") else ""
        text = f"{order}{row(assignment.lead)}{text[this.end() :]}"
    return sentence(text)


def _rest(block: Block, mine: Sequence[Conclusion]) -> str:
    """Return what a conclusion says beside its directions, counting words dropped."""
    text = block.text
    for conclusion in mine:
        words_of_span = r"\s+".join(re.escape(word) for word in conclusion.span.split())
        text = re.sub(words_of_span, "\n", text, count=1)
    left = []
    for part in re.split(r"\n|(?<=[.?!])\s+", text):
        bare = _POINT_LEFT.sub("", part).strip(" ,;:")
        if words(bare) >= 3 and not is_talk(Sentence(bare, (), 0)):
            left.append(sentence(bare))
    return " ".join(left)


def _heard(
    block: Block, span: str, said: Sequence[Utterance]
) -> tuple[tuple[int, ...], float | None]:
    """Find the utterances among the block's evidence that hold the span, and its second."""
    cited = [utterance for utterance in said if utterance.id in block.evidence]
    texts = [plain(clean(utterance.text)) for utterance in cited]
    wanted = plain(clean(span))
    whole = " ".join(texts)
    place = whole.find(wanted)
    if place < 0:
        return block.evidence, block.start
    evidence: list[int] = []
    start, begin = block.start, 0
    for utterance, text in zip(cited, texts, strict=True):
        end = begin + len(text)
        if begin < place + len(wanted) and place < end:
            if not evidence:
                share = (place - begin) / max(1, len(text))
                start = round(utterance.start + share * (utterance.end - utterance.start), 2)
            evidence.append(utterance.id)
        begin = end + 1
    return tuple(evidence), start


def _fresh(block_id: str, taken: set[str]) -> str:
    number = 1
    while f"{block_id}-{number}" in taken:
        number += 1
    taken.add(f"{block_id}-{number}")
    return f"{block_id}-{number}"


def _is_derived_question(block: Block) -> bool:
    return block.kind is BlockKind.QUESTION and _QUESTION in block.id
