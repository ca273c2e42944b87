"""What reading a name gives."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Name:
    """Canonical names read from tokens up to `end`, and what sort of unit they are.

    The sort is a kind of the directory ("department", "commune", "body", ...) or "superior".
    """

    names: tuple[str, ...]
    end: int
    sort: str
