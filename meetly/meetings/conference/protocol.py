"""What Meetly asks of the engine of a meeting; pages ask for capabilities, not for names."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Attending(StrEnum):
    """How an engine tells who is there."""

    #: somebody calls the roll
    MANUAL = "manual"
    #: the engine reports joining and leaving as it happens
    EVENTS = "events"


@dataclass(frozen=True)
class Caps:
    """What an engine can do."""

    #: records the meeting by itself
    record: bool
    attendance: Attending


@dataclass(frozen=True)
class JoinGrant:
    """How one person enters."""

    url: str


class Conference(Protocol):
    """One engine."""

    caps: Caps

    def ensure_room(self, address: str) -> str:
        """Return the room of a meeting; asking twice gives the same room."""

    def grant(self, room: str, person: str) -> JoinGrant:
        """Let a person into a room."""
