"""Verbs of the register: take the next number, say what became of it, read the book.

A number is taken by raising the counter of its book in the very transaction that writes the entry:
whoever rolls back gives the number back, and whoever comes at once waits for that.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import exists, select, update
from sqlalchemy.exc import IntegrityError

from meetly import audit, clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, Unit, User
from meetly.errors import BadInput, NotAllowed, NotFound, WrongState
from meetly.extensions import db
from meetly.register.models import Book, DocumentType, Entry, EntryStatus

KEEPERS = (Role.SECRETARY, Role.LEADER)
PAGE = 50
LONGEST_SUBJECT, LONGEST_SIGNER, LONGEST_REASON = 500, 200, 300
#: A book begun in the middle of a year goes on from a number of at most this size.
LARGEST_FIRST = 99_999

# -- giving numbers --------------------------------------------------------------------------


def reserve(
    user: User, unit: Unit, document_type: DocumentType, *, notation: str, dated: date,
    subject: str, signer: str = "", recipients: str = "", link: str = "",
) -> Entry:  # fmt: skip
    """Give a document the next number of the book of its unit, type and year.

    The year is that of the date written on the document. NotAllowed for anybody but the unit's
    secretary.
    """
    accounts.require(user, unit.id, Role.SECRETARY)
    book_id = _book_id(unit.id, document_type, dated.year)
    entry = Entry(
        book_id=book_id, number=_next(book_id), notation=notation, dated=dated,
        subject=subject.strip()[:LONGEST_SUBJECT], signer=signer[:LONGEST_SIGNER],
        recipients=recipients, link=link, reserved_at=clock.now(), reserved_by_id=user.id,
        status=EntryStatus.RESERVED,
    )  # fmt: skip
    db.session.add(entry)
    db.session.flush()
    audit.record(user.id, "register.reserve", entry, number=entry.number, notation=notation)
    return entry


def _next(book_id: int) -> int:
    """Raise the counter of a book by one; the row stays locked until the transaction ends."""
    raised = (
        update(Book).where(Book.id == book_id).values(last=Book.last + 1).returning(Book.last)
    ).execution_options(synchronize_session=False)
    return db.session.execute(raised).scalar_one()


def _book_id(unit_id: int, document_type: DocumentType, year: int) -> int:
    """Find a book or open it; somebody who opens it at the same time is waited for."""
    query = select(Book.id).where(
        Book.unit_id == unit_id, Book.document_type == document_type, Book.year == year
    )
    found = db.session.scalar(query)
    if found is not None:
        return found
    book = Book(unit_id=unit_id, document_type=document_type, year=year, last=0)
    try:
        with db.session.begin_nested():
            db.session.add(book)
    except IntegrityError:
        return db.session.execute(query).scalar_one()
    return book.id


def begin_at(user: User, unit: Unit, document_type: DocumentType, year: int, first: int) -> Book:
    """Let an empty book go on from the paper one: its first number shall be this."""
    accounts.require(user, unit.id, Role.SECRETARY)
    if not 1 <= first <= LARGEST_FIRST:
        raise BadInput("Số bắt đầu phải từ 1 đến %(most)s.", most=LARGEST_FIRST)
    book = db.session.get_one(Book, _book_id(unit.id, document_type, year))
    db.session.refresh(book, with_for_update=True)
    if db.session.scalar(select(exists().where(Entry.book_id == book.id))):
        raise WrongState("Sổ này đã có số nên không đặt lại số bắt đầu được.")
    book.last = first - 1
    audit.record(user.id, "register.begin", book, first=first)
    return book


def describe(user: User, entry: Entry, link: str) -> None:
    """Write into the register under which page of Meetly the document lies."""
    accounts.require(user, entry.book.unit_id, Role.SECRETARY)
    entry.link = link
    db.session.flush()


# -- what becomes of a number ----------------------------------------------------------------


def mark_issued(user: User, entry: Entry, page_count: int | None = None) -> None:
    """Say that the document of a number went out; WrongState unless it was only reserved."""
    accounts.require(user, entry.book.unit_id, Role.SECRETARY)
    _hold_reserved(entry)
    entry.status, entry.issued_at = EntryStatus.ISSUED, clock.now()
    entry.page_count = page_count
    audit.record(user.id, "register.issue", entry)


def cancel(user: User, entry: Entry, reason: str) -> None:
    """Give a number up; it stays in the book with the reason and is never used again."""
    accounts.require(user, entry.book.unit_id, *KEEPERS)
    if not reason.strip():
        raise BadInput("Hãy viết lý do hủy số.")
    _hold_reserved(entry)
    entry.status, entry.reason = EntryStatus.CANCELLED, reason.strip()[:LONGEST_REASON]
    entry.cancelled_at, entry.cancelled_by_id = clock.now(), user.id
    audit.record(user.id, "register.cancel", entry, reason=entry.reason)


def _hold_reserved(entry: Entry) -> None:
    db.session.refresh(entry, with_for_update={"of": Entry})
    if entry.status != EntryStatus.RESERVED:
        raise WrongState("Số này đã phát hành hoặc đã hủy nên không đổi được nữa.")


# -- reading ---------------------------------------------------------------------------------


def units_of(user: User) -> list[Unit]:
    """List the units whose register the person may read."""
    return accounts.units_as(user, *KEEPERS)


def unit_of(user: User, unit_id: int | None) -> Unit:
    """Return the unit asked for, the person's first when none is named; NotFound otherwise."""
    units = units_of(user)
    found = [unit for unit in units if unit_id in (None, unit.id)]
    if not found:
        raise NotFound()
    return found[0]


