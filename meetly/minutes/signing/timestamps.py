"""The clock of somebody else: asks a time-stamping authority (RFC 3161) over HTTP."""

from __future__ import annotations

import urllib.error
import urllib.request
from urllib.parse import urlsplit

from meetly.errors import NotConfigured

#: seconds an authority may take (the document is held meanwhile), and bytes of its answer
PATIENCE, LARGEST = 5, 1 << 20


def asked(url: str, request: bytes) -> bytes:
    """Post a request and return the answer; NotConfigured when the authority does not give one."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise NotConfigured("MEETLY_TSA_URL phải bắt đầu bằng https:// hoặc http://.")
    message = urllib.request.Request(  # noqa: S310 - the operator named the address
        url, request, {"Content-Type": "application/timestamp-query"}
    )
    # An opener of its own: the shared one keeps the proxies of whoever opened something first.
    opener = urllib.request.build_opener()
    try:
        with opener.open(message, timeout=PATIENCE) as answer:
            return bytes(answer.read(LARGEST))
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise NotConfigured(
            "Máy chủ cấp dấu thời gian không trả lời; chưa ký gì. Hãy thử lại sau."
        ) from error
