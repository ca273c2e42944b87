"""From what was said to blocks a secretary only has to correct.

Part I holds the reports unit by unit, part II the discussion speaker by speaker, part III the
chair's conclusions. Nothing is invented: a block is made of its evidence's own words, shortened.
Who may not be known stays unknown: then all is discussion until somebody says "tôi kết luận".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from meetly.folding import fold
from meetly.minutes.blocks import Block, BlockKind
from meetly.minutes.conclusion_start import Place, conclusion_start
from meetly.minutes.condensing import Candidate, condense, weight
from meetly.minutes.evidence import unsupported
from meetly.minutes.reported_speech import (
    concluded,
    is_roll_call,
    is_talk,
    joined,
    reported,
)
from meetly.minutes.speech import ORDINAL, Sentence, Turn, Utterance, turns, words
from meetly.minutes.weaving import Conclusion, open_questions, weave
from meetly.paper_wording import capitalised, lowered, plain

__all__ = [
    "Conclusion",
    "Utterance",
    "draft",
    "open_questions",
    "roll_call",
    "unsupported",
    "weave",
]

#: Parts I and II hold at most this share of all the words spoken,
SHARE = 0.4
#: but a short meeting need not be shortened below so many words.
_FLOOR = 150
#: A version of the minutes holds a thousand blocks: where voices change with every breath, only
#: the paragraphs that tell most are kept.
MOST_PARAGRAPHS = 600
# A paragraph of the conclusion that nobody counted ("Một là") ends after so many sentences.
_LONGEST_PARAGRAPH = 4
_LOCALITY = re.compile(r"^(?:ubnd )?(?:cac )?(?:xa|phuong|dac khu|thi tran|huyen)\b")
_CALLS_FOR_REPORT = re.compile(r"\bmoi\b.*\bbao cao\b")
_OPENS_DISCUSSION = re.compile(r"\bmoi\b.*\by kien\b|\bthao luan\b")
_OPENS_POINT = re.compile(r"^(?:giao|yeu cau|de nghi|doi voi|ve|so|ubnd|cac so|van phong)\b")
_ASKS, _SAYS, _ANSWERS = "Chủ trì hỏi: ", "Chủ trì: ", "Trả lời: "


@dataclass(frozen=True)
class _Part:
    """Words for the minutes and the sentences they were made of."""

    text: str
    sentences: tuple[Sentence, ...]
    label: str = ""


@dataclass
class _Item:
    """A paragraph of part I or II while it grows."""

    kind: BlockKind
    turn: Turn
    parts: list[_Part] = field(default_factory=list)


def draft(
    utterances: Iterable[Utterance], *, chair: str = "", reporters: Collection[str] = ()
) -> list[Block]:
    """Return the draft: reports, discussion, then the conclusions as ASSESSMENT blocks.

    `chair` names the chair where the utterances do not mark one. `reporters` are the units the
    agenda lets report; without it whoever speaks before the discussion opens has reported.
    Directions are woven in later, by the room that finds them.
    """
    spoken = turns(utterances, chair)
    before, concluding, after = _parted(spoken, conclusion_start(spoken))
    total = sum(words(sentence.text) for turn in spoken for sentence in turn.sentences)
    items = _items([*before, *after], len(before), {fold(unit) for unit in reporters})
    kept = _condensed(items, max(_FLOOR, int(total * SHARE)))
    return _numbered([*_spoken_blocks(kept), *_conclusions(concluding)])


def roll_call(utterances: Iterable[Utterance], chair: str = "") -> tuple[str, ...]:
    """Return what was said about who is there, for a meeting without an attendance sheet."""
    spoken = turns(utterances, chair)
    before, _, _ = _parted(spoken, conclusion_start(spoken))
    return tuple(
        capitalised(reported(sentence.text, turn))
        for turn in before
        for sentence in turn.sentences
        if is_roll_call(sentence) and not is_talk(sentence)
    )


def _parted(
    spoken: Sequence[Turn], start: Place | None
) -> tuple[list[Turn], list[Turn], list[Turn]]:
    """Part the meeting: before the conclusion, the conclusion, what others said after it began."""
    if start is None:
        return list(spoken), [], []
    index, place = start
    turn = spoken[index]
    before = [*spoken[:index], replace(turn, sentences=turn.sentences[:place])]
    rest = [replace(turn, sentences=turn.sentences[place:]), *spoken[index + 1 :]]
    if not turn.voice and not turn.chair:
        return before, rest, []
    mine = [part for part in rest if _same(part, turn)]
    return before, mine, [part for part in rest if not _same(part, turn)]


def _same(one: Turn, other: Turn) -> bool:
    return (one.chair and other.chair) or one.voice == other.voice


def _items(spoken: Sequence[Turn], closed: int, reporters: Collection[str]) -> list[_Item]:
    """Sort the turns into paragraphs: first reports, then who spoke with the chair's questions."""
    items: list[_Item] = []
    heard: set[str] = set()
    discussing = called = False
    for number, turn in enumerate(spoken):
        discussing = discussing or number >= closed
        said = _substance(turn, opening=not heard)
        if said and turn.chair:
            _ask(items, turn, said)
        elif said and items and _goes_on(items[-1].turn, turn):
            _answer(items[-1], turn, said)
        elif said:
            local = bool(_LOCALITY.search(plain(turn.unit)))
            discussing = discussing or (local and not called)
            reports = turn.voice in reporters if reporters else turn.voice and not discussing
            kind = BlockKind.REPORT if reports and turn.voice not in heard else BlockKind.DISCUSSION
            heard.add(turn.voice)
            items.append(_Item(kind, turn, [_Part(reported(s.text, turn), (s,)) for s in said]))
        discussing = discussing or any(_OPENS_DISCUSSION.search(s.folded) for s in turn.sentences)
        called = any(_CALLS_FOR_REPORT.search(s.folded) for s in turn.sentences)
    return items


