"""What made extraction fire, in words a reader understands."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

CUE_NAMES: dict[str, LazyString] = {
    "order": _l("lời giao việc"),
    "verb": _l("việc phải làm"),
    "must": _l("“phải”, “cần”"),
    "stem": _l("câu dẫn giao việc"),
    "time": _l("mốc thời gian"),
    "word": _l("cách nói giao việc"),
    "deadline": _l("thời hạn"),
}


def cue_words(cues: Iterable[str]) -> str:
    """Say why a direction was found: each cue "kind:words" as «lời giao việc “giao”».

    Older rows hold only the kind; a kind that is not known is shown as it is.
    """
    said = []
    for cue in cues:
        kind, _sep, words = cue.partition(":")
        name = str(CUE_NAMES.get(kind, kind))
        said.append(f"{name} “{words.strip()}”" if words.strip() else name)
    return "; ".join(dict.fromkeys(said))
