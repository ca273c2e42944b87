"""Verbs of printing: ask for a .docx to be printed, and lease what was asked to the worker.

The row is the job. A print that is there never changes: what a leader was shown and what is signed
name its PDF by its SHA-256.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from meetly import clock
from meetly.extensions import db
from meetly.minutes.printing.models import Print, PrintStatus

#: How long a printer is believed to be alive; longer than its children may take for all it claims.
LEASE = timedelta(minutes=10)
#: A file that stopped its printer this often is set aside.
MOST_ATTEMPTS = 3
#: Pages that are made into pictures; the PDF holds them all.
MOST_PAGES = 200

#: Why there is no print: LibreOffice could not read the file, or it brought LibreOffice down.
UNREADABLE, KILLED = "unreadable", "killed"


@dataclass(frozen=True)
class Made:
    """What was made of a .docx; the files lie under their SHA-256 already."""

    pdf_sha256: str
    page_count: int
    #: of each page: sha256, format, width, height (pixels) and text
    pages: Sequence[dict[str, Any]] = field(default=())


# -- asking ----------------------------------------------------------------------------------


def available() -> bool:
    """Tell whether LibreOffice is installed on this machine."""
    return (shutil.which("soffice") or shutil.which("libreoffice")) is not None


def ask(docx_sha256: str) -> None:
    """Ask for the print of a kept .docx; one that failed is tried anew, one that is there stays."""
    on_sqlite = db.session.get_bind().dialect.name == "sqlite"
    wanted: Any = (sqlite.insert if on_sqlite else postgresql.insert)(Print)
    row = {
        "docx_sha256": docx_sha256, "status": PrintStatus.WAITING, "asked_at": clock.now(),
        "attempts": 0, "failure": "", "pdf_sha256": "", "pages": [],
    }  # fmt: skip
    fresh = {"status": PrintStatus.WAITING, "attempts": 0, "failure": ""}
    again = wanted.on_conflict_do_update(
        index_elements=[Print.docx_sha256], set_=fresh, where=Print.status == PrintStatus.FAILED
    )
    db.session.execute(again, [row])


def of(docx_sha256: str) -> Print | None:
    """Return the print of a .docx, waiting, made or failed; None when nobody asked for it."""
    return db.session.get(Print, docx_sha256)


# -- making ----------------------------------------------------------------------------------


def waits() -> bool:
    """Tell whether a .docx waits to be printed."""
    return db.session.scalar(select(Print.docx_sha256).where(*_due()).limit(1)) is not None


def claim(most: int) -> list[Print]:
    """Lease what has waited longest; one alone when it was tried before.

    `attempts` of a leased row is its token: whoever leases the row later holds another.
    """
    _set_aside_exhausted()
    query = select(Print.docx_sha256, Print.attempts).where(*_due())
    waiting = db.session.execute(query.order_by(Print.asked_at, Print.docx_sha256).limit(most))
    found = waiting.all()
    fresh = [key for key, attempts in found if attempts == 0]
    # A file that may have brought its printer down must not do so to others.
    wanted = fresh or [key for key, _attempts in found[:1]]
    lease = update(Print).where(Print.docx_sha256.in_(wanted), *_due())
    lease = lease.values(lease_until=clock.now() + LEASE, attempts=Print.attempts + 1)
    keys = db.session.scalars(lease.returning(Print.docx_sha256)).all()
    leased = select(Print).where(Print.docx_sha256.in_(keys)).order_by(Print.asked_at)
    return list(db.session.scalars(leased, execution_options={"populate_existing": True}))


def finish(docx_sha256: str, attempt: int, made: Made) -> bool:
    """Note what was made; False when the lease had passed to another printer."""
    return _release(
        docx_sha256, attempt, status=PrintStatus.DONE, done_at=clock.now(), failure="",
        pdf_sha256=made.pdf_sha256, page_count=made.page_count, pages=list(made.pages),
    )  # fmt: skip


def give_back(docx_sha256: str, attempt: int) -> None:
    """Let a file be tried again, or set it aside when it was tried often enough."""
    if attempt < MOST_ATTEMPTS:
        _release(docx_sha256, attempt)
    else:
        _release(docx_sha256, attempt, status=PrintStatus.FAILED, failure=UNREADABLE)


def _due() -> tuple[ColumnElement[bool], ...]:
    return (
        Print.status == PrintStatus.WAITING,
        or_(Print.lease_until.is_(None), Print.lease_until < clock.now()),
    )


def _set_aside_exhausted() -> None:
    # A file that kills its printer never reaches give_back(): its attempts tell.
    worn = update(Print).where(*_due(), Print.attempts >= MOST_ATTEMPTS)
    db.session.execute(worn.values(status=PrintStatus.FAILED, failure=KILLED, lease_until=None))


def _release(docx_sha256: str, attempt: int, **values: object) -> bool:
    mine = update(Print).where(
        Print.docx_sha256 == docx_sha256, Print.attempts == attempt,
        Print.status == PrintStatus.WAITING,
    )  # fmt: skip
    freed = mine.values(lease_until=None, **values).returning(Print.docx_sha256)
    return db.session.scalar(freed) is not None
