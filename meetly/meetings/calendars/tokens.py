"""Secrets that let one person answer without signing in: in links, and in mail addresses.

Both are signed with the secret of the installation and name a person. A link names one invitation.
An address names a meeting or its series and never changes, because a calendar that was invited by
one organizer takes no change from another.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from email.headerregistry import Address
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from meetly.errors import NotFound

#: what an address may stand for: a meeting, a series
MEETING, SERIES = "m", "s"
_MAC_BYTES = 10
_ADDRESS_TOKEN = re.compile(r"(?P<said>[ms]\d{1,18}-\d{1,18})-(?P<mac>[a-z2-7]{16})")
#: longest local part of an address (RFC 5321, 4.5.3.1.1)
_LONGEST_LOCAL = 64


def link_token(kind: str, invitation_id: int, user_id: int) -> str:
    """Return the secret of a link that answers one invitation for one person."""
    token: str = _links().dumps([kind, invitation_id, user_id])
    return token


def read_link(token: str) -> tuple[str, int, int]:
    """Return the kind and id of the invitation and the person of a link; NotFound if forged."""
    try:
        kind, invitation_id, user_id = _links().loads(token)
        return str(kind), int(invitation_id), int(user_id)
    except (BadSignature, ValueError, TypeError) as error:
        raise NotFound("Đường dẫn trả lời không đúng. Hãy mở lại từ thư mời.") from error


def reply_address(mailbox: str, kind: str, row_id: int, user_id: int) -> str:
    """Return the address of the mailbox that names this person and meeting or series.

    Empty when the mailbox is none. Lower case only: some mail servers know no other.
    """
    local, domain = _parts(mailbox)
    said = f"{kind}{row_id}-{user_id}"
    address = f"{local}+{said}-{_mac(said)}"
    return f"{address}@{domain}" if domain and len(address) <= _LONGEST_LOCAL else ""


def address_tokens(mailbox: str, addresses: list[str]) -> list[str]:
    """Pick out of addresses the secrets that stand after the + of this mailbox."""
    local, domain = _parts(mailbox)
    start, end = f"{local}+".lower(), f"@{domain}".lower()
    lowered = (address.strip().lower() for address in addresses)
    return [
        address[len(start) : -len(end)]
        for address in lowered
        if domain and address.startswith(start) and address.endswith(end)
    ]


def read_address(token: str) -> tuple[str, int, int] | None:
    """Return kind, id and person of a secret in an address, or None when it is forged."""
    found = _ADDRESS_TOKEN.fullmatch(token)
    if found is None or not hmac.compare_digest(found["mac"], _mac(found["said"])):
        return None
    row_id, user_id = found["said"][1:].split("-")
    return found["said"][0], int(row_id), int(user_id)


def is_mailbox(mailbox: str) -> bool:
    """Tell whether this can be the mailbox of the replies."""
    return bool(_parts(mailbox)[1])


def _parts(mailbox: str) -> tuple[str, str]:
    try:
        address = Address(addr_spec=mailbox)
    except (ValueError, IndexError):
        return "", ""
    return address.username, address.domain


def _mac(said: str) -> str:
    key = hashlib.sha256(b"meetly.calendar-reply:" + _secret()).digest()
    digest = hmac.digest(key, said.encode(), "sha256")[:_MAC_BYTES]
    return base64.b32encode(digest).decode().lower()


def _secret() -> bytes:
    secret: str = current_app.config["SECRET_KEY"]
    return secret.encode()


def _links() -> Any:
    return URLSafeTimedSerializer(_secret(), salt="meetly.answer-link")
