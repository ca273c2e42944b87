"""Whether somebody looks: a request made ahead by a browser or a mail program is no reading."""

from __future__ import annotations

from typing import Protocol

#: Headers by which a program says that nobody is looking yet.
LOOKING_AHEAD = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
_WORDS = ("prefetch", "prerender", "preview")


class Headers(Protocol):
    """Headers of a request, whatever holds them."""

    def get(self, key: str, default: str) -> str:
        """Return what a header says."""
        ...


def is_read(method: str, headers: Headers) -> bool:
    """Tell whether a request shows a document to a person."""
    ahead = any(word in headers.get(name, "").lower() for name in LOOKING_AHEAD for word in _WORDS)
    return method == "GET" and not ahead
