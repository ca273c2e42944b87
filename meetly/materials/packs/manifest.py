"""The list of what a pack holds: the same papers always give the same bytes and the same digest.

A manifest is plain data, as it stands in the pack's manifest.json. It holds no moment of its own
making. Its names are Vietnamese whatever language its reader speaks.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

FORMAT = "meetly-pack-1"
#: folder of the papers for the meeting as a whole
WHOLE = "Tài liệu chung"

_LONGEST_FOLDER, _LONGEST_NAME = 60, 90
#: what Windows cannot have in a name, and what it takes for a device
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)

Manifest = dict[str, Any]
File = dict[str, Any]


@dataclass(frozen=True)
class Paper:
    """One paper on its way into a pack."""

    material_id: int
    version_id: int
    number: int
    #: point of the agenda; 0 for the meeting as a whole
    ordinal: int
    title: str
    filename: str
    media_type: str
    #: bytes
    size: int
    sha256: str
    #: wall-clock time with its zone, to the second
    dated: str


@dataclass(frozen=True)
class Difference:
    """How one manifest came from another; each list holds files as manifests do."""

    added: list[File]
    #: other bytes, or another place in the pack
    changed: list[File]
    #: files of the older one whose place is empty now
    removed: list[File]
    same: list[File]

    @property
    def sent(self) -> list[File]:
        """What somebody who has the older pack still lacks."""
        return self.added + self.changed


def manifest(
    meeting: dict[str, Any],
    papers: Iterable[Paper],
    online_only: Iterable[dict[str, Any]] = (),
    made_for: dict[str, Any] | None = None,
) -> Manifest:
    """Put a manifest together from a meeting, with its agenda, and its papers in reading order.

    `made_for` names the reader where the papers are not for everybody invited.
    """
    folders = {point["ordinal"]: _folder(point) for point in meeting["agenda"]}
    taken: set[str] = set()
    return {
        "format": FORMAT,
        "meeting": meeting,
        "made_for": made_for,
        "files": [_file(paper, folders, taken) for paper in papers],
        "online_only": list(online_only),
    }


def canonical(made: Manifest) -> bytes:
    """Return the bytes of a manifest: keys sorted, no spaces, UTF-8 (after RFC 8785)."""
    text = json.dumps(made, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def digest(made: Manifest) -> str:
    """Return the SHA-256 of the bytes of a manifest, by which a pack is known."""
    return hashlib.sha256(canonical(made)).hexdigest()


def difference(old: Manifest, new: Manifest) -> Difference:
    """Compare two manifests paper by paper."""
    had = {file["material_id"]: file for file in old["files"]}
    added, changed, same = [], [], []
    for file in new["files"]:
        before = had.get(file["material_id"])
        if before is None:
            added.append(file)
        elif (before["sha256"], before["path"]) == (file["sha256"], file["path"]):
            same.append(file)
        else:
            changed.append(file)
    places = {file["path"] for file in new["files"]}
    removed = [file for file in old["files"] if file["path"] not in places]
    return Difference(added, changed, removed, same)


def _file(paper: Paper, folders: dict[int, str], taken: set[str]) -> File:
    folder = folders.get(paper.ordinal, f"0. {WHOLE}")
    return {**vars(paper), "path": _free(folder, safe_name(paper.filename), paper, taken)}


def _folder(point: dict[str, Any]) -> str:
    title = _safe(point["title"], _LONGEST_FOLDER)
    return f"{point['ordinal']}. {title}".rstrip(". ")


def _free(folder: str, name: str, paper: Paper, taken: set[str]) -> str:
    # Two papers may have one name, and some systems do not tell capitals apart.
    while f"{folder}/{name}".casefold() in taken:
        stem, dot, ending = name.rpartition(".")
        mark = f" ({paper.material_id})"
        name = f"{stem}{mark}{dot}{ending}" if stem else f"{name}{mark}"
    taken.add(f"{folder}/{name}".casefold())
    return f"{folder}/{name}"


def safe_name(name: str) -> str:
    """Make a file's name that every system can keep, with its ending."""
    stem, dot, ending = _safe(name, 300).rpartition(".")
    if not stem:
        stem, dot, ending = ending, "", ""
    kept = f"{stem[:_LONGEST_NAME].rstrip('. ')}{dot}{ending[:10]}"
    return f"_{kept}" if _DEVICES.fullmatch(kept) else kept or "tai-lieu"


def _safe(text: str, longest: int) -> str:
    text = "".join(
        " " if unicodedata.category(mark)[0] in "CZ" else mark
        for mark in unicodedata.normalize("NFC", text)
    )
    return " ".join(_FORBIDDEN.sub(" ", text).split())[:longest].strip(". ")
