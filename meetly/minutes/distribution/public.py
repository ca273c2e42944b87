"""What anybody may read: issued documents marked public, and of each only what stands in here.

Pages, files and the feed get a PublicPaper, never a row, so that nothing else of the meeting can
reach them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select

from meetly.accounts.models import Unit
from meetly.errors import BadInput, NotFound
from meetly.extensions import db
from meetly.minutes import kept_papers
from meetly.minutes.distribution import feed, service
from meetly.minutes.distribution.exchange import MEDIA_TYPES
from meetly.minutes.distribution.numbering import file_name
from meetly.minutes.issuing.models import DocumentStatus, OfficialDocument
from meetly.minutes.issuing.names import KIND_WORDS
from meetly.minutes.printing.models import PrintStatus
from meetly.minutes.signing import service as signing
from meetly.register.models import Book, Entry
from meetly.register.service import written

PAGE = 30
IN_FEED = 50
PICTURES = {"png": "image/png", "webp": "image/webp"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Picture:
    """One page to look at; size in pixels."""

    sha256: str
    ending: str
    width: int
    height: int


@dataclass(frozen=True)
class PublicPaper:
    """All that is told of a public document."""

    id: int
    kind: str
    code: str
    dated: date
    subject: str
    issuer: str
    published: datetime
    sha256: str
    ending: str
    file_name: str
    is_signed: bool
    on_paper: bool
    #: none in lists
    pages: tuple[Picture, ...]
    #: a later document stands in its place; its address, number and date only if public too
    is_corrected: bool
    corrected_id: int | None
    corrected_code: str
    corrected_at: datetime | None

    @property
    def media_type(self) -> str:
        """Media type of the file."""
        return MEDIA_TYPES[self.ending]


@dataclass(frozen=True)
class Listing:
    """One page of the list, newest first."""

    papers: list[PublicPaper]
    #: where the next page goes on; empty at the end
    older: str


def get(paper_id: int) -> PublicPaper:
    """Return a public document; NotFound when there is none, or it is public no more."""
    document = db.session.scalar(_public().where(OfficialDocument.id == paper_id))
    if document is None:
        raise NotFound()
    return shown(document, _corrections_of([document]), _pages(document))


def listing(unit_id: int | None = None, before: str = "") -> Listing:
    """List public documents, of one issuing unit if named; `before` goes on from a page's end."""
    query = _public().order_by(OfficialDocument.public_at.desc(), OfficialDocument.id.desc())
    if unit_id is not None:
        query = query.where(_issuing_unit() == unit_id)
    if before:
        moment, last = _place(before)
        query = query.where(
            or_(
                OfficialDocument.public_at < moment,
                and_(OfficialDocument.public_at == moment, OfficialDocument.id < last),
            )
        )
    found = list(db.session.scalars(query.limit(PAGE + 1)))
    older = _after(found[PAGE - 1]) if len(found) > PAGE else ""
    return Listing(_listed(found[:PAGE]), older)


def units() -> list[Unit]:
    """List the units that issued something public, by name."""
    issued = select(Book.unit_id).join(Entry, Entry.book_id == Book.id)
    issued = issued.join(OfficialDocument, OfficialDocument.entry_id == Entry.id)
    issued = issued.where(*_conditions())
    return list(db.session.scalars(select(Unit).where(Unit.id.in_(issued)).order_by(Unit.name)))


def atom(base_url: str) -> bytes:
    """Return the feed of the newest public documents."""
    query = _public().order_by(OfficialDocument.public_at.desc(), OfficialDocument.id.desc())
    papers = _listed(list(db.session.scalars(query.limit(IN_FEED))))
    return feed.write(base_url, "Văn bản công khai", [_item(each) for each in papers], _EPOCH)


def file_of(paper: PublicPaper) -> bytes:
    """Return the bytes of a public document."""
    return kept_papers.read(paper.sha256, paper.ending)


