"""Verbs of importing: read a notice or a spreadsheet, put its lines right, throw it away.

Taking over, which opens directions and tasks, stands in `taking`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.engine import CursorResult

from meetly import audit, clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, Unit, User
from meetly.errors import BadInput, NotFound, Stale, WrongState
from meetly.extensions import db
from meetly.meetings.models import Meeting
from meetly.tasks.importing import columns as sheet_columns
from meetly.tasks.importing import judging, notice_text, showing, when
from meetly.tasks.importing.columns import Columns
from meetly.tasks.importing.models import ImportKind, ImportStatus, TaskImport
from meetly.tasks.importing.names import Names
from meetly.tasks.importing.rows import (
    LONGEST_NAME,
    LONGEST_PRODUCT,
    LONGEST_TEXT,
    MOST_NAMES,
    MOST_ROWS,
    Progressed,
    Row,
    from_json,
    to_json,
)

KEEPERS = (Role.SECRETARY, Role.LEADER)
PAGE = 50
#: bytes of pasted words
LONGEST_PASTED = 300_000


@dataclass(frozen=True)
class Heading:
    """What a person says of the whole: the document, its day, the meeting it concludes."""

    source: str = ""
    given_on: date | None = None
    meeting_id: int | None = None


@dataclass(frozen=True)
class Change:
    """One line as a person left it; the words of days are read here."""

    text: str
    lead: tuple[str, ...]
    coordinate: tuple[str, ...]
    due: str
    product: str
    take: bool
    is_done: bool = False
    done_on: str = ""
    #: none where the page does not ask
    given_on: str | None = None


# -- reading a file --------------------------------------------------------------------------


def begin_notice(
    user: User, unit: Unit, heading: Heading, *, document: bytes = b"", filename: str = "",
    pasted: str = "",
) -> TaskImport:  # fmt: skip
    """Read the directions of an issued notice, from its .docx or its pasted words.

    BadInput when it cannot be read or nobody says of which day it is.
    """
    accounts.require(user, unit.id, *KEEPERS)
    if document:
        paragraphs = judging.paragraphs(document)
    else:
        paragraphs = notice_text.lines_of(pasted[:LONGEST_PASTED])
    notice = notice_text.read(paragraphs)
    if not notice.text.strip():
        raise BadInput("Văn bản không có chữ nào. Nếu là bản chụp, hãy dán nội dung vào ô.")
    given_on = heading.given_on or notice.given_on
    if given_on is None:
        raise BadInput("Không thấy ngày của văn bản. Hãy nhập ngày rồi gửi lại.")
    names = names_for(unit)
    found = [
        replace(row, lead=names.settled(row.lead), coordinate=names.settled(row.coordinate))
        for row in notice_text.rows(notice, given_on, names.directory)
    ]
    raw = document or pasted.encode()
    return _begin(
        user, unit, ImportKind.NOTICE, raw, found, filename=filename, names=names,
        source=heading.source or notice.source, given_on=given_on,
        meeting_id=_meeting_id(unit, heading.meeting_id),
    )  # fmt: skip


def begin_sheet(
    user: User, unit: Unit, heading: Heading, *, document: bytes, filename: str
) -> TaskImport:
    """Read the lines of a spreadsheet; days count from `given_on` where a line has no day."""
    accounts.require(user, unit.id, *KEEPERS)
    sheet = judging.sheet(document)
    given_on = heading.given_on or clock.today()
    found = sheet_columns.find(sheet.lines)
    names = names_for(unit)
    rows = _lines_read(sheet.lines, found, given_on, names) if found.is_clear else []
    return _begin(
        user, unit, ImportKind.SHEET, document, rows, filename=filename, names=names,
        source=heading.source, given_on=given_on, meeting_id=None, lines=sheet.lines,
        columns={"header": found.header, "fields": found.fields},
    )  # fmt: skip


def _begin(
    user: User, unit: Unit, kind: ImportKind, raw: bytes, rows: list[Row], *,
    names: Names, filename: str, **values: object,
) -> TaskImport:  # fmt: skip
    begun = TaskImport(
        unit_id=unit.id, kind=kind, status=ImportStatus.READ, filename=_clean(filename),
        sha256=hashlib.sha256(raw).hexdigest(), created_by_id=user.id, created_at=clock.now(),
        rows=[], **values,
    )  # fmt: skip
    same = _same(begun)
    if same is not None:  # the same file once more: pressed twice, or sent again
        return same
    begun.unit = unit
    with db.session.no_autoflush:
        doubles = showing.doubles(begun, rows, names)
    begun.rows = to_json(replace(r, take=r.take and r.key not in doubles) for r in rows)
    db.session.add(begun)
    db.session.flush()
    audit.record(user.id, "tasks.read_import", begun, rows=len(rows), sha256=begun.sha256)
    return begun


def _same(begun: TaskImport) -> TaskImport | None:
    query = select(TaskImport).where(
        TaskImport.unit_id == begun.unit_id, TaskImport.sha256 == begun.sha256,
        TaskImport.kind == begun.kind, TaskImport.status == ImportStatus.READ,
        TaskImport.given_on == begun.given_on,
    )  # fmt: skip
    return db.session.scalar(query.order_by(TaskImport.id.desc()).limit(1))


def name_columns(
    user: User, found: TaskImport, version: int, header: int, fields: Mapping[str, int]
) -> None:
    """Read a spreadsheet anew with its columns named by a person; corrections are made anew."""
    _hold_open(user, found, version)
    if _is_begun(found):
        raise WrongState("Đã nhận một phần nên không chọn lại cột được.")
    lines = found.lines
    if not 0 <= header < max(1, min(len(lines), sheet_columns.HEADER_WITHIN + 1)):
        raise BadInput("Không có dòng tiêu đề này.")
    width = max((len(line) for line in lines), default=0)
    known = {f: at for f, at in fields.items() if f in sheet_columns.FIELDS and 0 <= at < width}
    if "text" not in known:
        raise BadInput("Hãy chọn cột chứa nội dung nhiệm vụ.")
    if len(set(known.values())) != len(known):
        raise BadInput("Mỗi cột chỉ chọn cho một mục.")
    names = names_for(found.unit)
    rows = _lines_read(lines, Columns(header, known), found.given_on, names)
    doubles = showing.doubles(found, rows, names)
    found.rows = to_json(replace(r, take=r.take and r.key not in doubles) for r in rows)
    found.columns = {"header": header, "fields": known}
    audit.record(user.id, "tasks.name_import_columns", found, rows=len(rows))


def _lines_read(
    lines: Sequence[Sequence[str]], columns: Columns, given_on: date, names: Names
) -> list[Row]:
    rows = sheet_columns.rows(lines, columns, given_on)
    if len(rows) > MOST_ROWS:
        raise BadInput("Bảng tính có hơn %(most)s dòng; hãy chia thành nhiều tệp.", most=MOST_ROWS)
    return [
        replace(row, lead=names.settled(row.lead), coordinate=names.settled(row.coordinate))
        for row in rows
    ]


# -- finding ---------------------------------------------------------------------------------


def get(user: User, import_id: int) -> TaskImport:
    """Return an import of a unit the person keeps; NotFound otherwise."""
    found = db.session.get(TaskImport, import_id)
    if found is None or not accounts.roles_in(user, found.unit_id) & set(KEEPERS):
        raise NotFound()
    return found


def listing(user: User, limit: int = PAGE) -> list[TaskImport]:
    """List the imports of the person's units, newest first."""
    units = [unit.id for unit in keeping(user)]
    query = select(TaskImport).where(TaskImport.unit_id.in_(units))
    return list(db.session.scalars(query.order_by(TaskImport.id.desc()).limit(limit)))


