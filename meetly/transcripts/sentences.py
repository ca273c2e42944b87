"""Heard pieces made into readable sentences with their own times."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from meetly.transcripts.splitting import Cut
from meetly.transcripts.transcriber import Heard, Transcriber

#: Seconds of pause over which two pieces are not one sentence, and the longest joined sentence.
_PAUSE, _LONGEST = 1.0, 20.0
_FINAL = (".", "?", "!", "…", ":", ";")
_BREAK = re.compile(r"(?<=[.?!…])\s+")
#: What a full stop stands behind without ending the sentence: titles, initials, list numbers.
_TITLE = re.compile(r"(?:^|\s)(?:TS|ThS|PGS|GS|BS|KS|CN|TP|Tp)\.$")
_INITIAL = re.compile(r"(?:^|\s)(?P<letter>[^\W\d_])\.$")
_NUMBER = re.compile(r"(?:^|[;:,]\s*|\b(?:[Mm]ục|[Kk]hoản|[Đđ]iều|[Pp]hần)\s+)\d+\.$")


def listen(cut: Cut, transcriber: Transcriber, *, language: str, prompt: str = "") -> list[Heard]:
    """Transcribe one cut into sentences whose seconds are those of the whole recording.

    A cut with almost no speech is not shown to the engine, which would invent some.
    """
    if cut.is_empty:
        return []
    heard = transcriber.hear(cut.samples, language=language, prompt=prompt)
    return [
        replace(
            sentence,
            start=round(min(cut.start + sentence.start, cut.end), 3),
            end=round(min(cut.start + sentence.end, cut.end), 3),
        )
        for sentence in sentences(heard)
    ]


def sentences(heard: Sequence[Heard]) -> list[Heard]:
    """Join clauses that one sentence was broken into and part sentences that came as one piece."""
    parted = [sentence for piece in heard for sentence in _parted(piece)]
    if not any(piece.text.endswith(_FINAL) for piece in parted):
        return parted  # an engine that writes no punctuation: its own pieces are the best there is
    joined: list[Heard] = []
    for piece in parted:
        if joined and _continues(joined[-1], piece):
            joined[-1] = _join(joined[-1], piece)
        else:
            joined.append(piece)
    return joined


def _parted(piece: Heard) -> Iterator[Heard]:
    """Part a piece at the ends of its sentences; time is shared out by length of text."""
    texts: list[str] = []
    for text in _BREAK.split(piece.text):
        if texts and not _ends(texts[-1], text):
            texts[-1] += f" {text}"
        else:
            texts.append(text)
    pace = (piece.end - piece.start) / max(1, sum(map(len, texts)))
    start = piece.start
    for text in texts:
        end = start + pace * len(text)
        yield replace(piece, start=start, end=end, text=text)
        start = end


def _ends(before: str, after: str) -> bool:
    initial = _INITIAL.search(before)
    inside = (
        _TITLE.search(before) or _NUMBER.search(before) or (initial and initial["letter"].isupper())
    )
    return after[:1].isupper() and not inside


def _continues(before: Heard, after: Heard) -> bool:
    return (
        not before.text.endswith(_FINAL)
        and after.text[:1].islower()
        and after.start - before.end <= _PAUSE
        and after.end - before.start <= _LONGEST
        and before.suspicion == after.suspicion
    )


def _join(before: Heard, after: Heard) -> Heard:
    return replace(
        before,
        end=after.end,
        text=f"{before.text} {after.text}",
        probability=min(before.probability, after.probability),
    )
