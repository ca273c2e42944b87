"""Find where the chair begins to conclude."""

from __future__ import annotations

import re
from collections.abc import Sequence

from meetly.minutes.speech import ORDINAL, Sentence, Turn, words

_ANNOUNCED = re.compile(
    r"\b(?:toi|chung toi) (?:xin )?(?:phep )?(?:duoc )?(?:ket luan|phat bieu ket luan|chot lai)\b"
    r"|\bket luan (?:nhu sau|hoi nghi|cuoc hop|may viec|mot so|cac noi dung|cac viec)\b"
    r"|\b(?:sau day|duoi day) la (?:cac|mot so|nhung) (?:viec|nhiem vu|noi dung)\b"
    r"|\bcac viec cu the\b"
)
# Words that put the conclusion off, or speak of another one.
_ELSEWHERE = re.compile(
    r"\b(?:lat nua|chut nua|sau nay|ky truoc|thang truoc|lan truoc|trong ket luan|ket luan so"
    r"|thong bao (?:ket luan|so))\b"
)
_ORDERS = re.compile(
    r"^(?:toi )?(?:giao|yeu cau|phan cong)\s+(?:dong chi|giam doc|chu tich|chanh|so|ubnd|van phong"
    r"|cac|ban|cong an|thanh tra|phong|trung tam|kho bac|thue)\b"
)
# Points this many sentences apart belong to one conclusion; one point alone is none.
_NEAR, _FEWEST = 4, 2
# From this share of the meeting on, counting points ("Một là") is a sign of the conclusion.
_LATE = 0.5
# From the conclusion on the chair speaks this share of the words, where the chair is known.
_CHAIRS_SHARE = 0.6
# A chair who never says "I conclude" still concludes with a speech of so many words.
_SPEECH = 120

#: Index of a turn and of the sentence in it where the conclusion begins.
Place = tuple[int, int]


def conclusion_start(turns: Sequence[Turn]) -> Place | None:
    """Return where the conclusion begins, or None if nothing says so."""
    known = any(turn.chair for turn in turns)
    announced = [
        (index, place)
        for index, turn in enumerate(turns)
        if turn.chair or not known
        for place, sentence in enumerate(turn.sentences)
        if _announces(sentence)
    ]
    if known:
        shares = _shares(turns)
        mine = [place for place in announced if shares[place] >= _CHAIRS_SHARE]
        return mine[0] if mine else _closing_speech(turns, shares) or _last_list(turns)
    return _last_run(announced) if announced else _last_list(turns)


def _announces(sentence: Sentence) -> bool:
    folded = sentence.folded
    return bool(_ANNOUNCED.search(folded)) and not _ELSEWHERE.search(folded)


def _shares(turns: Sequence[Turn]) -> dict[Place, float]:
    """Return the chair's share of the words from each sentence to the end."""
    shares: dict[Place, float] = {}
    chairs = everyone = 0
    for index in range(len(turns) - 1, -1, -1):
        for place in range(len(turns[index].sentences) - 1, -1, -1):
            count = words(turns[index].sentences[place].text)
            everyone += count
            chairs += count if turns[index].chair else 0
            shares[index, place] = chairs / max(1, everyone)
    return shares


def _last_run(announced: Sequence[Place]) -> Place:
    """Return the start of the last stretch of announcements that are close together."""
    start = announced[-1]
    for place in reversed(announced):
        if start[0] - place[0] > 2:
            break
        start = place
    return start


def _closing_speech(turns: Sequence[Turn], shares: dict[Place, float]) -> Place | None:
    """Return the chair's last long speech if little of weight follows it."""
    for index in range(len(turns) - 1, -1, -1):
        turn = turns[index]
        if turn.chair and sum(words(s.text) for s in turn.sentences) >= _SPEECH:
            return (index, 0) if shares[index, 0] >= _CHAIRS_SHARE else None
    return None


def _last_list(turns: Sequence[Turn]) -> Place | None:
    """Return the start of the last points counted or orders given close together.

    Reports count their points too, so counting proves something only late in the meeting.
    """
    known = any(turn.chair for turn in turns)
    places = [(index, place) for index, t in enumerate(turns) for place in range(len(t.sentences))]
    points = [
        number
        for number, (index, place) in enumerate(places)
        if (turns[index].chair or not known)
        and _is_point(turns[index].sentences[place], late=number >= len(places) * _LATE)
    ]
    run = points[-1:]
    for number in reversed(points[:-1]):
        if run[0] - number > _NEAR:
            break
        run.insert(0, number)
    return places[run[0]] if len(run) >= _FEWEST else None


def _is_point(sentence: Sentence, *, late: bool) -> bool:
    counted = late and ORDINAL.match(sentence.text)
    return bool(counted or _ORDERS.search(sentence.folded))
