"""Prove that a draft invents nothing: every figure, date and name was said where it cites.

A figure may be said in words and written in digits: «hai nghìn tám trăm» supports 2.800.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from meetly.minutes.blocks import Block, BlockKind
from meetly.minutes.speech import Utterance
from meetly.minutes.spoken_figures import figures_of, in_digits
from meetly.paper_wording import clean

_FIGURE = re.compile(r"\d+(?:[.,/:]\d+)*%?")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+(?:[.,/:]\d+)*%?")
# Stands for a known name: no word of a sentence can join with it to make another name.
_APART = " | "
_QUOTED = re.compile(r"«([^»]*)»")
_NUMBER_WORD = re.compile(
    r"một|hai|ba|bốn|tư|năm|lăm|sáu|bảy|tám|chín|mười|mươi|chục|trăm|nghìn|ngàn|vạn|triệu|tỷ|tỉ"
    r"|rưỡi|nửa",
    re.IGNORECASE,
)
_SENTENCE_END = frozenset(".?!:…")


def unsupported(blocks: Iterable[Block], utterances: Iterable[Utterance]) -> list[str]:
    """Return one line for each figure, date or name a block holds and its evidence does not.

    Names of the speaker and of the units an assignment lists count as known: they come from the
    calendar and the directory and are shown in their own fields.
    """
    said = {utterance.id: utterance for utterance in utterances}
    return [f"{block.id}: {claim}" for block in blocks for claim in _unsupported(block, said)]


def _unsupported(block: Block, said: dict[int, Utterance]) -> list[str]:
    missing = [f"no segment {segment}" for segment in block.evidence if segment not in said]
    cited = [said[segment] for segment in block.evidence if segment in said]
    text = clean(block.text)
    if block.kind is BlockKind.QUESTION:
        text = ". ".join(_QUOTED.findall(text))
    elif not cited:
        missing.append("no evidence")
    for name in _known(block, cited):
        text = text.replace(name, _APART)
    spoken = " ".join(clean(utterance.text) for utterance in cited)
    figures = set(_FIGURE.findall(spoken)) | figures_of(spoken)
    missing += [figure for figure in _FIGURE.findall(text) if in_digits(figure) not in figures
                and figure not in figures]  # fmt: skip
    heard = f" {' '.join(_WORD.findall(spoken.lower()))} "
    unheard = [name for name in _names(text) if f" {name.lower()} " not in heard]
    if all(_NUMBER_WORD.fullmatch(name) for name in unheard) and figures_of(text) <= figures:
        return missing  # spoken in digits, written in words
    return missing + unheard


def claims(text: str) -> list[str]:
    """Return the figures, spelled-out numbers and names that a text claims."""
    return [*_FIGURE.findall(text), *_names(text)]


def _known(block: Block, cited: Sequence[Utterance]) -> list[str]:
    """Return the names that need not have been spoken, the longest first."""
    known = [block.unit, block.speaker]
    known += [part for u in cited for part in (u.speaker, u.position, u.unit)]
    if block.assignment:
        known += [*block.assignment.lead, *block.assignment.coordinate]
    return sorted({clean(name) for name in known} - {""}, key=lambda name: (-len(name), name))


def _names(text: str) -> list[str]:
    """Return the names and spelled-out numbers of a text.

    The first word of a sentence has its capital from the grammar and is passed over.
    """
    names: list[str] = []
    run: list[str] = []
    opens, end = True, 0
    for found in _WORD.finditer(text):
        word, gap = found.group(), text[end : found.start()]
        end = found.end()
        opens = opens or any(mark in _SENTENCE_END for mark in gap)
        if run and (gap.strip() or not word[0].isupper()):
            names.append(" ".join(run))
            run = []
        if word[0].isupper() and not opens:
            run.append(word)
        elif _NUMBER_WORD.fullmatch(word):
            names.append(word)
        opens = False
    if run:
        names.append(" ".join(run))
    return names