def get(user: User, entry_id: int) -> Entry:
    """Return an entry of a register the person may read."""
    entry = db.session.get(Entry, entry_id)
    if entry is None or entry.book.unit_id not in {unit.id for unit in units_of(user)}:
        raise NotFound()
    return entry


def get_by_hand(user: User, entry_id: int) -> Entry:
    """Return an entry whose document Meetly does not keep: its state is said by hand."""
    entry = get(user, entry_id)
    accounts.require(user, entry.book.unit_id, Role.SECRETARY)
    if entry.link.startswith("/documents/"):
        raise WrongState("Số này thuộc một văn bản trong Meetly; hãy làm ở trang của văn bản.")
    return entry


def listing(
    user: User, unit: Unit, *, document_type: DocumentType | None = None, year: int | None = None,
    before: int | None = None, limit: int | None = PAGE,
) -> list[Entry]:  # fmt: skip
    """List entries of a unit's register, newest first; `before` is the last id seen."""
    if unit.id not in {each.id for each in units_of(user)}:
        raise NotAllowed()
    query = select(Entry).join(Book, Book.id == Entry.book_id).where(Book.unit_id == unit.id)
    if document_type is not None:
        query = query.where(Book.document_type == document_type)
    if year is not None:
        query = query.where(Book.year == year)
    if before is not None:
        query = query.where(Entry.id < before)
    return list(db.session.scalars(query.order_by(Entry.id.desc()).limit(limit)))


def books(unit: Unit) -> list[Book]:
    """List the books of a unit, the newest year first."""
    query = select(Book).where(Book.unit_id == unit.id)
    return list(db.session.scalars(query.order_by(Book.year.desc(), Book.document_type)))


def last_of(unit_id: int, document_type: DocumentType, year: int) -> Entry | None:
    """Return the entry of the last number of a book that was not given up; none in an empty one."""
    query = (
        select(Entry)
        .join(Book, Book.id == Entry.book_id)
        .where(
            Book.unit_id == unit_id, Book.document_type == document_type, Book.year == year,
            Entry.status != EntryStatus.CANCELLED,
        )
        .order_by(Entry.number.desc())
    )  # fmt: skip
    return db.session.scalar(query.limit(1))


def doubts(unit_id: int, document_type: DocumentType, dated: date) -> list[str]:
    """Say what speaks against this date for the next number; nothing when it follows the book."""
    said = []
    last = last_of(unit_id, document_type, dated.year)
    if last is not None and last.dated > dated:
        said.append(
            _(
                "Số trước trong sổ, %(number)s, ghi ngày %(day)s, sau ngày này.",
                number=written(last),
                day=f"{last.dated:%d/%m/%Y}",
            )
        )
    if dated > clock.today():
        said.append(_("Ngày này còn ở phía trước."))
    return said


def written(entry: Entry) -> str:
    """Write number and notation as on the document: "05/TB-VP"."""
    return f"{entry.number:02d}/{entry.notation}"


def in_order(entries: Sequence[Entry]) -> list[Entry]:
    """Return entries as a register is read: by type, then number."""
    return sorted(entries, key=lambda each: (each.book.document_type, each.number))
