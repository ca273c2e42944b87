"""Choose what of the reports and the discussion is worth a place in the minutes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from meetly.minutes.speech import words
from meetly.paper_wording import plain

_MATTER = re.compile(
    r"\b(?:kien nghi|de nghi|de xuat|xin|cam ket|hua|vuong|kho khan|nguyen nhan|cham|qua han|thieu"
    r"|ton tai|han che|thong nhat|dong y|dong tinh|hoan thanh|giai quyet|chua|nen|phai|can)\b"
)
_PLANS = re.compile(r"\b(?:neu duoc|neu co|se|du kien|tu thang truoc|dang xem)\b")
_FIGURE = re.compile(r"\d[\d.,/%]*")
_COUNTED = re.compile(r"\b(?:hai|ba|bốn|năm|sáu|bảy|tám|chín|mười)\s+(?!là\b)\w", re.IGNORECASE)
# Words every sentence is taken to cost beside its own, lest the shortest always win.
_BASE = 8
_NAME = re.compile(r"(?<=[^.?!:] )[A-ZĐÀ-Ỹ]\w+")


@dataclass(frozen=True)
class Candidate:
    """A sentence that could stand in the minutes, and the paragraph it belongs to."""

    paragraph: int
    text: str


def weight(text: str) -> float:
    """Return how much a sentence tells: figures first, then requests and trouble, then names."""
    folded = plain(text)
    told = 2.0 * min(3, len(_FIGURE.findall(text))) + min(2, len(_NAME.findall(text)))
    told += 2.0 * min(2, len(_MATTER.findall(folded))) + min(2, len(_COUNTED.findall(text)))
    return told - (3.0 if _PLANS.search(folded) else 0.0)


def condense(candidates: Sequence[Candidate], limit: int) -> list[int]:
    """Return which sentences to keep: what tells most, within the limit of words.

    The best sentence of each paragraph goes first, unless it tells nothing; so nobody who had
    something to say is left out. Ties go to the earlier sentence: the same words, the same draft.
    """
    told = [weight(candidate.text) for candidate in candidates]
    sizes = [words(candidate.text) for candidate in candidates]
    ranked = sorted(
        range(len(candidates)), key=lambda index: (-told[index] / (sizes[index] + _BASE), index)
    )
    firsts: list[int] = []
    begun: set[int] = set()
    for index in ranked:
        if told[index] > 0 and candidates[index].paragraph not in begun:
            begun.add(candidates[index].paragraph)
            firsts.append(index)
    kept: set[int] = set()
    left = limit
    for index in [*firsts, *ranked]:
        if index not in kept and sizes[index] <= left:
            kept.add(index)
            left -= sizes[index]
    return sorted(kept)