def keeping(user: User) -> list[Unit]:
    """List the units whose orders the person may take over."""
    return accounts.units_as(user, *KEEPERS)


def meetings_of(units: Sequence[Unit], limit: int = 50) -> list[Meeting]:
    """List the meetings that began already, which a notice may conclude, newest first."""
    query = select(Meeting).where(
        Meeting.unit_id.in_([unit.id for unit in units]), Meeting.starts_at <= clock.now()
    )
    return list(db.session.scalars(query.order_by(Meeting.starts_at.desc()).limit(limit)))


def names_for(unit: Unit) -> Names:
    """Return the units of the giver's tree by all their names."""
    root = "/".join(unit.path.split("/")[:2]) + "/"
    units = [u for u in accounts.units(on=False) if u.path.startswith(root)]
    living = [u for u in units if u.exists_on(clock.today())]
    return Names(living, [u for u in units if not u.exists_on(clock.today())])


def _meeting_id(unit: Unit, meeting_id: int | None) -> int | None:
    if meeting_id is None:
        return None
    meeting = db.session.get(Meeting, meeting_id)
    if meeting is None or meeting.unit_id != unit.id:
        raise BadInput("Không có cuộc họp này.")
    return meeting.id


# -- putting right ---------------------------------------------------------------------------


def save(
    user: User, found: TaskImport, version: int, heading: Heading, changes: Mapping[str, Change]
) -> None:
    """Keep the heading and some lines as a person left them; Stale when somebody was faster."""
    _hold_open(user, found, version)
    if heading.given_on is None:
        raise BadInput("Hãy nhập ngày của văn bản.")
    found.meeting_id = _meeting_id(found.unit, heading.meeting_id)
    found.source, found.given_on = heading.source.strip()[:300], heading.given_on
    names = names_for(found.unit)
    rows = from_json(found.rows)
    found.rows = to_json(
        _changed(row, changes[row.key], heading.given_on, names)
        if row.key in changes and row.direction_id is None
        else row
        for row in rows
    )
    audit.record(user.id, "tasks.correct_import", found, rows=len(changes))


def add_row(user: User, found: TaskImport) -> Row:
    """Add an empty line at the end; the caller has just saved, so that nothing typed is lost."""
    _hold_open(user, found, found.version)
    if len(found.rows) >= MOST_ROWS:
        raise BadInput("Đã đủ %(most)s dòng; hãy chia thành nhiều lần.", most=MOST_ROWS)
    row = Row(f"a{found.version}")
    found.rows = [*found.rows, *to_json([row])]
    return row


