"""What changed between two texts, word by word."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

_PIECES = re.compile(r"\s+|\w+|[^\w\s]")

#: "same", "del" or "ins", and the text it is about.
Part = tuple[str, str]


def words(before: str, after: str) -> list[Part]:
    """Compare two texts word by word; the parts joined without "ins" are `before`."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    parts: list[Part] = []
    for op, i, j, m, n in _steps(old, new):
        if op == "equal":
            parts.append(("same", "".join(old[i:j])))
            continue
        if j > i:
            parts.append(("del", "".join(old[i:j])))
        if n > m:
            parts.append(("ins", "".join(new[m:n])))
    return parts


def _steps(old: list[str], new: list[str]) -> list[tuple[str, int, int, int, int]]:
    """Return the edit steps, with crumbs of agreement inside a change made part of it."""
    steps: list[tuple[str, int, int, int, int]] = []
    for op, i, j, m, n in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        inside = bool(steps) and j < len(old) and n < len(new)
        crumb = op == "equal" and inside and not any(w.strip() for w in old[i:j])
        op = "replace" if crumb else op
        if op != "equal" and steps and steps[-1][0] != "equal":
            _, i0, _, m0, _ = steps.pop()
            op, i, m = "replace", i0, m0
        steps.append((op, i, j, m, n))
    return steps
