"""Signs that an engine invented words nobody said; marked, shown struck through, never lost."""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from meetly.folding import fold
from meetly.transcripts.transcriber import Heard


class Suspicion(StrEnum):
    """Why a sentence may be invented; stored with it as text."""

    NO_SPEECH = "no_speech"
    PHRASE = "phrase"
    REPEATS = "repeats"
    UNSURE = "unsure"


#: Mean log-probability a token under which an engine is guessing.
LEAST_LOG_PROBABILITY = -1.0
#: Seconds of speech under which a chunk holds hardly any, and the mean log-probability under which
#: its words are then not believed.
LITTLE_SPEECH, SURE_LOG_PROBABILITY = 1.5, -0.25
#: Length of the text over its length compressed, above which it says the same thing again.
MOST_COMPRESSION = 2.4
#: Share of a sentence in which speech must be found.
LEAST_SPEECH_SHARE = 0.1
#: How often in a row a run of so many words is said only by a machine in a loop.
_LOOPS = {1: 6, 2: 4, 3: 3, 4: 3, 5: 3, 6: 3}
#: So many identical sentences in a row.
_SAME_SENTENCES = 3

#: What Whisper learnt from the ends of videos, folded. Narrow on purpose: "đăng ký kênh truyền"
#: and "cảm ơn các đồng chí đã theo dõi" are honest words of a briefing.
_PHRASES = re.compile(
    r"\bsubscribe\b"
    r"|\b(hay|nho|dung quen|like va|nhan) dang k[yi] (cho )?kenh\b(?! (truyen|lien lac|du phong))"
    r"|\bdang k[yi] (cho )?kenh( \w+){0,6} de khong bo lo\b"
    r"|\bkhong bo lo nhung video\b"
    r"|\bcam on (cac ban|quy vi)( va cac ban)? da (theo doi|xem|dang k[yi])\b"
    r"|\bhen gap lai (cac ban|quy vi)( \w+){0,3} (video|clip|kenh)\b"
    r"|\b(ghien mi go|la la school)\b"
    r"|\bphu de (duoc thuc hien )?boi\b"
)
_WORD = re.compile(r"\w+")


def suspicion(
    text: str,
    *,
    log_probability: float = 0.0,
    speech_share: float = 1.0,
    speech_around: float = math.inf,
) -> str:
    """Name the strongest reason to doubt that `text` was said, or return an empty string.

    `log_probability` is the engine's mean over the tokens; `speech_share` is the part of the
    sentence's time in which voice activity was found; `speech_around` the seconds of it in the
    whole chunk: a blip amid music is only believed when the engine is sure.
    """
    words = _WORD.findall(fold(text))
    if speech_share < LEAST_SPEECH_SHARE:
        return Suspicion.NO_SPEECH
    if _PHRASES.search(" ".join(words)):
        return Suspicion.PHRASE
    if _loops(words) or compression(text) > MOST_COMPRESSION:
        return Suspicion.REPEATS
    alone = speech_around < LITTLE_SPEECH and log_probability < SURE_LOG_PROBABILITY
    if alone or log_probability < LEAST_LOG_PROBABILITY:
        return Suspicion.UNSURE
    return ""


def compression(text: str) -> float:
    """Return how many times shorter the text becomes when compressed."""
    raw = text.encode()
    return len(raw) / len(zlib.compress(raw))


def mark_echoes(heard: Sequence[Heard]) -> list[Heard]:
    """Mark sentences that come again and again without anything else between them."""
    marked = list(heard)
    keys = [" ".join(_WORD.findall(fold(sentence.text))) for sentence in heard]
    first = 0
    for index in range(1, len(keys) + 1):
        if index < len(keys) and keys[index] == keys[first]:
            continue
        if index - first >= _SAME_SENTENCES:
            for echo in range(first + 1, index):  # the first one may well have been said
                marked[echo] = replace(
                    marked[echo], suspicion=marked[echo].suspicion or Suspicion.REPEATS
                )
        first = index
    return marked


def _loops(words: list[str]) -> bool:
    """Tell whether some run of words is said over and over again."""
    for length, times in _LOOPS.items():
        same = 0  # how many words in a row equal the one `length` before them
        for index in range(length, len(words)):
            same = same + 1 if words[index] == words[index - length] else 0
            if same >= length * (times - 1):
                return True
    return False