def picture_of(paper: PublicPaper, number: int) -> tuple[bytes, str, str]:
    """Return one page (from 1) as a picture, its format and its tag; with the signatures on it."""
    if not 1 <= number <= len(paper.pages):
        raise NotFound()
    if paper.is_signed:
        return signing.picture_in(paper.sha256, number)[0], "png", f"{paper.sha256}-{number}"
    picture = paper.pages[number - 1]
    return kept_papers.read(picture.sha256, picture.ending), picture.ending, picture.sha256


def shown(
    document: OfficialDocument,
    corrections: Mapping[int, OfficialDocument],
    pages: tuple[Picture, ...] = (),
) -> PublicPaper:
    """Return what is told of a document; the one place that chooses."""
    sha256, ending = service.paper_of(document)
    correction = corrections.get(document.id)
    told = correction if correction is not None and correction.public_at else None
    assert document.public_at is not None
    return PublicPaper(
        id=document.id,
        kind=str(KIND_WORDS[document.kind]),
        code=written(document.entry),
        dated=document.entry.dated,
        subject=document.entry.subject,
        issuer=document.entry.book.unit.name,
        published=document.public_at,
        sha256=sha256,
        ending=ending,
        file_name=file_name(document, ending),
        is_signed=bool(document.signed_sha256) and not document.on_paper,
        on_paper=document.on_paper,
        pages=pages,
        is_corrected=correction is not None,
        corrected_id=told.id if told else None,
        corrected_code=written(told.entry) if told else "",
        corrected_at=correction.issued_at if correction else None,
    )


def _listed(documents: Sequence[OfficialDocument]) -> list[PublicPaper]:
    corrections = _corrections_of(documents)
    return [shown(document, corrections) for document in documents]


def _pages(document: OfficialDocument) -> tuple[Picture, ...]:
    printed = document.printed
    if printed is None or printed.status != PrintStatus.DONE:
        return ()
    return tuple(_picture(page) for page in printed.pages if page.get("format") in PICTURES)


def _picture(page: dict[str, Any]) -> Picture:
    return Picture(page["sha256"], page["format"], int(page["width"]), int(page["height"]))


def _corrections_of(documents: Sequence[OfficialDocument]) -> dict[int, OfficialDocument]:
    """Return the latest issued correction of each document that has one, by its id."""
    query = select(OfficialDocument).where(
        OfficialDocument.corrects_id.in_([document.id for document in documents]),
        OfficialDocument.status == DocumentStatus.ISSUED,
    )
    found = db.session.scalars(query.order_by(OfficialDocument.id))
    return {each.corrects_id: each for each in found if each.corrects_id}


def _item(paper: PublicPaper) -> feed.Item:
    changed = max(filter(None, (paper.published, paper.corrected_at)))
    summary = f"{paper.kind} số {paper.code} ngày {paper.dated:%d/%m/%Y}"
    return feed.Item(
        number=paper.id,
        title=f"{paper.code}: {paper.subject}",
        summary=f"{summary}; đã có văn bản thay thế." if paper.is_corrected else f"{summary}.",
        author=paper.issuer,
        published=paper.published,
        updated=changed,
        page=f"/public/{paper.id}",
        file=f"/public/{paper.id}/file",
        media_type=paper.media_type,
    )


def _public() -> Select[OfficialDocument]:
    return select(OfficialDocument).where(*_conditions())


def _conditions() -> tuple[Any, ...]:
    return (
        OfficialDocument.status == DocumentStatus.ISSUED,
        OfficialDocument.public_at.is_not(None),
    )


def _issuing_unit() -> Any:
    return (
        select(Book.unit_id)
        .join(Entry, Entry.book_id == Book.id)
        .where(Entry.id == OfficialDocument.entry_id)
        .correlate(OfficialDocument)
        .scalar_subquery()
    )


def _after(document: OfficialDocument) -> str:
    assert document.public_at is not None
    return f"{document.public_at.astimezone(UTC):%Y%m%dT%H%M%S.%f}-{document.id}"


def _place(before: str) -> tuple[datetime, int]:
    moment, _dash, last = before.rpartition("-")
    try:
        return datetime.strptime(moment, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC), int(last)
    except ValueError as error:
        raise BadInput() from error
