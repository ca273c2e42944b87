"""Choose what of the reports and the discussion is worth a place in the minutes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from meetly.minutes.speech import Sentence, words

_MATTER = re.compile(
    r"\b(?:kien nghi|de nghi|de xuat|xin|cam ket|hua|vuong|kho khan|nguyen nhan|cham|qua han|thieu"
    r"|ton tai|han che|thong nhat|dong y|dong tinh|hoan thanh|giai quyet|chua|nen|phai|can)\b"
)
_PLANS = re.compile(r"\b(?:neu duoc|neu co|se|du kien|tu thang truoc|dang xem)\b")
_FIGURE = re.compile(r"\d[\d.,/%]*")
_NAME = re.compile(r"(?<=[^.?!:] )[A-ZĐÀ-Ỹ]\w+")


@dataclass(frozen=True)
class Candidate:
    """A sentence that could stand in the minutes: which paragraph it belongs to, and its words."""

    paragraph: int
    sentence: Sentence
    text: str


def weight(text: str, folded: str) -> float:
    """Return how much a sentence tells: figures first, then requests and trouble, then names."""
    told = 2.0 * min(3, len(_FIGURE.findall(text))) + min(2, len(_NAME.findall(text)))
    told += 2.0 * min(2, len(_MATTER.findall(folded)))
    return told - (3.0 if _PLANS.search(folded) else 0.0)


def condense(candidates: Sequence[Candidate], limit: int) -> list[Candidate]:
    """Keep the sentences that tell most within the limit of words, each paragraph at least once.

    The order stays. Ties go to the earlier sentence, so that the same words give the same draft.
    """
    ranked = sorted(
        range(len(candidates)),
        key=lambda i: (-weight(candidates[i].text, candidates[i].sentence.folded), i),
    )
    kept: set[int] = set()
    begun: set[int] = set()
    for index in ranked:
        if candidates[index].paragraph not in begun:
            begun.add(candidates[index].paragraph)
            kept.add(index)
    left = limit - sum(words(candidates[index].text) for index in kept)
    for index in ranked:
        size = words(candidates[index].text)
        if index not in kept and size <= left:
            kept.add(index)
            left -= size
    return [candidate for index, candidate in enumerate(candidates) if index in kept]
