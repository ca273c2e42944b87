"""Read the signatures of a PDF nobody vouches for: `pades_reading SOURCE ROOTS`, writes `found`.

Runs in a process of its own and fetches nothing. ROOTS is a PEM file with the roots that are
trusted, or empty. What it writes is a JSON list with one entry a signature, the first one first.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

#: signatures that are looked at in one file
MOST = 40
#: what a file may still be given after a signature: signatures, and what keeps them readable
ADDED = {
    ModificationLevel.NONE: "nothing",
    ModificationLevel.LTA_UPDATES: "signatures",
    ModificationLevel.FORM_FILLING: "signatures",
}


def main() -> None:
    """Read the file named on the command line."""
    logging.disable(logging.CRITICAL)
    source, roots = Path(sys.argv[1]), sys.argv[2]
    trusted = _certificates(Path(roots).read_bytes()) if roots else []
    Path("found").write_text(json.dumps(asyncio.run(_all(source, trusted))))


async def _all(source: Path, trusted: Sequence[x509.Certificate]) -> list[dict[str, Any]]:
    with source.open("rb") as file:
        reader = PdfFileReader(file, strict=False)
        signatures = list(reader.embedded_regular_signatures)[:MOST]
        return [await _one(signature, trusted) for signature in signatures]


async def _one(
    signature: EmbeddedPdfSignature, trusted: Sequence[x509.Certificate]
) -> dict[str, Any]:
    signer = signature.signer_cert
    claimed = signature.self_reported_timestamp
    said: dict[str, Any] = {
        "field": signature.field_name, "subject": _named(signer), "issuer": _issuer(signer),
        "serial": f"{signer.serial_number:x}", "signed_at": _moment(claimed),
        "stamped_at": None, "intact": False, "trusted": False, "added": "unknown", "whole": False,
    }  # fmt: skip
    # What the certificate is used for is for its issuer to say: offices sign with many kinds.
    usage = KeyUsageConstraints(key_usage=set())
    context = ValidationContext(
        trust_roots=list(trusted), allow_fetching=False, revocation_mode="soft-fail",
        moment=claimed,
        other_certs=list(signature.other_embedded_certs),
    )  # fmt: skip
    try:
        status = await async_validate_pdf_signature(
            signature, signer_validation_context=context, ts_validation_context=context,
            key_usage_settings=usage,
        )  # fmt: skip
    except Exception as error:  # a hostile file may break any part of the reader
        said["failure"] = type(error).__name__
        return said
    return said | _judged(status)


def _judged(status: PdfSignatureStatus) -> dict[str, Any]:
    level = status.modification_level
    stamp = status.timestamp_validity  # worth what its own authority is worth
    is_proof = stamp is not None and stamp.intact and stamp.valid and stamp.trusted
    coverage = status.coverage or SignatureCoverageLevel.UNCLEAR
    return {
        "intact": bool(
            status.intact and status.valid and coverage >= SignatureCoverageLevel.ENTIRE_REVISION
        ),
        "trusted": bool(status.trusted),
        "whole": coverage == SignatureCoverageLevel.ENTIRE_FILE,
        "added": "nothing" if level is None and coverage == SignatureCoverageLevel.ENTIRE_FILE
        else ADDED.get(level, "other") if level is not None else "other",
        "stamped_at": _moment(stamp.timestamp) if stamp and is_proof else None,
    }  # fmt: skip


def _named(certificate: x509.Certificate) -> str:
    return _words(certificate.subject)


def _issuer(certificate: x509.Certificate) -> str:
    return _words(certificate.issuer)


def _words(name: x509.Name) -> str:
    native = name.native
    said = [str(native[key]) for key in ("common_name", "organization_name") if native.get(key)]
    return (", ".join(said) or name.human_friendly)[:300]


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment and moment.tzinfo else None


def _certificates(text: bytes) -> list[x509.Certificate]:
    return [x509.Certificate.load(der) for _, _, der in pem.unarmor(text, multiple=True)]


if __name__ == "__main__":
    main()
