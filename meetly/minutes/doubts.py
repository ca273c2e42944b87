"""Ask about what was heard badly: figures and names the engine guessed, units nobody knows.

Few questions that matter beat many: one a paragraph, conclusions first, and no more than the chair
will read. A word that does not stand in the draft is not asked about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import takewhile

from meetly.accounts.directory import Directory
from meetly.minutes.blocks import Block, BlockKind
from meetly.minutes.speech import Utterance
from meetly.paper_wording import clean

#: So many of these questions a draft asks at most.
MOST = 8
#: Words one question names.
_MOST_WORDS = 3
_CONCLUDING = (BlockKind.DIRECTION, BlockKind.ASSESSMENT)
_LOCALITY = re.compile(r"\b(?:xã|phường|đặc khu)(?P<name>(?: [\w'’–-]+)+)")


def questions(
    blocks: Sequence[Block], utterances: Iterable[Utterance], directory: Directory | None = None
) -> list[Block]:
    """Return the questions, each under the id of its block and resting on the words in doubt."""
    said = {utterance.id: utterance for utterance in utterances}
    asked: list[Block] = []
    known: set[str] = set()
    first = [b for b in blocks if b.kind in _CONCLUDING]
    for block in [*first, *(b for b in blocks if b not in first)]:
        if block.kind is BlockKind.QUESTION:
            continue
        heard = [said[n] for n in block.evidence if n in said]
        asked += _badly_heard(block, heard)
        asked += _unknown_units(block, heard, directory, known) if directory else []
    return asked[:MOST]


def _badly_heard(block: Block, heard: Sequence[Utterance]) -> list[Block]:
    doubtful = {
        word: utterance
        for utterance in heard
        for word in utterance.unsure
        if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", block.text)
    }
    words = list(doubtful)[:_MOST_WORDS]
    if not words:
        return []
    quoted = ", ".join(f"«{word}»" for word in words)
    evidence = dict.fromkeys(doubtful[word].id for word in words)
    return [_question(block, "heard", f"nghe chưa rõ {quoted} - cần nghe lại.", tuple(evidence))]


def _unknown_units(
    block: Block, heard: Sequence[Utterance], directory: Directory, known: set[str]
) -> list[Block]:
    found: list[Block] = []
    for mention in _LOCALITY.finditer(clean(block.text)):
        words = mention.group().split()
        noun = 2 if words[0] == "đặc" else 1
        named = list(takewhile(lambda word: word[0].isupper() or word.isdigit(), words[noun:]))
        name = " ".join([*words[:noun], *named])
        spoken = tuple(u.id for u in heard if name.lower() in clean(u.text).lower())
        if not named or name in known or not spoken:
            continue
        known.add(name)
        ends = range(noun + 1, noun + len(named) + 1)
        if not any(directory.find(" ".join(words[:end])) for end in ends):
            text = f"«{name}» không có trong danh mục đơn vị - cần xác nhận tên."
            found.append(_question(block, f"unit{len(found) + 1}", text, spoken))
    return found


def _question(block: Block, topic: str, text: str, evidence: tuple[int, ...]) -> Block:
    who = block.unit or block.speaker
    return Block(
        id=f"{block.id}-d-{topic}",
        kind=BlockKind.QUESTION,
        text=f"{'Kết luận' if block.kind in _CONCLUDING else who or 'Ý kiến'}: {text}",
        evidence=evidence,
        start=block.start,
    )
