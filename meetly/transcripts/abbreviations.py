"""Abbreviations as minutes write them, for what was spelled aloud or said in full."""

from __future__ import annotations

from collections.abc import Iterator

from meetly.accounts.directory import same_tones
from meetly.transcripts.heard_text import Change, Wording

_SPELLED = {
    ("u", "bê", "en", "đê"): "UBND",
    ("u", "bê", "nờ", "đê"): "UBND",
    ("u", "bờ", "nờ", "đờ"): "UBND",
    ("ubnd",): "UBND",
    ("hát", "đê", "en", "đê"): "HĐND",
    ("hờ", "đê", "nờ", "đê"): "HĐND",
    ("hđnd",): "HĐND",
    ("hát", "tê", "ích"): "HTX",
    ("hát", "tê", "ích", "xì"): "HTX",
    ("htx",): "HTX",
}
_FULL = {
    ("ủy", "ban", "nhân", "dân"): "UBND",
    ("hội", "đồng", "nhân", "dân"): "HĐND",
}


def changes(wording: Wording) -> Iterator[Change]:
    """Yield what is to be abbreviated; headings in capitals stay."""
    for place in range(len(wording.words)):
        for said, written in _SPELLED.items():
            end = place + len(said)
            if wording.words[place:end] == said and wording.said(place, end) != written:
                yield Change(place, end, written, "abbreviation")
        for said, written in _FULL.items():
            end = place + len(said)
            same = tuple(same_tones(word) for word in wording.words[place:end]) == said
            if same and not wording.said(place, end).isupper():
                yield Change(place, end, written, "abbreviation")
        # «các hợp tác xã» stays as officials write it; the name of one is abbreviated
        named = wording.words[place : place + 3] == ("hợp", "tác", "xã")
        if named and wording.is_capital(place + 3):
            yield Change(place, place + 3, "HTX", "abbreviation")
