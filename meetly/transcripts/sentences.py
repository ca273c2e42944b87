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


def listen(
    cuts: Sequence[Cut], transcriber: Transcriber, *, language: str, prompt: str = ""
) -> list[Heard]:
    """Transcribe some cuts into sentences whose seconds are those of the whole recording.

    A cut with almost no speech is not shown to the engine, which would invent some.
    """
    spoken = [cut for cut in cuts if not cut.is_empty]
    if not spoken:
        return []
    heard = transcriber.hear([cut.samples for cut in spoken], language=language, prompt=prompt)
    return [
        _placed(sentence, cut)
        for cut, pieces in zip(spoken, heard, strict=True)
        for sentence in sentences(pieces)
    ]


def _placed(sentence: Heard, cut: Cut) -> Heard:
    """Move a sentence from the clock of its cut to that of the recording."""

    def there(second: float) -> float:
        return round(min(cut.start + second, cut.end), 3)

    words = tuple(replace(w, start=there(w.start), end=there(w.end)) for w in sentence.words)
    return replace(sentence, start=there(sentence.start), end=there(sentence.end), words=words)


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
    """Part a piece at the ends of its sentences, by its words or else by length of text."""
    texts: list[str] = []
    for text in _BREAK.split(piece.text):
        if texts and not _ends(texts[-1], text):
            texts[-1] += f" {text}"
        else:
            texts.append(text)
    if len(piece.words) == len(piece.text.split()):
        yield from _by_words(piece, texts)
        return
    pace = (piece.end - piece.start) / max(1, sum(map(len, texts)))
    start = piece.start
    for text in texts:
        end = start + pace * len(text)
        words = piece.words if len(texts) == 1 else ()
        yield replace(piece, start=start, end=end, text=text, words=words)
        start = end


def _by_words(piece: Heard, texts: Sequence[str]) -> Iterator[Heard]:
    """Give every part its own words, and the times between them."""
    first, start = 0, piece.start
    for text in texts:
        words = piece.words[first : first + len(text.split())]
        first += len(words)
        end = words[-1].end if words and first < len(piece.words) else piece.end
        yield replace(piece, start=start, end=max(start, end), text=text, words=words)
        start = piece.words[first].start if first < len(piece.words) else piece.end


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
        words=before.words + after.words if before.words and after.words else (),
    )
