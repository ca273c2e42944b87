"""On which printed page each paragraph stands, judged by its words; knows no database."""

from __future__ import annotations

import re
from collections.abc import Sequence

from meetly.folding import fold

#: So many words in a row are a sign of a paragraph; fewer stand anywhere.
_RUN = 4

_WORD = re.compile(r"\w+")


def pages_of(paragraphs: Sequence[str], pages: Sequence[str]) -> list[int]:
    """Return for each paragraph the index of the page on which most of it stands.

    A document may word a paragraph differently, break it over two pages or put it into a table:
    runs of words are counted, not letters compared. What is found nowhere stands where the
    paragraph before it does.
    """
    printed = [_runs(page) for page in pages]
    found, last = [], 0
    for paragraph in paragraphs:
        runs = _runs(paragraph)
        shares = [len(runs & page) for page in printed]
        if any(shares):
            last = shares.index(max(shares))
        found.append(last)
    return found


def _runs(text: str) -> set[tuple[str, ...]]:
    words = _WORD.findall(fold(text))
    most = min(_RUN, len(words))
    return {tuple(words[at : at + most]) for at in range(len(words) - most + 1)} if words else set()
