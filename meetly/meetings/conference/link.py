"""The plainest engine: an address of any conference service that people open by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l

from meetly.errors import BadInput
from meetly.meetings.conference.protocol import (
    Callback,
    Caps,
    ConfEvent,
    Health,
    JoinGrant,
    JoinRole,
    Person,
    Presence,
    RecPart,
    RoomRef,
    RoomSpec,
    Unsupported,
    Verb,
)

LONGEST_ADDRESS = 500


class LinkConference:
    """Opens a stored address; the roll is called and the recording uploaded by hand."""

    label = _l("Đường dẫn có sẵn")
    caps = Caps()

    def check(self) -> Health:
        """Say that there is nothing that could fail."""
        return Health(True, "addresses are typed by hand")

    def ensure_room(self, spec: RoomSpec) -> RoomRef:
        """Return the address as the room; BadInput unless it is a web address."""
        return {"url": web_address(spec.link)}

    def grant(self, room: RoomRef, person: Person, role: JoinRole) -> JoinGrant:
        """Send everyone to the same address."""
        return JoinGrant(room["url"])

    def act(self, room: RoomRef, verb: Verb, person: str = "") -> None:
        """Refuse: an address cannot do anything."""
        raise Unsupported()

    def watch(self, room: RoomRef) -> None:
        """Do nothing: an address reports nothing."""

    def presence(self, room: RoomRef) -> list[Presence] | None:
        """Refuse: an address knows nobody."""
        raise Unsupported()

    def parse_callback(self, request: Callback) -> list[ConfEvent]:
        """Refuse: an address reports nothing."""
        raise Unsupported()

    def recordings(self, room: RoomRef) -> list[RecPart]:
        """Return none."""
        return []

    def fetch(self, uri: str) -> Iterator[bytes]:
        """Refuse: recordings are uploaded by hand."""
        raise Unsupported()


def web_address(address: str) -> str:
    """Return an address people can open; BadInput unless it is one of the web."""
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable or len(address) > LONGEST_ADDRESS or not address.isprintable():
        raise BadInput("Đường dẫn vào họp phải bắt đầu bằng https:// hoặc http://.")
    return address
