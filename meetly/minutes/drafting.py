"""From what was said to blocks a secretary only has to correct.

Part I holds the reports unit by unit, part II the discussion speaker by speaker, part III the
chair's conclusions. Nothing is invented: a block is made of its evidence's own words, shortened.
Who may not be known stays unknown: then all is discussion until somebody says "tôi kết luận".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from meetly.minutes.blocks import Block, BlockKind
from meetly.minutes.conclusion_start import conclusion_start
from meetly.minutes.condensing import Candidate, condense
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
from meetly.minutes.wording import lowered, plain

__all__ = ["Conclusion", "Utterance", "draft", "open_questions", "unsupported", "weave"]

#: Parts I and II hold at most this share of all the words spoken.
SHARE = 0.38
# A paragraph of the conclusion that nobody counted ("Một là") ends after so many sentences.
_LONGEST_PARAGRAPH = 4
_LOCALITY = re.compile(r"^(?:ubnd )?(?:cac )?(?:xa|phuong|dac khu|thi tran|huyen)\b")
_OPENS_DISCUSSION = re.compile(r"\bmoi\b.*\b(?:y kien|thao luan|phat bieu)\b|\bthao luan\b")
_OPENS_POINT = re.compile(r"^(?:giao|yeu cau|de nghi|doi voi|ve|so|ubnd|cac so|van phong)\b")


@dataclass
class _Item:
    """A paragraph of part I or II while it grows: sentences, each with what stands before it."""

    kind: BlockKind
    turn: Turn
    parts: list[tuple[str, Sentence, str]] = field(default_factory=list)


def draft(utterances: Iterable[Utterance], *, chair: str = "") -> list[Block]:
    """Return the draft: reports, discussion, then the conclusions as ASSESSMENT blocks.

    `chair` names the chair where the utterances do not mark one. Directions are woven in later,
    by the room that finds them.
    """
    spoken = turns(utterances, chair)
    start = conclusion_start(spoken)
    before, after = _parted(spoken, start)
    total = sum(words(sentence.text) for turn in spoken for sentence in turn.sentences)
    items = _condensed(_items(before), int(total * SHARE))
    return _numbered([*_spoken_blocks(items), *_conclusions(after)])


def _parted(spoken: Sequence[Turn], start: tuple[int, int] | None) -> tuple[list[Turn], list[Turn]]:
    if start is None:
        return list(spoken), []
    index, place = start
    turn = spoken[index]
    before = [*spoken[:index], _cut(turn, 0, place)]
    after = [_cut(turn, place, len(turn.sentences)), *spoken[index + 1 :]]
    if not any(part.chair for part in spoken):
        return before, after
    return before, [part for part in after if part.chair]


def _cut(turn: Turn, begin: int, end: int) -> Turn:
    return Turn(turn.sentences[begin:end], turn.speaker, turn.position, turn.unit, turn.chair)


def _items(spoken: Sequence[Turn]) -> list[_Item]:
    """Sort the turns into paragraphs: first reports, then who spoke with the chair's questions."""
    items: list[_Item] = []
    reported_already: set[str] = set()
    discussing = False
    for turn in spoken:
        discussing = discussing or any(_OPENS_DISCUSSION.search(s.folded) for s in turn.sentences)
        roll_call = not reported_already
        said = [
            sentence
            for sentence in turn.sentences
            if not is_talk(sentence) and not (roll_call and is_roll_call(sentence))
        ]
        if not said:
            continue
        if turn.chair:
            _ask(items, turn, said)
            continue
        known = bool(turn.voice)
        discussing = discussing or not known or bool(_LOCALITY.search(plain(turn.unit.lower())))
        if items and known and items[-1].turn.voice == turn.voice and items[-1].parts:
            _answer(items, turn, said)
            continue
        first = turn.voice not in reported_already
        kind = BlockKind.REPORT if first and not discussing else BlockKind.DISCUSSION
        reported_already.add(turn.voice)
        items.append(_Item(kind, turn, [("", s, reported(s.text, turn)) for s in said]))
    return items


def _ask(items: list[_Item], turn: Turn, said: Sequence[Sentence]) -> None:
    """Put the chair's words to whoever spoke last; a report is not broken up by them."""
    parts = []
    for index, sentence in enumerate(said):
        asks = sentence.text.rstrip().endswith("?")
        label = ("Chủ trì hỏi: " if asks else "Chủ trì: ") if index == 0 or asks else ""
        parts.append((label, sentence, reported(sentence.text, turn)))
    if not items:
        items.append(_Item(BlockKind.DISCUSSION, turn, [("", s, t) for _, s, t in parts]))
    elif items[-1].kind is BlockKind.REPORT:
        items.append(_Item(BlockKind.DISCUSSION, items[-1].turn, parts))
    else:
        items[-1].parts += parts


def _answer(items: list[_Item], turn: Turn, said: Sequence[Sentence]) -> None:
    last = items[-1].parts[-1][0]
    for index, sentence in enumerate(said):
        label = "Trả lời: " if index == 0 and last else ""
        items[-1].parts.append((label, sentence, reported(sentence.text, turn)))


def _condensed(items: Sequence[_Item], limit: int) -> list[_Item]:
    candidates = [
        Candidate(number, sentence, f"{label}{lowered(text) if label else text}")
        for number, item in enumerate(items)
        for label, sentence, text in item.parts
        if text
    ]
    kept: dict[int, list[Candidate]] = {}
    for candidate in condense(candidates, limit):
        kept.setdefault(candidate.paragraph, []).append(candidate)
    return [
        _Item(items[number].kind, items[number].turn, [("", c.sentence, c.text) for c in chosen])
        for number, chosen in kept.items()
    ]


def _spoken_blocks(items: Sequence[_Item]) -> list[Block]:
    ordered = sorted(items, key=lambda item: item.kind is BlockKind.DISCUSSION)
    return [
        Block(
            id="",
            kind=item.kind,
            text=_paragraph([text for _, _, text in item.parts], item),
            evidence=_evidence([sentence for _, sentence, _ in item.parts]),
            unit=item.turn.unit,
            speaker=item.turn.speaker,
            start=item.parts[0][1].start,
        )
        for item in ordered
    ]


def _paragraph(texts: list[str], item: _Item) -> str:
    """Follow a name in small letters; without a name the paragraph opens itself."""
    text = joined(texts)
    return text if item.turn.voice else text[:1].upper() + text[1:]


def _conclusions(spoken: Sequence[Turn]) -> list[Block]:
    """Return the conclusions point by point, in the chair's words but for the first person."""
    chair = next((turn for turn in spoken if turn.chair), None)
    title = (chair.position if chair else "") or "chủ trì"
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
                    speaker=chair.speaker if chair else "",
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
    return [
        Block(f"b{number}", b.kind, b.text, b.evidence, b.unit, b.speaker, b.start, b.assignment)
        for number, b in enumerate(blocks, 1)
    ]
