"""What a correction teaches: a short run of words that was heard so and meant so; pure."""

from __future__ import annotations

import difflib
import re

from meetly.folding import fold
from meetly.spoken_numbers import COUNTING, DIGITS

#: Words on one side of a lesson at most, and corrected words of a sentence that is no rewrite.
LONGEST = 5
_MOST_CHANGED = 0.5
#: Share of letters, without marks, that what was misheard has in common with what was meant.
_ALIKE = 0.4
_WORD = re.compile(r"[^\s]+")
_EDGE = re.compile(r"^[\"'«“(\[]+|[\"'»”)\].,;:?!…]+$")
_FIGURES = frozenset({*DIGITS, *COUNTING, "năm", "mốt", "lăm", "tư", "nhăm", "linh", "lẻ"})


def lessons(before: str, after: str) -> list[tuple[str, str]]:
    """Return (heard, meant) for each short run of words that a correction replaced.

    Not learnt are figures (another number is right next time), words that do not sound alike
    (others were chosen) and sentences that were mostly rewritten. A single word is learnt with its
    neighbour: alone it would be changed everywhere.
    """
    old, new = _words(before), _words(after)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    runs = [code[1:] for code in matcher.get_opcodes() if code[0] != "equal"]
    changed = sum(b - a for a, b, _, _ in runs)
    if not old or changed > max(2, len(old) * _MOST_CHANGED):
        return []
    found = []
    for a, b, c, d in runs:
        if a == b or c == d:
            continue  # words put in or taken out say nothing of how a word sounds
        lesson = _lesson(old, new, (a, b, c, d))
        if lesson is not None and lesson not in found:
            found.append(lesson)
    return found


def is_proper(meant: str) -> bool:
    """Say whether what was meant is a name or an abbreviation: it is used again at once."""
    return any(character.isupper() for character in meant)


def _lesson(
    old: list[str], new: list[str], run: tuple[int, int, int, int]
) -> tuple[str, str] | None:
    a, b, c, d = run
    if b - a == 1 or d - c == 1:
        a, b, c, d = _widened(old, new, run)
    if b - a < 2 or b - a > LONGEST or d - c > LONGEST or not _sounds_like(old, new, run):
        return None
    words = {*old[run[0] : run[1]], *new[run[2] : run[3]]}
    if any(any(sign.isdigit() for sign in word) for word in words):
        return None
    # «linh» counts, «Linh» is a name
    if words & _FIGURES and not is_proper(" ".join(new[run[2] : run[3]])):
        return None
    heard, meant = " ".join(old[a:b]).lower(), " ".join(new[c:d])
    # A capital at the beginning of a sentence belongs to the sentence, not to the words.
    if c == 0 and (run[2] > 0 or not new[1][:1].isupper()):
        meant = meant[0].lower() + meant[1:]
    return None if heard == meant else (heard, meant)


def _sounds_like(old: list[str], new: list[str], run: tuple[int, int, int, int]) -> bool:
    """Tell what was misheard from what is put in other words: only sounds come again."""
    a, b, c, d = run
    heard, meant = fold(" ".join(old[a:b])), fold(" ".join(new[c:d]))
    return difflib.SequenceMatcher(None, heard, meant, autojunk=False).ratio() >= _ALIKE


def _widened(
    old: list[str], new: list[str], run: tuple[int, int, int, int]
) -> tuple[int, int, int, int]:
    """Take the word behind along, or the one before; both sides have it, it was not changed."""
    a, b, c, d = run
    if b < len(old) and d < len(new) and not _is_mark(old[b]):
        return a, b + 1, c, d + 1
    if a > 0 and c > 0:
        return a - 1, b, c - 1, d
    return run


def _is_mark(word: str) -> bool:
    return not any(character.isalnum() for character in word)


def _words(text: str) -> list[str]:
    bare = (_EDGE.sub("", word) for word in _WORD.findall(text))
    return [word for word in bare if word]
