"""While a head is away one leader signs in their place, and every paper says in whose."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from meetly import clock
from meetly.accounts import delegations, issuing
from meetly.accounts import service as accounts
from meetly.accounts.models import Delegation, Role, SigningOrder, Unit, User
from meetly.errors import BadInput, MeetlyError, NotFound
from meetly.extensions import db
from meetly.meetings.papers import service as letters
from meetly.minutes import service as minutes_service
from meetly.minutes.gathering import facts_of, signer_of
from meetly.notices.models import Notice
from tests.cast import PASSWORD, Cast, recall
from tests.document_text import find, read
from tests.minutes import briefing

SignIn = Callable[[User], FlaskClient]
TODAY = date(2026, 11, 26)


@pytest.fixture(autouse=True)
def thursday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture
def head(cast: Cast) -> User:
    return leader(cast, "hoa.cvp", "Lê Thị Minh Hòa", "Chánh Văn phòng UBND tỉnh")


@pytest.fixture
def deputy(cast: Cast, head: User) -> User:
    return leader(cast, "son", "Nguyễn Thanh Sơn", "Phó Chánh Văn phòng UBND tỉnh")


def leader(cast: Cast, login: str, name: str, position: str) -> User:
    user = accounts.add_user(
        None, login=login, name=name, password=PASSWORD, email="", position=position
    )
    accounts.give_role(None, user, cast.office, Role.LEADER)
    db.session.commit()
    return user


def grant(
    user: User, unit: Unit, deputy: User, first: int = 0, last: int | None = 3,
    order: SigningOrder = SigningOrder.FOR, post: str = "Chánh Văn phòng",
) -> Delegation:  # fmt: skip
    made = delegations.grant(
        user, unit, order=order, post=post, deputy_id=deputy.id,
        starts_on=TODAY + timedelta(days=first),
        ends_on=None if last is None else TODAY + timedelta(days=last),
    )  # fmt: skip
    db.session.commit()
    return made


def signer(unit: Unit, days: int) -> tuple[str, str]:
    found = issuing.signer_on(unit, issuing.issuer(unit), TODAY + timedelta(days=days))
    return found.name, found.position


# -- who signs ---------------------------------------------------------------------------------


def test_the_lines_follow_the_day(cast: Cast, head: User, deputy: User) -> None:
    grant(cast.nam, cast.office, deputy, first=1, last=3)
    stands_in = ("Nguyễn Thanh Sơn", "KT. CHÁNH VĂN PHÒNG\nPHÓ CHÁNH VĂN PHÒNG")
    on_their_own = ("Lê Thị Minh Hòa", "Chánh Văn phòng")
    assert [signer(cast.office, day) for day in range(5)] == [
        on_their_own, stands_in, stands_in, stands_in, on_their_own,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("order", "post", "position", "lines"),
    [
        (SigningOrder.FOR, "Chánh Văn phòng", "Phó Chánh Văn phòng UBND tỉnh",
         ["KT. CHÁNH VĂN PHÒNG", "PHÓ CHÁNH VĂN PHÒNG"]),
        (SigningOrder.BY_ORDER, "Chủ tịch", "Chánh Văn phòng UBND tỉnh",
         ["TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"]),
        (SigningOrder.AUTHORISED, "Giám đốc", "Trưởng phòng Tổng hợp, Sở Tài chính",
         ["TUQ. GIÁM ĐỐC", "TRƯỞNG PHÒNG TỔNG HỢP"]),
        (SigningOrder.ACTING, "Chánh Văn phòng", "Phó Chánh Văn phòng",
         ["Q. CHÁNH VĂN PHÒNG"]),
        (SigningOrder.FOR, "Chủ tịch", "Phó Chủ tịch UBND xã Nậm Hoa",
         ["KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]),
        (SigningOrder.FOR, "Chánh Văn phòng", "", ["KT. CHÁNH VĂN PHÒNG"]),
    ],
)  # fmt: skip
def test_the_words_above_the_name(
    cast: Cast, deputy: User, order: SigningOrder, post: str, position: str, lines: list[str]
) -> None:
    deputy.position = position
    assert delegations.above_name(grant(cast.nam, cast.office, deputy, 0, 1, order, post)) == lines


def test_ended_it_no_longer_counts_and_one_to_come_never_does(
    cast: Cast, head: User, deputy: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    evening = clock.from_local(datetime(2026, 11, 26, 22))
    monkeypatch.setattr(clock, "now", lambda: evening)
    delegations.end(cast.nam, grant(cast.nam, cast.office, deputy, 0, None))
    assert signer(cast.office, 0)[0] == signer(cast.office, 9)[0] == head.name
    grant(cast.nam, cast.office, deputy, 0, 1)  # the days are free again
    delegations.end(cast.nam, grant(cast.nam, cast.office, deputy, 5, 9))
    assert signer(cast.office, 6)[0] == head.name


@pytest.mark.parametrize("leaves", ["account", "role"])
def test_who_left_no_longer_stands_in(cast: Cast, head: User, deputy: User, leaves: str) -> None:
    grant(cast.nam, cast.office, deputy)
    if leaves == "account":
        deputy.active = False
    else:
        db.session.delete(db.session.get_one(type(deputy.memberships[0]), deputy.memberships[0].id))
    db.session.commit()
    db.session.expire_all()
    assert signer(cast.office, 0)[0] == head.name


# -- never two ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "free"),
    [(0, 1, True), (0, 2, False), (2, 3, False), (3, 3, False), (4, None, False), (5, 9, False),
     (6, 9, True), (6, None, True), (0, None, False)],
)  # fmt: skip
def test_days_that_are_taken_are_refused(
    cast: Cast, head: User, deputy: User, first: int, last: int | None, free: bool
) -> None:
    grant(cast.nam, cast.office, deputy, 2, 5)
    if free:
        grant(cast.nam, cast.office, cast.khai, first, last)
        return
    with pytest.raises(BadInput, match="Mỗi ngày chỉ một người ký"):
        grant(cast.nam, cast.office, cast.khai, first, last)


def test_an_open_end_takes_every_later_day_and_another_units_days_are_its_own(
    cast: Cast, deputy: User
) -> None:
    grant(cast.nam, cast.office, deputy, 2, None)
    with pytest.raises(BadInput):
        grant(cast.nam, cast.office, cast.khai, 900, 901)
    grant(cast.long, cast.finance, cast.long, 2, None, post="Giám đốc")


def at_once(app: Flask, count: int) -> list[str]:
    """Let people delegate the same days at the same moment; return what became of each."""
    ready, said = threading.Barrier(count), []

    def run(number: int) -> None:
        with app.app_context():
            ready.wait(30)  # before the first look: on SQLite that begins to write
            try:
                cast = recall()
                grant(cast.nam, cast.office, cast.khai, number % 2, 3)
                said.append("granted")
            except BadInput:
                said.append("refused")
            finally:
                db.session.rollback()
                db.session.remove()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def test_two_at_once_are_never_two_heads(app: Flask, cast: Cast) -> None:
    db.session.commit()
    assert sorted(at_once(app, 6)) == ["granted"] + ["refused"] * 5
    assert len(db.session.scalars(select(Delegation)).all()) == 1


def test_planted_without_the_look_at_the_days_there_are_many_heads(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.session.commit()
    monkeypatch.setattr(delegations, "_require_free", lambda *_days: None)
    assert at_once(app, 3).count("granted") == 3


def test_only_leaders_of_the_unit_stand_in_and_never_in_the_past(cast: Cast, deputy: User) -> None:
    for person, words in ((cast.long, "phải là lãnh đạo"), (cast.nam, "phải là lãnh đạo")):
        with pytest.raises(BadInput, match=words):
            grant(cast.nam, cast.office, person)
    with pytest.raises(BadInput, match="trước hôm nay"):
        grant(cast.nam, cast.office, deputy, -1, 3)
    with pytest.raises(BadInput, match="từ ngày bắt đầu"):
        grant(cast.nam, cast.office, deputy, 3, 2)
    with pytest.raises(BadInput, match="chức vụ"):
        grant(cast.nam, cast.office, deputy, post=" ")


def test_who_may_say_so(cast: Cast, deputy: User) -> None:
    made = grant(cast.quan, cast.office, deputy, 1, 1)
    for stranger in (cast.long, cast.hoa, cast.la):
        with pytest.raises(MeetlyError):
            grant(stranger, cast.office, deputy, 5, 5)
        with pytest.raises(NotFound):
            delegations.get(stranger, made.id)
    assert delegations.get(cast.khai, made.id) is made


# -- what follows from it ----------------------------------------------------------------------


def test_documents_letters_and_the_approval_say_in_whose_place(
    cast: Cast, head: User, deputy: User
) -> None:
    minutes = briefing.drafted(cast)
    grant(cast.nam, cast.office, deputy)
    version = minutes_service.submit(cast.nam, minutes, minutes.version)
    [signs] = [facts_of(minutes.meeting).signer]
    assert (signs.name, signs.position.split("\n")[0]) == (deputy.name, "KT. CHÁNH VĂN PHÒNG")
    assert signer_of(minutes.meeting, TODAY + timedelta(days=9)).name == head.name
    notice = read(minutes_service.document(deputy, minutes, "notice")[0])
    assert find(notice, "KT. CHÁNH VĂN PHÒNG") and find(notice, deputy.name)
    letter = letters.letter_of(cast.nam, minutes.meeting)
    published = minutes.meeting.published_at
    assert published is not None
    is_away = clock.local(published).date() >= TODAY
    assert (letter.signer == deputy.name) == is_away
    hashes = (version.minutes_sha256, version.notice_sha256)
    approval = minutes_service.approve(deputy, minutes, version.number, *hashes)
    assert approval.capacity == "KT. CHÁNH VĂN PHÒNG"


def test_the_head_who_approves_does_so_in_their_own_place(
    cast: Cast, head: User, deputy: User
) -> None:
    minutes = briefing.drafted(cast)
    grant(cast.nam, cast.office, deputy)
    version = minutes_service.submit(cast.nam, minutes, minutes.version)
    hashes = (version.minutes_sha256, version.notice_sha256)
    assert minutes_service.approve(head, minutes, version.number, *hashes).capacity == ""


def test_who_stands_in_is_told_once_and_reads_in_whose_place(
    cast: Cast, head: User, deputy: User
) -> None:
    minutes = briefing.drafted(cast)
    grant(cast.nam, cast.office, deputy)
    minutes_service.submit(cast.nam, minutes, minutes.version)
    query = select(Notice.user_id, Notice.body).where(Notice.key.like("%:submitted:%"))
    told = {row.user_id: row.body for row in db.session.execute(query)}
    assert set(told) == {cast.khai.id, head.id, deputy.id}
    assert "KT. CHÁNH VĂN PHÒNG" in told[deputy.id]
    assert "KT." not in told[head.id] + told[cast.khai.id]


# -- the page ----------------------------------------------------------------------------------


@pytest.fixture
def page_form(cast: Cast, deputy: User) -> Iterator[dict[str, object]]:
    yield {
        "unit": cast.office.id, "deputy": deputy.id, "order": "KT.", "post": "Chánh Văn phòng",
        "starts_on": TODAY.isoformat(), "ends_on": "2026-11-28", "grounds": "Giấy 02/GUQ-VP",
    }  # fmt: skip


def test_the_page_grants_shows_and_ends(
    cast: Cast, page_form: dict[str, object], sign_in: SignIn
) -> None:
    browser = sign_in(cast.khai)
    assert browser.post("/delegations", data=page_form).status_code == 302
    page = browser.get("/delegations").text
    assert "KT. CHÁNH VĂN PHÒNG / PHÓ CHÁNH VĂN PHÒNG" in page and "Đang ký thay" in page
    again = browser.post("/delegations", data=page_form)
    assert again.status_code == 422 and "Mỗi ngày chỉ một người ký" in again.text
    made = db.session.scalars(select(Delegation)).one()
    assert sign_in(cast.long).post(f"/delegations/{made.id}/end").status_code == 404
    assert "Giấy 02/GUQ-VP" not in sign_in(cast.long).get("/delegations").text
    assert browser.post(f"/delegations/{made.id}/end").status_code == 302
    assert "Đã kết thúc" in browser.get("/delegations").text
