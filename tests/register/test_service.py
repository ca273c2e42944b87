"""Numbers are gapless and unique a unit, type and year, whatever happens at once."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from meetly import workbook
from meetly.accounts.models import User
from meetly.config import Config
from meetly.errors import BadInput, NotAllowed, NotFound, WrongState
from meetly.extensions import db
from meetly.register import columns, service
from meetly.register.models import DocumentType, Entry, EntryStatus
from tests.cast import Cast
from tests.register import rush

DAY = date(2026, 11, 25)


def reserved(cast: Cast, kind: DocumentType = DocumentType.NOTICE, day: date = DAY) -> Entry:
    return service.reserve(
        cast.nam, cast.office, kind, notation=f"{kind}-VP", dated=day, subject="Kết luận",
        signer="Trần Quốc Khải", recipients="UBND xã Nậm Hoa",
    )  # fmt: skip


def test_every_book_counts_for_itself_and_the_year_begins_anew(cast: Cast) -> None:
    numbers = [
        reserved(cast, kind, day).number
        for kind, day in (
            (DocumentType.NOTICE, date(2026, 12, 30)),
            (DocumentType.NOTICE, date(2026, 12, 31)),
            (DocumentType.MINUTES, date(2026, 12, 31)),
            (DocumentType.NOTICE, date(2027, 1, 1)),
            (DocumentType.NOTICE, date(2026, 12, 31)),
        )
    ]
    assert numbers == [1, 2, 1, 1, 3]
    elsewhere = service.reserve(
        cast.la, cast.other_province, DocumentType.NOTICE, notation="TB-UBND", dated=DAY, subject=""
    )
    assert elsewhere.number == 1


def test_a_rollback_gives_the_number_back(cast: Cast) -> None:
    reserved(cast)
    db.session.commit()
    assert reserved(cast).number == 2
    db.session.rollback()
    assert reserved(cast).number == 2


def test_a_cancelled_number_stays_with_its_reason_and_is_never_used_again(cast: Cast) -> None:
    entry = reserved(cast)
    with pytest.raises(BadInput):
        service.cancel(cast.nam, entry, "")
    service.cancel(cast.nam, entry, "Trùng nội dung")
    assert reserved(cast).number == 2
    with pytest.raises(WrongState):
        service.cancel(cast.nam, entry, "Nữa")
    with pytest.raises(WrongState):
        service.mark_issued(cast.nam, entry)
    [_, kept] = service.listing(cast.nam, cast.office)
    assert (kept.status, kept.reason) == (EntryStatus.CANCELLED, "Trùng nội dung")
    assert columns.cells(kept)[9] == "Đã hủy: Trùng nội dung"


def test_a_book_goes_on_from_the_paper_one_while_it_is_empty(cast: Cast) -> None:
    service.begin_at(cast.nam, cast.office, DocumentType.NOTICE, 2026, 148)
    service.begin_at(cast.nam, cast.office, DocumentType.NOTICE, 2026, 214)
    assert reserved(cast).number == 214
    with pytest.raises(WrongState):
        service.begin_at(cast.nam, cast.office, DocumentType.NOTICE, 2026, 300)
    with pytest.raises(BadInput):
        service.begin_at(cast.nam, cast.office, DocumentType.NOTICE, 2025, 0)
    assert reserved(cast).number == 215


def test_only_the_secretary_takes_numbers_and_only_the_unit_reads(cast: Cast) -> None:
    for other in (cast.khai, cast.long, cast.quan, cast.la):
        with pytest.raises(NotAllowed):
            service.reserve(
                other, cast.office, DocumentType.NOTICE, notation="", dated=DAY, subject=""
            )
    entry = reserved(cast)
    assert service.listing(cast.khai, cast.office) == [entry]
    for other in (cast.long, cast.quan, cast.la, cast.hoa):
        with pytest.raises(NotAllowed):
            service.listing(other, cast.office)
        with pytest.raises(NotFound):
            service.get(other, entry.id)


def test_pages_follow_each_other_by_key_without_loss(cast: Cast) -> None:
    made = [reserved(cast).id for _ in range(7)]
    seen: list[int] = []
    before = None
    while page := service.listing(cast.nam, cast.office, before=before, limit=3):
        seen += [entry.id for entry in page]
        before = page[-1].id
    assert seen == made[::-1]


def test_no_cell_of_the_spreadsheet_is_a_formula(cast: Cast) -> None:
    entry = reserved(cast)
    entry.subject, entry.signer = '=HYPERLINK("http://evil.example")', "+84 912"
    entry.recipients = "@SUM(A1)"
    file = workbook.xlsx("Sổ", [str(c) for c in columns.COLUMNS], [columns.cells(entry)])
    sheet = load_workbook(io.BytesIO(file)).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert len(cells) == 20 and not any(cell.data_type == "f" for cell in cells)
    texts = [str(cell.value) for cell in cells if cell.value]
    assert not any(text.startswith(("=", "+", "-", "@")) for text in texts)
    assert "'+84 912" in texts


def test_what_a_cell_begins_with_matters_even_after_a_tab() -> None:
    for text in ("=1", "+1", "-1", "@a", "\t=1", "\r=1"):
        assert not workbook.neutral(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert workbook.neutral("01/TB-VP") == "01/TB-VP"


# -- many at once ----------------------------------------------------------------------------


def test_processes_that_issue_at_once_leave_no_gap_and_no_duplicate(
    database_url: str, config: Config
) -> None:
    result = rush.run(rush.settled(config, database_url), processes=4, each=25, seed=7)
    assert result.numbers > 60 and (result.gaps, result.duplicates) == (0, 0)


def test_the_counter_catches_the_naive_maximum_plus_one(config: Config) -> None:
    house = rush.settled(config, config.database_url)
    result = rush.run(house, processes=4, each=25, seed=7, naive=True)
    assert result.duplicates + result.gaps > 0


def test_threads_that_reserve_at_once_count_up(app: Flask, cast: Cast) -> None:
    nam, office, numbers = cast.nam.id, cast.office, list[int]()
    db.session.remove()

    def work() -> None:
        with app.app_context():
            user = db.session.get_one(User, nam)
            for _ in range(5):
                entry = service.reserve(
                    user, office, DocumentType.NOTICE, notation="TB-VP", dated=DAY, subject="x"
                )
                db.session.commit()
                numbers.append(entry.number)
            db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == list(range(1, 21))


# -- pages -----------------------------------------------------------------------------------


def test_the_pages_show_print_and_export_the_book(
    cast: Cast, sign_in: Callable[[User], FlaskClient]
) -> None:
    entry = reserved(cast, day=date(2026, 3, 1))
    nam = sign_in(cast.nam)
    for page in ("/register", "/register/book"):
        text = nam.get(f"{page}?year=2026&type=TB").text
        assert "01/TB-VP" in text and "Kết luận" in text
        assert "01/TB-VP" not in nam.get(f"{page}?year=2025").text
    answer = nam.get("/register/book.xlsx?year=2026")
    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None and sheet["A2"].value == "01/TB-VP"
    assert nam.post(f"/register/{entry.id}/issue").status_code == 302
    assert db.session.get_one(Entry, entry.id).status == EntryStatus.ISSUED
    assert nam.post("/register/begin", data={"document_type": "BB"}).status_code == 422
    nam.post("/register/begin", data={"document_type": "BB", "year": "2026", "first": "31"})
    assert reserved(cast, DocumentType.MINUTES).number == 31


def test_what_a_document_holds_is_not_changed_by_hand(
    cast: Cast, sign_in: Callable[[User], FlaskClient]
) -> None:
    entry = reserved(cast)
    service.describe(cast.nam, entry, "/documents/1")
    answer = sign_in(cast.nam).post(f"/register/{entry.id}/cancel", data={"reason": "Không"})
    assert answer.status_code == 409
    assert db.session.scalars(select(Entry)).one().status == EntryStatus.RESERVED
