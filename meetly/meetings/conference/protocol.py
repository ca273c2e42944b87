"""What Meetly asks of the engine of a meeting; pages ask for capabilities, not for names.

Times are microseconds since 1970 in UTC where an engine says them, so that an engine with one sound
track for each person loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from meetly.errors import NotConfigured, WrongState
from meetly.meetings.conference.models import EventKind

#: What an engine calls a room and needs to open it, as it is kept in Meeting.room.
RoomRef = Mapping[str, str]

#: What reading a stranger's JSON may raise when it is not what was promised.
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Unsupported(WrongState):
    """The engine of this meeting cannot do it."""

    code = "UNSUPPORTED"
    message = "Hệ thống họp của cuộc họp này không làm được việc đó."


class EngineDown(NotConfigured):
    """The engine does not answer, or not in a way that can be used; trying again may help."""

    code = "ENGINE_DOWN"
    message = (
        "Máy chủ họp chưa trả lời được. Hãy thử lại sau một phút, nếu vẫn lỗi hãy báo quản trị."
    )

    def __init__(self, why: str = "") -> None:
        #: for the log and for operators, not for the page
        self.why = why
        super().__init__()

    def __str__(self) -> str:
        return self.why or self.message


class Embed(StrEnum):
    """How a meeting is entered."""

    NATIVE = "native"
    IFRAME = "iframe"
    REDIRECT = "redirect"


class Attending(StrEnum):
    """How an engine tells who is there."""

    #: somebody calls the roll
    MANUAL = "manual"
    #: a list at the end
    REPORT = "report"
    #: it can be asked
    POLL = "poll"
    #: it reports joining and leaving as it happens
    EVENTS = "events"


class Verb(StrEnum):
    """What a host may want done to a room."""

    MUTE = "mute"
    KICK = "kick"
    RECORD_ON = "record_on"
    RECORD_OFF = "record_off"
    END = "end"


class JoinRole(StrEnum):
    """As what somebody enters."""

    MODERATOR = "moderator"
    VIEWER = "viewer"


class PartKind(StrEnum):
    """What a recording holds."""

    PERSON_AUDIO = "person_audio"
    MIXED_AUDIO = "mixed_audio"
    VIDEO = "video"
    #: a page to look at; it cannot be fetched
    PLAYBACK_URL = "playback_url"


@dataclass(frozen=True)
class Caps:
    """What an engine can do."""

    embed: Embed = Embed.REDIRECT
    #: who is invited waits until a moderator lets them in
    lobby: bool = False
    #: records the meeting by itself
    record: bool = False
    #: keeps one sound track for each person
    per_person_audio: bool = False
    #: gives the sound away while the meeting goes on
    live_audio: bool = False
    attendance: Attending = Attending.MANUAL
    verbs: frozenset[Verb] = frozenset()


@dataclass(frozen=True)
class Health:
    """Whether an engine answers, and what it says in one line for operators."""

    well: bool
    says: str


@dataclass(frozen=True)
class RoomSpec:
    """What a meeting wants of its room."""

    #: unguessable, always the same for one meeting
    name: str
    title: str
    starts_at: datetime
    ends_at: datetime
    #: the address people open, for engines that have nothing else
    link: str = ""
    #: where people come back to when they leave
    home: str = ""
    #: where events and finished recordings are reported
    callback: str = ""


@dataclass(frozen=True)
class Person:
    """Who enters: a reference of ours ("user:12", "unit:7") and the name shown in the room."""

    ref: str
    name: str


@dataclass(frozen=True)
class JoinGrant:
    """How one person enters, and until when this holds (None: as long as the room)."""

    url: str
    expires: datetime | None = None


@dataclass(frozen=True)
class Presence:
    """Somebody who is in the room now."""

    person_ref: str
    name: str = ""


@dataclass(frozen=True)
class ConfEvent:
    """One thing an engine reported; the key is the same however often it reports it."""

    key: str
    #: what the engine calls the room
    room: str
    kind: EventKind
    at_us: int
    person_ref: str = ""
    name: str = ""
    #: one stay of one device, where the engine tells them apart
    session: str = ""
    reason: str = ""


@dataclass(frozen=True)
class RecPart:
    """One recording an engine offers."""

    #: the engine's own name of it
    key: str
    kind: PartKind
    uri: str
    #: whose microphone, where the engine keeps them apart
    person_ref: str | None = None
    start_us: int | None = None
    duration_s: float | None = None
    sha256: str = ""
    #: False while it may still grow
    complete: bool = True


@dataclass(frozen=True)
class Callback:
    """A request an engine sent, as plain values: the address it was told, query, headers, body."""

    #: the address as the engine was told it, without what it added itself
    address: str
    query: str
    #: names in lower case
    headers: Mapping[str, str]
    body: bytes


class Conference(Protocol):
    """One engine.

    What asks the engine raises EngineDown when it does not answer; what it cannot do, Unsupported.
    """

    #: what people call it
    label: str
    caps: Caps

    def check(self) -> Health:
        """Say whether the engine answers with these settings."""

    def ensure_room(self, spec: RoomSpec) -> RoomRef:
        """Return the room of a meeting; asking twice gives the same room."""

    def grant(self, room: RoomRef, person: Person, role: JoinRole) -> JoinGrant:
        """Let a person into a room."""

    def act(self, room: RoomRef, verb: Verb, person: str = "") -> None:
        """Do something to a room or to a person in it."""

    def watch(self, room: RoomRef) -> None:
        """Make sure that the engine reports this room; asked again every few minutes."""

    def presence(self, room: RoomRef) -> list[Presence] | None:
        """List who is in a room; None when the room is not open."""

    def parse_callback(self, request: Callback) -> list[ConfEvent]:
        """Read what an engine reports; BadInput unless its signature is right."""

    def recordings(self, room: RoomRef) -> list[RecPart]:
        """List the finished recordings of a room that can be fetched."""

    def fetch(self, uri: str) -> Iterator[bytes]:
        """Yield the bytes of a recording; BadInput for an address outside the engine."""


def microseconds(moment: datetime) -> int:
    """Return a moment as microseconds since 1970."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def moment(us: int) -> datetime:
    """Return the moment of microseconds since 1970; ValueError outside the years of calendars."""
    try:
        return EPOCH + timedelta(microseconds=us)
    except OverflowError as error:
        raise ValueError(us) from error
