"""Print what was asked for: a PDF and pictures of the pages of a .docx; its row is a job."""

from __future__ import annotations

import json
import logging
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image

from meetly import confined, sqlite
from meetly.errors import MeetlyError
from meetly.extensions import db
from meetly.minutes import kept_papers
from meetly.minutes.printing import service
from workers import office, paging

log = logging.getLogger(__name__)

#: documents given to LibreOffice at a time: starting it takes longer than printing one
TOGETHER = 6
#: a document of the office itself may be long: a page takes about 0.1 s
LIMITS = confined.Limits(memory=1536 << 20, seconds=60, largest=64 << 20)
#: bytes
LARGEST_PICTURE = 4 << 20
LARGEST_PDF = 64 << 20


def run() -> int:
    """Print what waits and return how many documents are done with; 0 without LibreOffice.

    A file that cannot be printed is tried again until it is set aside.
    """
    if office.program() is None:  # what waits is printed once it is there
        return 0
    with sqlite.reading():  # a look must not queue behind a writer
        waiting = service.waits()
        db.session.rollback()
    if not waiting:
        return 0
    count = 0
    while claimed := [(row.docx_sha256, row.attempts) for row in service.claim(TOGETHER)]:
        db.session.commit()  # no transaction stays open while LibreOffice works
        with tempfile.TemporaryDirectory(prefix="meetly-") as folder:
            _print([sha256 for sha256, _attempt in claimed], Path(folder))
            for sha256, attempt in claimed:
                count += _finish(sha256, attempt, Path(folder))
    db.session.commit()
    return count


def _print(documents: list[str], folder: Path) -> None:
    """Let LibreOffice make the PDFs it can; Tampered bytes are never printed."""
    sources = []
    for sha256 in documents:
        try:
            document = kept_papers.read(sha256)
        except (MeetlyError, OSError) as error:
            log.warning("no print of %s: %s", sha256, error)
            continue
        sources.append(folder / f"{sha256}.docx")
        sources[-1].write_bytes(document)
    if not sources:
        return
    try:
        office.to_pdf(sources, folder)
    except confined.Failed as failure:
        log.warning("LibreOffice with %s: %s", documents, failure)


def _finish(sha256: str, attempt: int, folder: Path) -> int:
    try:
        made = _made(folder / f"{sha256}.pdf", folder / f"of-{sha256}")
    except (confined.Failed, OSError, ValueError, KeyError, TypeError) as failure:
        log.warning("no print of %s: %s", sha256, failure)
        service.give_back(sha256, attempt)
        db.session.commit()
        return 0
    done = service.finish(sha256, attempt, made)
    db.session.commit()
    return int(done)


def _made(pdf: Path, folder: Path) -> service.Made:
    """Let a child look at the PDF, and keep what it made of it."""
    if not pdf.is_file() or pdf.stat().st_size > LARGEST_PDF:
        raise confined.Failed("LibreOffice made no PDF of it")
    folder.mkdir()
    arguments = ["print", str(pdf), str(service.MOST_PAGES)]
    confined.run_module("workers.paging", arguments, folder, LIMITS)
    said = json.loads((folder / "made").read_bytes())
    pages = [
        _keep_picture(folder / str(number), page)
        for number, page in enumerate(said["pages"][: service.MOST_PAGES], start=1)
    ]
    if not pages:
        raise ValueError("no page in it")
    kept = kept_papers.store(pdf.read_bytes(), "pdf")
    return service.Made(kept, max(int(said["page_count"]), len(pages)), pages)


def _keep_picture(path: Path, said: Any) -> dict[str, Any]:
    """Keep a picture; ValueError when the child, which read a foreign file, made no such."""
    ending = {"webp": "webp", "png": "png"}[said["format"]]
    text = said["text"]
    if not isinstance(text, str):
        raise ValueError("the words of a page are no text")
    with Image.open(path, formats=(ending,)) as picture:
        wide, high = picture.size
    if wide > paging.WIDE or high > paging.HIGH or path.stat().st_size > LARGEST_PICTURE:
        raise ValueError(f"{path.name} is no picture of a page")
    sha256 = kept_papers.store(path.read_bytes(), ending)
    return {
        "sha256": sha256, "format": ending, "width": wide, "height": high,
        "text": text[: paging.MOST_OF_PAGE],
    }  # fmt: skip
