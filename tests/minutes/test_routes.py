"""The pages of minutes: read on paper, corrected in place, approved as shown."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from meetly.accounts.models import User
from meetly.directions import service as directions
from meetly.extensions import db
from meetly.minutes import service
from meetly.minutes.blocks import BlockKind
from meetly.minutes.models import Minutes, MinutesStatus
from tests.cast import Cast
from tests.minutes import briefing

SignIn = Callable[[User], FlaskClient]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def minutes(cast: Cast) -> Minutes:
    minutes = briefing.drafted(cast)
    directions.propose_for(minutes)
    db.session.commit()
    return minutes


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]* value="([^"]*)"', page)
    assert found, f"no field {name}"
    return found[1]


def block_id(minutes: Minutes, kind: BlockKind = BlockKind.REPORT) -> str:
    return next(b.id for b in service.blocks_of(minutes) if b.kind is kind)


def fresh(minutes: Minutes) -> Minutes:
    db.session.refresh(minutes)
    return minutes


def approve(minutes: Minutes, cast: Cast) -> None:
    kept = service.submit(cast.nam, minutes, minutes.version)
    service.approve(cast.khai, minutes, minutes.version, kept.minutes_sha256, kept.notice_sha256)
    db.session.commit()


def test_the_secretary_reads_the_paper_with_its_sources(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    page = sign_in(cast.nam).get(f"/minutes/{minutes.id}").text
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in page and "UBND TỈNH LAM GIANG" in page
    assert "III. Kết luận của chủ trì" in page and "câu gốc" in page
    assert f"/recordings/{directions.of_minutes(minutes)[0].recording_id}/sound#t=" in page
    assert "Gửi duyệt" in page and "Duyệt bản này" not in page


def test_invited_people_read_the_approved_paper_without_its_sources(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    reader = sign_in(cast.sinh)
    assert reader.get(f"/minutes/{minutes.id}").status_code == 404
    approve(minutes, cast)
    page = reader.get(f"/minutes/{minutes.id}").text
    assert "Sở Tài chính" in page and "trước ngày 10/12/2026" in page
    assert "câu gốc" not in page and "/sound" not in page and "Góp ý" not in page
    assert "Biên bản" in reader.get("/minutes").text
    assert sign_in(cast.la).get(f"/minutes/{minutes.id}").status_code == 404


def test_a_block_is_edited_on_a_page_of_its_own(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    browser, where = sign_in(cast.nam), f"/minutes/{minutes.id}/blocks/{block_id(minutes)}/edit"
    page = browser.get(where).text
    answer = browser.post(
        where,
        data={"version": hidden(page, "version"), "kind": "report", "text": "Câu đã sửa."},
    )
    assert answer.status_code == 302 and answer.location.endswith(f"#{block_id(minutes)}")
    assert "Câu đã sửa." in browser.get(f"/minutes/{minutes.id}").text


def test_a_block_is_edited_in_place(minutes: Minutes, cast: Cast, sign_in: SignIn) -> None:
    browser, where = sign_in(cast.nam), f"/minutes/{minutes.id}/blocks/{block_id(minutes)}/edit"
    piece = browser.get(where, headers=HTMX).text
    assert "<html" not in piece and 'hx-post="' in piece
    answer = browser.post(
        where,
        headers=HTMX,
        data={"version": hidden(piece, "version"), "kind": "report", "text": "Sửa tại chỗ."},
    )
    assert answer.status_code == 200 and "Sửa tại chỗ." in answer.text
    assert 'hx-swap-oob="true"' in answer.text
    assert hidden(answer.text, "version") == str(fresh(minutes).version)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_conflict_shows_both_texts_and_loses_nothing(
    minutes: Minutes, cast: Cast, sign_in: SignIn, headers: dict[str, str]
) -> None:
    one = block_id(minutes)
    browser, where = sign_in(cast.nam), f"/minutes/{minutes.id}/blocks/{one}/edit"
    seen = minutes.version
    service.edit_block(cast.nam, minutes, seen, one, "Người khác đã viết thế này.")
    db.session.commit()
    typed = {"version": seen, "kind": "report", "text": "Còn tôi <b>gõ</b> thế này."}
    answer = browser.post(where, data=typed, headers=headers)
    assert answer.status_code == (422 if headers else 409)
    assert "Người khác đã viết thế này." in answer.text
    assert "Còn tôi &lt;b&gt;gõ&lt;/b&gt; thế này." in answer.text and "<b>gõ" not in answer.text
    assert hidden(answer.text, "version") == str(seen + 1)
    again = browser.post(where, data={**typed, "version": seen + 1}, headers=headers)
    assert again.status_code in (200, 302)
    kept = service.block_in(fresh(minutes), one)
    assert kept is not None and kept.text == "Còn tôi <b>gõ</b> thế này."


def test_words_typed_into_submitted_minutes_come_back(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    service.submit(cast.nam, minutes, minutes.version)
    db.session.commit()
    where = f"/minutes/{minutes.id}/blocks/{block_id(minutes)}/edit"
    data = {"version": minutes.version, "kind": "report", "text": "Câu gõ dở."}
    answer = sign_in(cast.nam).post(where, data=data)
    assert answer.status_code == 409 and "Câu gõ dở." in answer.text


def test_a_block_without_words_is_refused_beside_the_field(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    where = f"/minutes/{minutes.id}/blocks/{block_id(minutes)}/edit"
    data = {"version": minutes.version, "kind": "report", "text": " "}
    assert sign_in(cast.nam).post(where, data=data).status_code == 422


def test_blocks_are_added_moved_and_removed(minutes: Minutes, cast: Cast, sign_in: SignIn) -> None:
    browser, base = sign_in(cast.nam), f"/minutes/{minutes.id}/blocks"
    one = block_id(minutes)
    page = browser.get(f"{base}?after={one}").text
    data = {"version": hidden(page, "version"), "after": hidden(page, "after"), "kind": "report"}
    answer = browser.post(base, data={**data, "text": "Đoạn mới thêm."})
    added = answer.location.partition("#")[2]
    ids = [b.id for b in service.blocks_of(fresh(minutes))]
    assert ids[ids.index(one) + 1] == added
    browser.post(f"{base}/{added}/move", data={"version": minutes.version, "step": "-1"})
    ids = [b.id for b in service.blocks_of(fresh(minutes))]
    assert ids.index(added) < ids.index(one)
    browser.post(f"{base}/{added}/remove", data={"version": minutes.version})
    assert service.block_in(fresh(minutes), added) is None


def test_a_leader_reads_remarks_and_approves_what_the_page_shows(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    secretary, leader = sign_in(cast.nam), sign_in(cast.khai)
    base = f"/minutes/{minutes.id}"
    secretary.post(f"{base}/submit", data={"version": minutes.version})
    page = leader.get(base).text
    said = {"version": minutes.version, "block_id": block_id(minutes), "text": "Nêu rõ con số."}
    leader.post(f"{base}/remarks", data=said)
    assert "Nêu rõ con số." in secretary.get(base).text
    shown = {name: hidden(page, name) for name in ("version", "minutes_sha256", "notice_sha256")}
    answer = leader.post(f"{base}/approve", data=shown)
    assert answer.status_code == 302
    assert fresh(minutes).status == MinutesStatus.APPROVED
    assert "Trần Quốc Khải duyệt lúc" in leader.get(base).text


def test_an_old_page_approves_nothing(minutes: Minutes, cast: Cast, sign_in: SignIn) -> None:
    secretary, leader = sign_in(cast.nam), sign_in(cast.khai)
    base = f"/minutes/{minutes.id}"
    secretary.post(f"{base}/submit", data={"version": minutes.version})
    old = leader.get(base).text
    shown = {name: hidden(old, name) for name in ("version", "minutes_sha256", "notice_sha256")}
    secretary.post(f"{base}/withdraw")
    data = {"version": minutes.version, "kind": "report", "text": "Đổi sau khi trình."}
    secretary.post(f"{base}/blocks/{block_id(minutes)}/edit", data=data)
    secretary.post(f"{base}/submit", data={"version": fresh(minutes).version})
    answer = leader.post(f"{base}/approve", data=shown)
    assert answer.status_code == 409 and fresh(minutes).status == MinutesStatus.SUBMITTED


def test_minutes_are_returned_with_words(minutes: Minutes, cast: Cast, sign_in: SignIn) -> None:
    secretary, leader = sign_in(cast.nam), sign_in(cast.khai)
    base = f"/minutes/{minutes.id}"
    secretary.post(f"{base}/submit", data={"version": minutes.version})
    leader.post(f"{base}/give-back", data={"version": minutes.version, "text": "Viết gọn lại."})
    page = secretary.get(base).text
    assert "Được trả lại" in page and "Viết gọn lại." in page
    remark = service.open_remarks(minutes)[0]
    secretary.post(f"/remarks/{remark.id}/resolve")
    assert "Đã xử lý" in secretary.get(base).text
    assert leader.post(f"/remarks/{remark.id}/resolve").status_code == 403


def test_the_papers_are_downloaded_before_and_after_approval(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    secretary = sign_in(cast.nam)
    draft = secretary.get(f"/minutes/{minutes.id}/minutes.docx")
    assert draft.data[:2] == b"PK" and "du-thao-bien-ban" in draft.headers["Content-Disposition"]
    approve(minutes, cast)
    for kind in ("minutes", "notice"):
        final = sign_in(cast.chau).get(f"/minutes/{minutes.id}/{kind}.docx")
        assert final.data == service.document(cast.nam, minutes, kind)[0]
    assert sign_in(cast.la).get(f"/minutes/{minutes.id}/notice.docx").status_code == 404


def test_two_versions_are_compared_word_by_word(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    one = block_id(minutes)
    kept = service.block_in(minutes, one)
    assert kept is not None
    service.edit_block(cast.nam, minutes, minutes.version, one, f"{kept.text} Thêm lời.")
    db.session.commit()
    page = sign_in(cast.khai).get(f"/minutes/{minutes.id}/versions").text
    assert "<ins> Thêm lời.</ins>" in page or "Thêm lời" in page.split("<ins>")[1]
    assert page.count("<del>") == 0
    assert sign_in(cast.sinh).get(f"/minutes/{minutes.id}/versions").status_code in (403, 404)


def test_the_lists_show_what_waits_for_whom(minutes: Minutes, cast: Cast, sign_in: SignIn) -> None:
    assert "Đang soạn" in sign_in(cast.nam).get("/minutes").text
    service.submit(cast.nam, minutes, minutes.version)
    db.session.commit()
    assert "Chờ duyệt" in sign_in(cast.khai).get("/minutes").text
    assert briefing.TITLE not in sign_in(cast.long).get("/minutes").text
