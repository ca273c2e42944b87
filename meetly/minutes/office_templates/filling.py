"""Fill an office's own form in: a process of its own, with limits and no network, does it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from meetly import confined
from meetly.errors import BadInput
from meetly.minutes.blocks import Block
from meetly.minutes.facts import MeetingFacts
from meetly.minutes.office_templates.words import words_of

_LIMITS = confined.Limits(memory=1 << 30, seconds=30, largest=64 << 20)
_MODULE = "meetly.minutes.office_templates.rendering"


class Unfilled(BadInput):
    """The office's form cannot be filled in."""

    code = "TEMPLATE_UNFILLED"
    message = (
        "Mẫu văn bản của cơ quan không điền được với biên bản này. Biên bản còn nguyên, chưa gửi. "
        "Hãy sửa mẫu, hoặc dùng lại mẫu của Meetly ở trang Mẫu văn bản, rồi làm lại."
    )


class Unreadable(BadInput):
    """The form opens nowhere, or asks for more than any form would."""

    message = "Không đọc được tệp mẫu này. Hãy mở tệp trong Word, lưu lại rồi thử."


@dataclass(frozen=True)
class Complaint:
    """Why a form is refused: a code, what it is about, and the paragraph it stands in."""

    code: str
    about: str
    paragraph: str


@dataclass(frozen=True)
class Judgement:
    """What a form asks for, and what is wrong with it."""

    placeholders: tuple[str, ...]
    complaints: tuple[Complaint, ...]


def fill(template: bytes, kind: str, facts: MeetingFacts, blocks: Sequence[Block]) -> bytes:
    """Return the .docx of a form filled in; Unfilled when it could not be.

    The same form and the same minutes give the same bytes.
    """
    given = {"kind": kind, "words": words_of(kind, facts, blocks)}
    try:
        return _done(template, "fill", given)
    except confined.Failed as error:
        raise Unfilled() from error


def judge(template: bytes, kind: str) -> Judgement:
    """Tell which placeholders a form holds and which of its paragraphs cannot be accepted."""
    try:
        told = json.loads(_done(template, "judge", {"kind": kind}))
    except (confined.Failed, ValueError) as error:
        raise Unreadable() from error
    complaints = tuple(Complaint(*map(str, complaint)) for complaint in told["complaints"])
    return Judgement(tuple(map(str, told["placeholders"])), complaints)


def _done(template: bytes, task: str, given: dict[str, Any]) -> bytes:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "form.docx").write_bytes(template)
        (folder / "given.json").write_text(json.dumps(given), encoding="utf-8")
        confined.run_module(_MODULE, [task, "form.docx", "given.json", "out"], folder, _LIMITS)
        return (folder / "out").read_bytes()
