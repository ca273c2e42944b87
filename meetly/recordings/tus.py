"""The words of the tus 1.0 protocol for uploads that resume: reading and writing its headers."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from meetly.errors import BadInput

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,checksum,expiration"
ALGORITHMS = ("sha256", "sha1", "md5")
MEDIA_TYPE = "application/offset+octet-stream"
#: HTTP status of a piece whose checksum does not match
CHECKSUM_MISMATCH = 460
_LONGEST_METADATA = 8192


def metadata(header: str) -> dict[str, str]:
    """Read an Upload-Metadata header: keys with their values in base64, separated by commas."""
    if len(header) > _LONGEST_METADATA:
        raise BadInput
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        key, _, value = pair.partition(" ")
        try:
            found[key] = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise BadInput from error
    return found


def whole_number(header: str | None) -> int:
    """Read a header that must be a count of bytes."""
    if header is None or not header.isascii() or not header.isdigit() or len(header) > 18:
        raise BadInput
    return int(header)


def http_date(moment: datetime) -> str:
    """Write a moment as HTTP headers want it."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


@dataclass
class Checksum:
    """The checksum a client promised for one piece."""

    algorithm: str
    promised: bytes

    @classmethod
    def read(cls, header: str) -> Checksum:
        """Read an Upload-Checksum header: an algorithm and a digest in base64."""
        algorithm, _, digest = header.partition(" ")
        if algorithm not in ALGORITHMS:
            raise BadInput
        try:
            return cls(algorithm, base64.b64decode(digest.strip(), validate=True))
        except binascii.Error as error:
            raise BadInput from error

    def over(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Pass the pieces through; `holds` tells afterwards whether they were the promised ones."""
        digest = hashlib.new(self.algorithm, usedforsecurity=False)
        for piece in pieces:
            digest.update(piece)
            yield piece
        self._found = digest.digest()

    def holds(self) -> bool:
        """Say whether what passed through was what the client promised."""
        return self._found == self.promised

    def __post_init__(self) -> None:
        self._found = b""
