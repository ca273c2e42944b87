"""Make the pictures and the words of documents; each version's row is a job with a lease."""

from __future__ import annotations

import json
import logging
import os
import socket
import tempfile
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from meetly import confined, sqlite
from meetly.extensions import db
from meetly.materials.formats import JPEG, OFFICE, PDF, PNG, TEXT
from meetly.materials.models import MaterialVersion, PreviewStatus
from meetly.materials.viewing import jobs, kept
from meetly.storage import files
from workers import office, paging

log = logging.getLogger(__name__)

#: office documents given to LibreOffice at a time: starting it takes longer than reading one
TOGETHER = 4
LIMITS = confined.Limits(memory=1536 << 20, seconds=60, largest=64 << 20)
KINDS = {
    PDF.media_type: "pdf", PNG.media_type: "picture", JPEG.media_type: "picture",
    TEXT.media_type: "text",
}  # fmt: skip
#: bytes
LARGEST_PICTURE = 8 << 20


def run(owner: str | None = None) -> int:
    """Make what waits and return how many versions are done with.

    A file that cannot be read, or asks for too much, is tried again until it is set aside.
    """
    can_convert = office.program() is not None
    with sqlite.reading():  # a look must not queue behind a writer
        waiting = jobs.waits(office=can_convert)
        db.session.rollback()
    if not waiting:
        return 0
    owner = owner or f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    count = 0
    while claimed := jobs.claim(owner, TOGETHER, office=can_convert):
        db.session.commit()  # no transaction stays open while the files are read
        with tempfile.TemporaryDirectory(prefix="meetly-") as folder:
            converted = _converted(claimed, Path(folder)) if can_convert else {}
            for version in claimed:
                count += _finish(version, owner, Path(folder), converted)
    db.session.commit()
    return count


def _converted(claimed: list[MaterialVersion], folder: Path) -> Mapping[int, Path]:
    """Return the PDFs that could be made, by version."""
    sources = {}
    for version in claimed:
        if version.media_type in OFFICE:
            # LibreOffice goes by the ending of a name.
            ending = version.filename.rpartition(".")[2]
            sources[version.id] = folder / f"{version.id}.{ending}"
            sources[version.id].symlink_to(files.path(version.storage_key))
    if sources:
        try:
            office.to_pdf(list(sources.values()), folder)
        except confined.Failed as failure:
            log.warning("LibreOffice with versions %s: %s", list(sources), failure)
    made = {key: source.with_suffix(".pdf") for key, source in sources.items()}
    return {key: pdf for key, pdf in made.items() if pdf.is_file()}


def _finish(
    version: MaterialVersion, owner: str, folder: Path, converted: Mapping[int, Path]
) -> int:
    try:
        made = _made(version, folder / f"of-{version.id}", converted.get(version.id))
    except (confined.Failed, OSError, ValueError, KeyError, TypeError) as failure:
        log.warning("no preview of version %s: %s", version.id, failure)
        jobs.give_back(version, owner)
        db.session.commit()
        return 0
    done = jobs.finish(version, owner, made)
    db.session.commit()
    return int(done)


def _made(version: MaterialVersion, folder: Path, pdf: Path | None) -> jobs.Made:
    """Let a child look at the file and keep what it made of it."""
    folder.mkdir()
    source, most = files.path(version.storage_key), jobs.pages_wanted(version)
    kind = KINDS.get(version.media_type, "office")
    _look(kind, source, most, folder)
    if kind == "office" and office.program():
        if pdf is None:
            raise confined.Failed("LibreOffice made no PDF of it")
        _look("pdf", pdf, most, folder)
        _keep_file(kept.key(version, "document.pdf"), pdf)
    said = json.loads((folder / "made").read_bytes())
    pages = [
        _keep_picture(version, folder / str(number), page)
        for number, page in enumerate(said["pages"][:most], start=1)
    ]
    text = folder / "text"
    text_key = kept.key(version, "text.txt") if text.is_file() else ""
    if text_key:
        _keep_file(text_key, text)
    shown = pages or kind == "text"
    return jobs.Made(
        PreviewStatus.READY if shown else PreviewStatus.NONE,
        page_count=said["page_count"] and min(int(said["page_count"]), 1_000_000),
        text_key=text_key, pages=pages,
    )  # fmt: skip


def _look(kind: str, source: Path, most: int, folder: Path) -> None:
    confined.run_module("workers.paging", [kind, str(source), str(most)], folder, LIMITS)


def _keep_picture(version: MaterialVersion, path: Path, said: Any) -> tuple[str, int, int]:
    """Keep a picture; ValueError when the child, which read a hostile file, made no such."""
    ending = {"webp": "webp", "png": "png"}[said["format"]]
    with Image.open(path, formats=(ending,)) as picture:
        wide, high = picture.size
    if wide > paging.WIDE or high > paging.HIGH or path.stat().st_size > LARGEST_PICTURE:
        raise ValueError(f"{path.name} is no picture of a page")
    key = kept.key(version, f"{path.name}.{ending}")
    _keep_file(key, path)
    return key, wide, high


def _keep_file(key: str, path: Path) -> None:
    with path.open("rb") as source:
        files.write(key, iter(lambda: source.read(1 << 20), b""))
