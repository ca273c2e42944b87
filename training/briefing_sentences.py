"""Make up what is said at a provincial briefing: endless sentences, never about anyone real.

`Briefing(random.Random(7)).sentence()` gives one written sentence with digits where a Vietnamese
administrative transcript has digits.  Everything it can say stands in `briefing_phrases.toml`;
here are only the numbers, the dates and the names of communes.
"""

from __future__ import annotations

import csv
import hashlib
import random
import re
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
_DEMO = _HERE.parent / "meetly" / "demo" / "data"
_LONGEST = 170  #: letters; longer sentences are spoken in two breaths
_WEIGHTED = re.compile(r"(\d+) × (.*)")
_BLANK = re.compile(r"\{(\w+)\}")


@cache
def phrases() -> dict[str, tuple[tuple[str, ...], tuple[int, ...]]]:
    """Read the lists of phrases with their weights."""
    lists: dict[str, tuple[tuple[str, ...], tuple[int, ...]]] = {}
    for key, text in tomllib.loads(
        (_HERE / "briefing_phrases.toml").read_text(encoding="utf-8")
    ).items():
        found = [phrase.strip() for phrase in re.split(r"[|\n]", text) if phrase.strip()]
        pairs = [
            (match[2], int(match[1])) if (match := _WEIGHTED.fullmatch(phrase)) else (phrase, 1)
            for phrase in found
        ]
        # An underscore keeps the space that belongs to a phrase.
        lists[key] = (
            tuple(phrase.replace("_", " ") if "{" not in phrase else phrase for phrase, _ in pairs),
            tuple(weight for _, weight in pairs),
        )
    return lists


@cache
def communes() -> tuple[str, ...]:
    """List the communes and wards of the made-up province, as «xã Nậm Hoa»."""
    with (_DEMO / "units.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return tuple(
        row["name"].removeprefix("UBND ") for row in rows if row["kind"] in {"commune", "ward"}
    )


@cache
def written_sentences() -> tuple[str, ...]:
    """List the sentences of the sample briefing."""
    return tuple((_DEMO / "briefing.txt").read_text(encoding="utf-8").strip().split("\n"))


def is_held_out(sentence: str) -> bool:
    """Tell whether a sentence is kept out of every bank, for measuring; one in twelve is."""
    return hashlib.sha256(sentence.encode()).digest()[0] % 12 == 0


def in_breaths(sentence: str) -> list[str]:
    """Split a very long sentence after a comma or semicolon, as a speaker draws breath."""
    parts: list[str] = []
    for clause in re.split(r"(?<=[,;:])\s+", sentence):
        if parts and len(parts[-1]) + len(clause) < _LONGEST:
            parts[-1] += f" {clause}"
        else:
            parts.append(clause)
    return parts


class Briefing:
    """A made-up briefing; the same chance gives the same sentences."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._made_up: dict[str, Callable[[], str]] = {
            "count": self._count,
            "percent": self._percent,
            "all_of_all": self._all_of_all,
            "day_month": self._day_month,
            "own_commune": self._own_commune,
            "own_place": lambda: self._own_commune().split(" ", 1)[1],
            "day": lambda: str(self._chance.randint(1, 30)),
            "month": lambda: str(self._chance.randint(1, 12)),
            "year": lambda: str(self._chance.choice((2024, 2025, 2026, 2026, 2027, 2028))),
            "hour": lambda: str(self._chance.randint(7, 21)),
        }

    def sentence(self) -> str:
        """Say one sentence of any kind."""
        text = " ".join(self.say("sentence").split())
        return text[0].upper() + text[1:]

    def say(self, key: str) -> str:
        """Fill a phrase of one list, or make up a number, a date or a name."""
        if key in self._made_up:
            return self._made_up[key]()
        known, weights = phrases()[key]
        return _BLANK.sub(lambda blank: self.say(blank[1]), self._chance.choices(known, weights)[0])

    def _count(self) -> str:
        (low, high), *_ = self._chance.choices(
            ((2, 20), (11, 99), (100, 999), (1000, 9999), (10_000, 99_999)), (30, 35, 20, 12, 3)
        )
        return f"{self._chance.randint(low, high):,}".replace(",", ".")

    def _percent(self) -> str:
        whole = self._chance.randint(1, 120)
        after = self._chance.choice(("", "", f",{self._chance.randint(1, 9)}"))
        return f"{whole}{after or self._chance.choice(('', f',{self._chance.randint(11, 99)}'))}%"

    def _all_of_all(self) -> str:
        number = self._chance.randint(9, 130)
        return f"{number}/{number}"

    def _day_month(self) -> str:
        """Write a day as official papers do: a leading zero up to 9, for months only up to 2."""
        day, month = self._chance.randint(1, 30), self._chance.randint(1, 12)
        return f"{day:02}/{month:02}" if month < 3 else f"{day:02}/{month}"

    def _own_commune(self) -> str:
        return self._chance.choice(communes())
