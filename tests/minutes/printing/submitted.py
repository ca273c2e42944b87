"""Minutes that wait for approval, and their prints."""

from __future__ import annotations

from collections.abc import Sequence

from meetly.extensions import db
from meetly.minutes import kept_papers, service
from meetly.minutes.models import Minutes
from meetly.minutes.printing import service as printing
from meetly.minutes.printing.models import Print, PrintStatus
from tests.cast import Cast
from tests.materials import samples
from tests.minutes import briefing


def submitted(cast: Cast) -> Minutes:
    """Return the drafted sample briefing after Nam sent it to Khải, committed."""
    minutes = briefing.drafted(cast)
    service.submit(cast.nam, minutes, minutes.version)
    db.session.commit()
    return minutes


def print_both(minutes: Minutes) -> None:
    """Leave the prints of both documents as the worker would: two pages with their paragraphs."""
    version = service.version_of(minutes)
    texts = [block.text for block in service.blocks_of(minutes)]
    half = len(texts) // 2
    for sha256 in (version.minutes_sha256, version.notice_sha256):
        printed_as(sha256, [" ".join(texts[:half]), " ".join(texts[half:])])
    db.session.commit()


def printed_as(docx_sha256: str, texts: Sequence[str]) -> None:
    """Leave the print of one document, unless it is there: a picture a page, with these words."""
    asked = db.session.get_one(Print, docx_sha256)
    if asked.status == PrintStatus.DONE:  # the same bytes as in an earlier version
        return
    asked.attempts = 1
    db.session.flush()
    pages = [
        {"sha256": kept_papers.store(samples.png(), "png"), "format": "png", "width": 1,
         "height": 1, "text": text}
        for text in texts
    ]  # fmt: skip
    pdf = kept_papers.store(samples.printed("Trang một"), "pdf")
    assert printing.finish(docx_sha256, 1, printing.Made(pdf, len(pages), pages))
    db.session.expire(asked)
