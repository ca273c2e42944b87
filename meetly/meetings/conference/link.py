"""The plainest engine: an address of any conference service that people open by themselves."""

from __future__ import annotations

from urllib.parse import urlsplit

from meetly.errors import BadInput
from meetly.meetings.conference.protocol import Attending, Caps, JoinGrant

LONGEST_ADDRESS = 500


class LinkConference:
    """Opens a stored address; the roll is called and the recording uploaded by hand."""

    caps = Caps(record=False, attendance=Attending.MANUAL)

    def ensure_room(self, address: str) -> str:
        """Return the address as the room; BadInput unless it is a web address."""
        try:
            parts = urlsplit(address)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:
            usable = False
        if not usable or len(address) > LONGEST_ADDRESS or not address.isprintable():
            raise BadInput("Đường dẫn vào họp phải bắt đầu bằng https:// hoặc http://.")
        return address

    def grant(self, room: str, person: str) -> JoinGrant:
        """Send everyone to the same address."""
        return JoinGrant(url=room)