def _goes_on(before: Turn, turn: Turn) -> bool:
    """Tell whether a speaker goes on with the same item of the agenda."""
    return bool(turn.voice) and (before.voice, before.item) == (turn.voice, turn.item)


def _substance(turn: Turn, *, opening: bool) -> list[Sentence]:
    """Return the sentences that are neither talk nor, before the first report, the roll call."""
    return [
        sentence
        for sentence in turn.sentences
        if not is_talk(sentence) and not (opening and is_roll_call(sentence))
    ]


def _ask(items: list[_Item], turn: Turn, said: Sequence[Sentence]) -> None:
    """Put the chair's words to whoever spoke last; a report is not broken up by them."""
    parts: list[_Part] = []
    for sentence in said:
        asks = sentence.text.rstrip().endswith("?")
        label = _ASKS if asks else "" if parts and parts[-1].label == _SAYS else _SAYS
        parts.append(_Part(reported(sentence.text, turn), (sentence,), label))
    if not items:
        own = [replace(part, label="") for part in parts]
        items.append(_Item(BlockKind.DISCUSSION, turn, own))
    elif items[-1].kind is BlockKind.REPORT:
        items.append(_Item(BlockKind.DISCUSSION, items[-1].turn, parts))
    else:
        items[-1].parts += parts


def _answer(item: _Item, turn: Turn, said: Sequence[Sentence]) -> None:
    """Add an answer; a question and its answer stand or fall together."""
    parts = [_Part(reported(sentence.text, turn), (sentence,)) for sentence in said]
    asked = item.parts[-1]
    if asked.label:
        parts[0] = replace(parts[0], label=_ANSWERS)
    if asked.label == _ASKS:
        text = f"{lowered(asked.text)} {_ANSWERS}{lowered(parts[0].text)}"
        sentences = (*asked.sentences, *parts[0].sentences)
        parts[0] = _Part(text, sentences, _ASKS)
        item.parts.pop()
    item.parts += parts


def _condensed(items: Sequence[_Item], limit: int) -> list[_Item]:
    parts = [(n, part) for n, item in enumerate(items) for part in item.parts if part.text]
    candidates = [Candidate(number, _labelled(part)) for number, part in parts]
    kept: dict[int, list[_Part]] = {}
    for index in condense(candidates, limit):
        number, part = parts[index]
        kept.setdefault(number, []).append(part)
    if len(kept) > MOST_PARAGRAPHS:
        told = {n: sum(weight(part.text) for part in parts) for n, parts in kept.items()}
        most = sorted(kept, key=lambda n: (-told[n], n))[:MOST_PARAGRAPHS]
        kept = {n: kept[n] for n in sorted(most)}
    return [replace(items[number], parts=chosen) for number, chosen in kept.items()]


def _labelled(part: _Part) -> str:
    return f"{part.label}{lowered(part.text)}" if part.label else part.text


def _spoken_blocks(items: Sequence[_Item]) -> list[Block]:
    ordered = sorted(items, key=lambda item: item.kind is BlockKind.DISCUSSION)
    return [
        Block(
            id="",
            kind=item.kind,
            text=_paragraph([_labelled(part) for part in item.parts], item),
            evidence=_evidence([s for part in item.parts for s in part.sentences]),
            unit=item.turn.unit,
            speaker=item.turn.speaker,
            start=item.parts[0].sentences[0].start,
            item=item.turn.item,
        )
        for item in ordered
    ]


def _paragraph(texts: list[str], item: _Item) -> str:
    """Follow a name in small letters; without a name the paragraph opens itself."""
    text = joined(texts)
    return text if item.turn.voice else capitalised(text)


def _conclusions(spoken: Sequence[Turn]) -> list[Block]:
    """Return the conclusions point by point, in the chair's words but for the first person."""
    if not spoken:
        return []
    chair = spoken[0]
    title = chair.position or "chủ trì"
    blocks: list[Block] = []
    for point in _points([s for turn in spoken for s in turn.sentences if not is_talk(s)]):
        texts = [concluded(sentence.text, title) for sentence in point]
        text = " ".join(f"{text.rstrip(' .,;:')}." for text in texts if text)
        if text:
            blocks.append(
                Block(
                    id="",
                    kind=BlockKind.ASSESSMENT,
                    text=text,
                    evidence=_evidence(point),
                    speaker=chair.speaker,
                    start=point[0].start,
                )
            )
    return blocks


def _points(sentences: Sequence[Sentence]) -> list[list[Sentence]]:
    points: list[list[Sentence]] = []
    counted = False
    for sentence in sentences:
        ordinal = bool(ORDINAL.match(sentence.text))
        full = not counted and len(points[-1]) >= _LONGEST_PARAGRAPH if points else True
        if full or ordinal or (not counted and _OPENS_POINT.search(sentence.folded)):
            points.append([])
        counted = counted or ordinal
        points[-1].append(sentence)
    return points


def _evidence(sentences: Sequence[Sentence]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(segment for s in sentences for segment in s.evidence))


def _numbered(blocks: Sequence[Block]) -> list[Block]:
    return [replace(block, id=f"b{number}") for number, block in enumerate(blocks, 1)]
