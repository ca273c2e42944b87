"""Tell who signed a PDF, when, whether a byte changed, and whether Meetly issued it."""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from meetly import confined
from meetly.errors import BadInput, NotConfigured, TooLarge

#: bytes of a PDF that is read, and what reading one may take
LARGEST = 50 << 20
LIMITS = confined.Limits(memory=1 << 30, seconds=60, largest=16 << 20)


class Unreadable(BadInput):
    """The file could not be read as a PDF within the limits."""

    code = "UNREADABLE"
    message = "Không đọc được tệp này như một tệp PDF, hoặc tệp đòi nhiều tài nguyên hơn giới hạn."


@dataclass(frozen=True)
class Found:
    """What one signature of a file says and whether it holds."""

    field: str
    subject: str
    issuer: str
    serial: str
    #: as the signer's clock said; no proof
    signed_at: datetime | None
    #: as a time-stamping authority proved
    stamped_at: datetime | None
    #: the signed bytes are those that were signed, and by this certificate
    intact: bool
    #: the certificate leads to a root the office trusts
    trusted: bool
    #: what came into the file after it: nothing, signatures, other, unknown
    added: str
    #: it covers the file to its last byte
    whole: bool

    @property
    def holds(self) -> bool:
        """Whether no signed byte changed and nothing but signatures came after it."""
        return self.intact and self.added in ("nothing", "signatures")


@dataclass(frozen=True)
class Verdict:
    """Everything a file says about its signatures."""

    sha256: str
    signatures: tuple[Found, ...]
    #: the last signature covers the file to its end: nothing unsigned was put behind it
    closed: bool

    @property
    def holds(self) -> bool:
        """Whether it is signed, every signature holds and nothing stands behind the last."""
        return bool(self.signatures) and self.closed and all(s.holds for s in self.signatures)

    @property
    def trusted(self) -> bool:
        """Whether it holds and every certificate leads to a trusted root."""
        return self.holds and all(s.trusted for s in self.signatures)


def verdict_on(file: bytes, roots: str = "") -> Verdict:
    """Read the signatures of a file; Unreadable or TooLarge when that cannot be done.

    `roots` names a PEM file or a folder of PEM files with the roots that are trusted.
    """
    if len(file) > LARGEST:
        raise TooLarge("Tệp lớn hơn 50 MB nên không kiểm tra ở đây được.")
    if b"%PDF-" not in file[:1024]:
        raise Unreadable()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "source.pdf").write_bytes(file)
        trusted = _gathered(roots)
        (folder / "roots.pem").write_bytes(trusted)
        arguments = ["source.pdf", "roots.pem" if trusted else ""]
        try:
            confined.run_module("meetly.minutes.signing.pades_reading", arguments, folder, LIMITS)
            found = json.loads((folder / "found").read_text())
        except (confined.Failed, OSError, ValueError) as error:
            raise Unreadable() from error
    signatures = tuple(_found(row) for row in found)
    closed = any(one.whole for one in signatures)
    return Verdict(hashlib.sha256(file).hexdigest(), signatures, closed)


def _found(row: dict[str, Any]) -> Found:
    return Found(
        str(row["field"]), row["subject"], row["issuer"], row["serial"], _moment(row["signed_at"]),
        _moment(row["stamped_at"]), row["intact"], row["trusted"], row["added"], row["whole"],
    )  # fmt: skip


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _gathered(roots: str) -> bytes:
    if not roots:
        return b""
    place = Path(roots)
    if not place.exists():
        raise NotConfigured("MEETLY_TRUSTED_ROOTS chỉ vào nơi không có: %(path)s", path=roots)
    names = sorted(place.glob("*.pem")) + sorted(place.glob("*.crt")) if place.is_dir() else [place]
    return b"\n".join(name.read_bytes() for name in names)