def choose(user: User, found: TaskImport, version: int, *, done: bool) -> int:
    """Choose all lines that can be taken over; what is done already only when asked for."""
    _hold_open(user, found, version)
    rows = from_json(found.rows)
    ready = {row.key for row in rows if not showing.is_blocked(found, row)}
    doubles = showing.doubles(found, rows, names_for(found.unit))
    chosen = [
        replace(
            row,
            take=row.direction_id is not None
            or (row.key in ready - doubles and (done or row.progressed != Progressed.DONE)),
        )
        for row in rows
    ]
    found.rows = to_json(chosen)
    return sum(row.take for row in chosen)


def rename(user: User, found: TaskImport, old: str, new: str) -> int:
    """Put one unit's name right in every line; returns how many lines named it."""
    _hold_open(user, found, found.version)
    names = names_for(found.unit)
    if not names.is_known(new):
        raise BadInput("Không có đơn vị này trong danh bạ.")
    changed = 0
    rows = []
    for row in from_json(found.rows):
        if row.direction_id is not None:
            rows.append(row)
            continue
        both = [tuple(new if n == old else n for n in part) for part in (row.lead, row.coordinate)]
        changed += both != [row.lead, row.coordinate]
        rows.append(replace(row, lead=names.settled(both[0]), coordinate=names.settled(both[1])))
    found.rows = to_json(rows)
    return changed


def discard(user: User, found: TaskImport, version: int) -> None:
    """Throw away what was read and not opened."""
    _hold_open(user, found, version)
    # what was opened in part stays opened; only the rest is thrown away
    found.status = ImportStatus.TAKEN if _is_begun(found) else ImportStatus.DISCARDED
    audit.record(user.id, "tasks.discard_import", found)


def _is_begun(found: TaskImport) -> bool:
    return any(row["direction_id"] is not None for row in found.rows)


def _changed(row: Row, change: Change, given_on: date, names: Names) -> Row:
    given, unread = row.given_on, dict(row.unread_days)
    if change.given_on is not None:
        given = _day("given_on", change.given_on, unread)
    done_on = _day("done_on", change.done_on, unread) if change.is_done else None
    if not change.is_done:
        unread.pop("done_on", None)
    deadline = when.Deadline(row.due, row.recurring, row.unread)
    if change.due.strip() != due_words(row):
        deadline = when.deadline(change.due, given or given_on)
    progressed = Progressed.DONE if change.is_done else row.progressed
    if not change.is_done and row.progressed == Progressed.DONE:
        progressed = Progressed.OPEN
    return replace(
        row, text=" ".join(change.text.split())[:LONGEST_TEXT], take=change.take,
        lead=_names(change.lead, names), coordinate=_names(change.coordinate, names),
        due=deadline.due, recurring=deadline.recurring[:LONGEST_NAME], unread=deadline.unread,
        product=change.product.strip()[:LONGEST_PRODUCT], given_on=given, done_on=done_on,
        progressed=progressed, unread_days=tuple(unread.items()),
    )  # fmt: skip


def _day(field: str, words: str, unread: dict[str, str]) -> date | None:
    """Read a day; what is none is kept as it was typed."""
    unread.pop(field, None)
    found = when.day(words)
    if found is None and words.strip():
        unread[field] = words.strip()[:100]
    return found


def due_words(row: Row) -> str:
    """Say a deadline the way it is typed."""
    if row.unread:
        return row.unread
    day = f"{row.due:%d/%m/%Y}" if row.due else ""
    if row.recurring and day and when.day(row.recurring) == row.due:
        return row.recurring
    return ", ".join(words for words in (row.recurring, day) if words)


def _names(given: Sequence[str], names: Names) -> tuple[str, ...]:
    return names.settled(name[:LONGEST_NAME] for name in given[:MOST_NAMES])


def _clean(filename: str) -> str:
    plain = "".join(c for c in filename.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable())
    return plain.strip()[:255]


def _hold_open(user: User, found: TaskImport, version: int) -> None:
    """Take the next version of an import that is still looked through, in one UPDATE."""
    accounts.require(user, found.unit_id, *KEEPERS)
    claim(found, version, ImportStatus.READ)


def claim(found: TaskImport, version: int, status: ImportStatus) -> None:
    """Step from READ to a status if this is still the version that was seen.

    WrongState when it was taken over or thrown away, Stale when somebody changed it.
    """
    statement = (
        update(TaskImport)
        .where(
            TaskImport.id == found.id, TaskImport.version == version,
            TaskImport.status == ImportStatus.READ,
        )
        .values(version=version + 1, status=status)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    result = db.session.execute(statement)
    assert isinstance(result, CursorResult)
    db.session.refresh(found)
    if result.rowcount == 1:
        return
    if found.status != ImportStatus.READ:
        raise WrongState("Lần nhập này đã được nhận hoặc đã bỏ; hãy tải lại trang.")
    raise Stale()
