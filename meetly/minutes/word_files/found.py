"""What an edited .docx holds, in the order of its pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Comment:
    """A remark somebody left in the margin."""

    author: str
    text: str


@dataclass(frozen=True)
class Found:
    """One paragraph, or one row of a table."""

    text: str
    #: bookmarks of ours and the place of each in the text
    marks: tuple[tuple[str, int], ...] = ()
    #: the cells of a row; none for a paragraph
    cells: tuple[str, ...] = ()
    comments: tuple[Comment, ...] = ()


def to_json(found: Iterable[Found]) -> list[dict[str, Any]]:
    """Return what was found as plain values."""
    return [asdict(item) for item in found]


def from_json(items: Iterable[Mapping[str, Any]]) -> list[Found]:
    """Read what another process found."""
    return [
        Found(
            str(item["text"]),
            tuple((str(mark), int(place)) for mark, place in item["marks"]),
            tuple(map(str, item["cells"])),
            tuple(Comment(str(c["author"]), str(c["text"])) for c in item["comments"]),
        )
        for item in items
    ]
