"""Fold Vietnamese text so that it can be compared without its diacritics."""

from __future__ import annotations

import unicodedata

_D_BAR = str.maketrans({"đ": "d", "Đ": "d"})


def fold(text: str) -> str:
    """Return the text in lower case without diacritics: "Đồi Thông" becomes "doi thong".

    The letter đ does not decompose in Unicode, so it is replaced before the marks are dropped.
    """
    decomposed = unicodedata.normalize("NFD", text.translate(_D_BAR).lower())
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark))
