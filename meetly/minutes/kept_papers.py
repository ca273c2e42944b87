"""Papers by their SHA-256: rendered once, kept for good, hashed again each time they are read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from meetly.errors import MeetlyError
from meetly.minutes.blocks import Block
from meetly.minutes.document import minutes_docx, notice_docx
from meetly.minutes.facts import MeetingFacts
from meetly.minutes.office_templates import filling
from meetly.storage import files


class Tampered(MeetlyError):
    """The stored bytes are not those that were approved."""

    code = "TAMPERED"
    message = (
        "Tệp lưu trữ không còn khớp mã SHA-256 đã duyệt nên không được giao ra. "
        "Hãy báo quản trị khôi phục tệp từ bản sao lưu."
    )


def rendered(
    kind: str,
    facts: MeetingFacts,
    blocks: Sequence[Block],
    template: str = "",
    *,
    marks: Mapping[str, str] | None = None,
) -> bytes:
    """Return the .docx of a kind, "minutes" or "notice".

    `template` is the SHA-256 of the office's own form, empty for Meetly's; `marks` names a bookmark
    for each block of a draft of the minutes. Unfilled when the form cannot be filled in.
    """
    if template:
        return filling.fill(read(template), kind, facts, blocks)
    return minutes_docx(facts, blocks, marks) if kind == "minutes" else notice_docx(facts, blocks)


def store(document: bytes, ending: str = "docx") -> str:
    """Keep a document under its SHA-256 and return that."""
    sha256 = hashlib.sha256(document).hexdigest()
    if not files.exists(key(sha256, ending)):
        files.write(key(sha256, ending), [document])
    return sha256


def read(sha256: str, ending: str = "docx") -> bytes:
    """Return the document of this SHA-256; Tampered when what lies there is another."""
    document = files.read(key(sha256, ending))
    if hashlib.sha256(document).hexdigest() != sha256:
        raise Tampered()
    return document


def key(sha256: str, ending: str = "docx") -> str:
    """Return under which key of the store a document lies."""
    return f"documents/{sha256}.{ending}"
