"""A leader reads the printed pages, remarks on a paragraph and approves exactly those bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from meetly.accounts.models import User
from meetly.directions import service as directions
from meetly.extensions import db
from meetly.minutes import difference, service
from meetly.minutes.blocks import BlockKind
from meetly.minutes.models import Approval, Minutes, MinutesStatus
from meetly.minutes.printing import reading
from meetly.minutes.printing import service as printing
from meetly.minutes.printing.models import PrintStatus
from meetly.notices.models import Notice
from tests.cast import Cast
from tests.minutes import briefing
from tests.minutes.printing.submitted import print_both, submitted

SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def minutes(cast: Cast) -> Minutes:
    return submitted(cast)


def at(minutes: Minutes) -> str:
    return f"/minutes/{minutes.id}/read"


def form_of(page: str, action: str) -> dict[str, str]:
    """Return the hidden fields of the form that goes to an address."""
    found = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page, re.DOTALL)
    assert found, f"no form to {action}"
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', found[0])
    return dict(fields)


def approve_as_shown(browser: FlaskClient, minutes: Minutes, page: str) -> int:
    where = f"/minutes/{minutes.id}/approve"
    return browser.post(where, data=form_of(page, where)).status_code


def seen(browser: FlaskClient, urls: Sequence[str]) -> list[int]:
    """Ask for files and return the status of each answer."""
    found = []
    for url in urls:
        with browser.get(url) as answer:
            found.append(answer.status_code)
    return found


def edited(cast: Cast, minutes: Minutes, text: str) -> None:
    block = next(b for b in service.blocks_of(minutes) if b.kind is BlockKind.REPORT)
    service.edit_block(cast.nam, minutes, minutes.version, block.id, text)
    db.session.commit()


# -- what is asked for, and shown --------------------------------------------------------------


def test_submitting_asks_for_both_prints_and_leads_to_the_reading_page(
    minutes: Minutes, cast: Cast
) -> None:
    version = service.version_of(minutes)
    for sha256 in (version.minutes_sha256, version.notice_sha256):
        found = printing.of(sha256)
        assert found is not None and found.status == PrintStatus.WAITING
    query = select(Notice.link).where(Notice.user_id == cast.khai.id)
    assert at(minutes) in db.session.scalars(query).all()


def test_the_leader_sees_the_pages_of_the_bytes_that_are_approved(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    version = service.version_of(minutes)
    print_both(minutes)
    browser = sign_in(cast.khai)
    page = browser.get(at(minutes)).text
    pictures = re.findall(r'<img src="([^"]+/read/[^"]+)"', page)
    for sha256 in (version.minutes_sha256, version.notice_sha256):
        assert [p for p in pictures if f"/{sha256}/" in p] and f"{sha256[:8]}…" in page
    for picture in pictures:
        with browser.get(picture) as answer:
            assert (answer.status_code, answer.mimetype) == (200, "image/png")
    shown = form_of(page, f"/minutes/{minutes.id}/approve")
    assert (shown["version"], shown["minutes_sha256"], shown["notice_sha256"]) == (
        str(version.number), version.minutes_sha256, version.notice_sha256,
    )  # fmt: skip
    assert page.count('loading="lazy"') == len(pictures) - 1
    assert "Chữ của trang này" in page and "Máy chủ chưa có LibreOffice" not in page
    with browser.get(f"{at(minutes)}/{version.notice_sha256}.pdf") as pdf:
        assert pdf.data.startswith(b"%PDF") and pdf.mimetype == "application/pdf"
    assert approve_as_shown(browser, minutes, page) == 302
    approval = db.session.scalars(select(Approval)).one()
    assert approval.minutes_sha256 == version.minutes_sha256


def test_paragraphs_stand_under_their_page_and_a_remark_comes_back_there(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    print_both(minutes)
    found = reading.reading_of(cast.khai, minutes)
    assert found is not None
    whole, notice = found.papers
    assert whole.pages[0].paragraphs
    kinds = {p.block.kind for page in notice.pages for p in page.paragraphs}
    assert kinds <= {BlockKind.ASSESSMENT, BlockKind.DIRECTION} and kinds
    block = whole.pages[0].paragraphs[0].block
    browser = sign_in(cast.khai)
    page = browser.get(at(minutes)).text
    answer = browser.post(
        f"/minutes/{minutes.id}/remarks",
        data={"version": minutes.version, "block_id": block.id, "back": f"minutes-{block.id}",
              "text": "Số này chưa đúng."},
    )  # fmt: skip
    assert answer.location.endswith(f"{at(minutes)}#minutes-{block.id}")
    assert f'id="minutes-{block.id}"' in page
    assert "Số này chưa đúng." in browser.get(at(minutes)).text


@pytest.mark.parametrize(
    ("there", "failed", "words"),
    [
        (True, False, "Trang in đang được chuẩn bị"),
        (False, False, "Máy chủ chưa có LibreOffice"),
        (True, True, "Không in được văn bản này"),
    ],
)
def test_without_a_print_the_page_says_so_and_shows_the_words(
    minutes: Minutes, cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch,
    there: bool, failed: bool, words: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(printing, "available", lambda: there)
    if failed:
        for asked in printing.claim(9):
            asked.attempts = printing.MOST_ATTEMPTS
            db.session.flush()
            printing.give_back(asked.docx_sha256, printing.MOST_ATTEMPTS)
    browser = sign_in(cast.khai)
    page = browser.get(at(minutes)).text
    assert words in page and "/read/" not in page
    assert service.blocks_of(minutes)[0].text[:30] in page
    assert f"/minutes/{minutes.id}/minutes.docx" in page
    assert approve_as_shown(browser, minutes, page) == 302


def test_while_the_words_still_change_there_is_nothing_to_read(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    service.withdraw(cast.nam, minutes)
    assert sign_in(cast.khai).get(at(minutes)).location.endswith(f"/minutes/{minutes.id}")


# -- who sees which pages ----------------------------------------------------------------------


def test_pages_of_a_version_are_for_its_keepers_until_it_is_approved(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    version = service.version_of(minutes)
    first = (version.minutes_sha256, version.notice_sha256)
    print_both(minutes)
    service.withdraw(cast.nam, minutes)
    edited(cast, minutes, "Bản hai viết khác.")
    second = service.submit(cast.nam, minutes, minutes.version)
    print_both(minutes)
    urls = [f"{at(minutes)}/{sha256}/1" for sha256 in (first[0], second.minutes_sha256)]
    # A page that stayed open goes on showing the version it was opened with.
    assert seen(sign_in(cast.khai), urls) == [200, 200]
    assert seen(sign_in(cast.hoa), urls) == [404, 404]
    service.approve(
        cast.khai, minutes, minutes.version, second.minutes_sha256, second.notice_sha256
    )
    assert seen(sign_in(cast.hoa), urls) == [404, 200]
    page = sign_in(cast.hoa).get(at(minutes)).text
    assert urls[1] in page and "Góp ý" not in page and "/approve" not in page
    assert seen(sign_in(cast.la), urls) == [404, 404]


def test_a_print_of_other_minutes_is_not_theirs(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    foreign = "f" * 64
    printing.ask(foreign)
    db.session.commit()
    browser = sign_in(cast.khai)
    assert browser.get(f"{at(minutes)}/{foreign}/1").status_code == 404
    assert browser.get(f"{at(minutes)}/{foreign}.pdf").status_code == 404


# -- when the minutes move on while the page is open -------------------------------------------


def test_approving_a_page_that_was_overtaken_decides_nothing_and_shows_what_changed(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    browser = sign_in(cast.khai)
    page = browser.get(at(minutes)).text
    seen = minutes.version
    service.withdraw(cast.nam, minutes)
    edited(cast, minutes, "Đoạn đã được viết lại.")
    service.submit(cast.nam, minutes, minutes.version)
    where = f"/minutes/{minutes.id}/approve"
    answer = browser.post(where, data=form_of(page, where))
    assert answer.status_code == 409
    assert "<ins>" in answer.text and "viết lại" in answer.text
    link = f"/minutes/{minutes.id}/versions?before={seen}&amp;after={minutes.version}"
    assert link in answer.text and at(minutes) in answer.text
    db.session.refresh(minutes)
    assert minutes.status == MinutesStatus.SUBMITTED
    assert db.session.scalars(select(Approval)).all() == []


def test_planted_a_form_that_carries_what_is_submitted_now_would_approve_unseen_bytes(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    """The check above fails when the form does not carry what the page showed."""
    browser = sign_in(cast.khai)
    page = browser.get(at(minutes)).text
    service.withdraw(cast.nam, minutes)
    edited(cast, minutes, "Đoạn đã được viết lại.")
    now = service.submit(cast.nam, minutes, minutes.version)
    where = f"/minutes/{minutes.id}/approve"
    planted = form_of(page, where) | {
        "version": str(now.number), "minutes_sha256": now.minutes_sha256,
        "notice_sha256": now.notice_sha256,
    }  # fmt: skip
    assert browser.post(where, data=planted).status_code == 302


def test_what_was_typed_for_a_return_is_not_lost(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    browser = sign_in(cast.khai)
    browser.get(at(minutes))
    service.withdraw(cast.nam, minutes)
    answer = browser.post(
        f"/minutes/{minutes.id}/give-back",
        data={"version": minutes.version, "text": "Sửa lại số liệu <b>giải ngân</b>."},
    )
    assert answer.status_code == 409
    assert "Sửa lại số liệu &lt;b&gt;giải ngân&lt;/b&gt;." in answer.text


# -- what changed since ------------------------------------------------------------------------


def test_a_resubmitted_paper_begins_with_what_changed_since_it_was_returned(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    returned = minutes.version
    assert "Thay đổi từ bản số" not in sign_in(cast.khai).get(at(minutes)).text
    service.give_back(cast.khai, minutes, returned, "Viết lại đoạn đầu.")
    edited(cast, minutes, "Đoạn đầu viết lại.")
    service.submit(cast.nam, minutes, minutes.version)
    # Withdrawn before anybody read it: the leader still knows the version that was returned.
    service.withdraw(cast.nam, minutes)
    edited(cast, minutes, "Đoạn đầu viết lại lần nữa.")
    service.submit(cast.nam, minutes, minutes.version)
    found = reading.reading_of(cast.khai, minutes)
    assert found is not None and found.since == returned and len(found.changes) == 1
    page = sign_in(cast.khai).get(at(minutes)).text
    assert f"Thay đổi từ bản số {returned}" in page
    assert page.index("<ins>") < page.index('id="minutes"')


def test_the_version_a_person_remarked_on_is_the_one_they_know(
    minutes: Minutes, cast: Cast
) -> None:
    first = minutes.version
    service.remark(cast.khai, minutes, first, "", "Đã đọc.")
    service.withdraw(cast.nam, minutes)
    edited(cast, minutes, "Hai.")
    service.submit(cast.nam, minutes, minutes.version)
    second = minutes.version
    service.withdraw(cast.nam, minutes)
    edited(cast, minutes, "Ba.")
    service.submit(cast.nam, minutes, minutes.version)
    assert reading.last_seen(cast.khai, minutes, minutes.version) == first
    service.remark(cast.nam, minutes, second, "", "Ghi chú.")
    assert reading.last_seen(cast.khai, minutes, minutes.version) == first
    assert reading.last_seen(cast.nam, minutes, minutes.version) == second
    assert reading.last_seen(cast.khai, minutes, first) is None


def test_what_is_the_same_is_no_change(minutes: Minutes) -> None:
    assert difference.changed(service.blocks_of(minutes), service.blocks_of(minutes)) == []


def test_the_directions_are_under_the_notice_too(cast: Cast) -> None:
    minutes = briefing.drafted(cast)
    directions.propose_for(minutes)
    service.submit(cast.nam, minutes, minutes.version)
    found = reading.reading_of(cast.khai, minutes)
    assert found is not None
    notice = {p.block.id for page in found.papers[1].pages for p in page.paragraphs}
    wanted = {b.id for b in service.blocks_of(minutes) if b.kind is BlockKind.DIRECTION}
    assert wanted and wanted <= notice
