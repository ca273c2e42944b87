"""Whose paper it is: what the letterhead, the number and the closing say about the host."""

from __future__ import annotations

import re
from dataclasses import dataclass

from meetly.accounts.models import LOCALITIES, UnitKind

_COMMITTEE = re.compile(
    r"(?:UBND|Ủy ban nhân dân)\s+(?P<level>tỉnh|thành phố|xã|phường|đặc khu)\s+"
)
_SMALL_WORDS = {"và", "của", "các"}


@dataclass(frozen=True)
class Agency:
    """How the host of a meeting is written in its official papers."""

    #: upper line of the letterhead, none for a people's committee itself
    parent: str
    name: str
    #: what follows BB- and TB- in the number
    code: str
    #: how it is called in a sentence
    office: str
    #: place of issue
    locality: str
    #: post of the person who signs the notice
    post: str


def agency_of(name: str, kind: UnitKind, parent: str = "") -> Agency:
    """Return how a unit is written; `parent` is the name of the people's committee above it.

    A committee of a province issues through its office; one of a commune issues by itself.
    """
    if kind == UnitKind.PROVINCE:
        return _office(f"Văn phòng {_committee(name)}", name)
    if kind in LOCALITIES:
        return Agency("", name.upper(), "UBND", name, locality(name), "Chủ tịch")
    if kind == UnitKind.OFFICE and name.startswith("Văn phòng"):
        return _office(name, parent)
    post = "Giám đốc" if kind == UnitKind.DEPARTMENT else "Thủ trưởng"
    return Agency(parent.upper(), name.upper(), initials(name), name, locality(parent), post)


def locality(committee: str) -> str:
    """Return the place a people's committee governs: "UBND tỉnh Lam Giang" is in Lam Giang."""
    return _COMMITTEE.sub("", committee, count=1).strip()


def initials(name: str) -> str:
    """Shorten a name the way document numbers do: Sở Khoa học và Công nghệ is SKHCN."""
    words = [word for word in re.findall(r"\w+", name) if word.lower() not in _SMALL_WORDS]
    return "".join(word[0] for word in words).upper()


def _office(name: str, parent: str) -> Agency:
    own = name.removeprefix("Văn phòng").strip()
    bare = not own or parent.startswith(own)
    return Agency(
        parent=parent.upper(),
        name="VĂN PHÒNG" if bare else name.upper(),
        code="VP",
        office=name,
        locality=locality(parent),
        post="Chánh Văn phòng",
    )


def _committee(name: str) -> str:
    level = _COMMITTEE.match(name)
    return f"UBND {level['level']}" if level else name
