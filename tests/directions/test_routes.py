"""The page of proposals, and the few seconds of sound everyone concerned may hear."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from meetly.accounts.models import User
from meetly.directions import service
from meetly.directions.models import Direction, DirectionStatus
from meetly.extensions import db
from meetly.minutes import service as minutes_service
from meetly.minutes.models import Minutes
from tests.cast import Cast
from tests.minutes import briefing

SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def minutes(cast: Cast) -> Minutes:
    minutes = briefing.drafted(cast, sounds=600.0)
    service.propose_for(minutes)
    db.session.commit()
    return minutes


def led_by(minutes: Minutes, name: str) -> Direction:
    return next(d for d in service.of_minutes(minutes) if name in [u.name for u in d.lead])


def approve(minutes: Minutes, cast: Cast) -> None:
    kept = minutes_service.submit(cast.nam, minutes, minutes.version)
    minutes_service.approve(
        cast.khai, minutes, minutes.version, kept.minutes_sha256, kept.notice_sha256
    )
    db.session.commit()


def test_the_page_shows_each_proposal_with_its_sound_and_its_cues(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    page = sign_in(cast.nam).get(f"/minutes/{minutes.id}/directions").text
    for direction in service.of_minutes(minutes):
        assert f'id="d{direction.id}"' in page
        second = round(direction.start or 0, 1)
        assert f"/recordings/{direction.recording_id}/sound#t={second}" in page
    assert "Nhận ra nhờ" in page and "10/12/2026" in page
    assert "Xác nhận, giao việc" not in page, "the minutes are not approved"
    for other in (cast.long, cast.la, cast.quan):
        answer = sign_in(other).get(f"/minutes/{minutes.id}/directions")
        assert answer.status_code in (403, 404)


def test_the_page_brings_words_changed_in_the_minutes(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    direction = led_by(minutes, "Sở Xây dựng")
    minutes_service.edit_block(
        cast.nam, minutes, minutes.version, direction.block_id, "Sở Xây dựng lập dự toán mới."
    )
    db.session.commit()
    page = sign_in(cast.nam).get(f"/minutes/{minutes.id}/directions").text
    assert "Sở Xây dựng lập dự toán mới." in page
    db.session.expire_all()
    assert direction.text == "Sở Xây dựng lập dự toán mới."


def test_a_proposal_is_corrected(minutes: Minutes, cast: Cast, sign_in: SignIn) -> None:
    direction = led_by(minutes, "Sở Xây dựng")
    browser, where = sign_in(cast.nam), f"/directions/{direction.id}/correct"
    assert "Sở Xây dựng" in browser.get(where).text
    data = {
        "version": direction.version,
        "text": direction.text,
        "lead": "Sở Xây dựng",
        "coordinate": "Sở Tài chính\n\nUBND xã Nậm Hoa",
        "due": "2026-12-02",
        "recurring": "",
    }
    answer = browser.post(where, data=data)
    assert answer.status_code == 302 and answer.location.endswith(f"#d{direction.id}")
    db.session.expire_all()
    assert [u.unit_id for u in direction.coordinating] == [cast.finance.id, cast.nam_hoa.id]
    again = browser.post(where, data={**data, "text": "Người đến sau."})
    assert again.status_code == 409 and "Người đến sau." in again.text


def test_a_proposal_is_dismissed_with_a_reason_and_restored(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    direction = led_by(minutes, "Sở Xây dựng")
    browser = sign_in(cast.nam)
    base = f"/directions/{direction.id}"
    assert browser.post(f"{base}/dismiss", data={"version": 1}).status_code == 400
    browser.post(f"{base}/dismiss", data={"version": 1, "reason": "Chỉ là trao đổi"})
    page = browser.get(f"/minutes/{minutes.id}/directions").text
    assert "Chỉ là trao đổi" in page and "Khôi phục" in page
    db.session.expire_all()
    browser.post(f"{base}/restore", data={"version": direction.version})
    db.session.expire_all()
    assert direction.status == DirectionStatus.PROPOSED


def test_whoever_may_see_a_direction_hears_its_seconds(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    direction = led_by(minutes, "UBND xã Nậm Hoa")
    where = f"/directions/{direction.id}/clip"
    answer = sign_in(cast.nam).get(where)
    assert answer.mimetype == "audio/wav"
    with wave.open(io.BytesIO(answer.data)) as sound:
        seconds = sound.getnframes() / sound.getframerate()
    assert direction.start is not None and direction.end is not None
    assert seconds == pytest.approx(direction.end - direction.start + 1.2, abs=0.2)
    assert sign_in(cast.sinh).get(where).status_code == 404
    approve(minutes, cast)
    service.confirm(cast.khai, direction, direction.version)
    db.session.commit()
    assert sign_in(cast.sinh).get(where).status_code == 200
    assert sign_in(cast.chau).get(where).status_code == 404


def test_a_script_is_told_what_was_done_and_how_to_take_it_back(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    browser = sign_in(cast.nam)
    first, second = service.of_minutes(minutes)[:2]
    texts = [first.text, second.text]
    asks = {"Accept": "application/json"}

    def post(address: str, **data: object) -> dict[str, object]:
        answer = browser.post(address, data=data, headers=asks)
        assert answer.status_code == 200, answer.text
        db.session.expire_all()
        told: dict[str, object] = answer.json or {}
        return told

    def take_back(told: dict[str, object]) -> None:
        undo = told["undo"]
        assert isinstance(undo, dict)
        post(undo["action"], **undo["fields"])

    take_back(post(f"/directions/{first.id}/split", version=first.version, at=4))
    assert first.text == texts[0]
    joined = post(
        f"/directions/{first.id}/merge", version=first.version, second=second.id,
        second_version=second.version,
    )  # fmt: skip
    assert first.text == " ".join(texts)
    take_back(joined)
    waiting = [d.text for d in service.of_minutes(minutes) if d.status == "proposed"]
    assert waiting[:2] == texts
    form = {"version": first.version, "text": "Lời khác.", "lead": "Sở Y tế", "due": "2026-12-31"}
    told = post(f"/directions/{first.id}/correct", **form)
    assert [u.name for u in first.lead] == ["Sở Y tế"]
    take_back(told)
    assert first.text == texts[0] and [u.name for u in first.lead] == ["Sở Tài chính"]
    take_back(post(f"/directions/{first.id}/dismiss", version=first.version, reason="Trao đổi"))
    assert first.status == DirectionStatus.PROPOSED
    refused = browser.post(
        f"/directions/{first.id}/split", data={"version": 1, "at": 3}, headers=asks
    )
    assert refused.status_code == 409 and refused.json and refused.json["message"]


def test_the_form_offers_names_people_and_places_to_part(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    browser, direction = sign_in(cast.nam), led_by(minutes, "Sở Xây dựng")
    page = browser.get(f"/directions/{direction.id}/correct").text
    assert cast.khai.name in page and cast.long.name not in page
    piece = browser.get(f"/directions/{direction.id}/correct", headers={"HX-Request": "true"}).text
    assert "<html" not in piece and 'name="report_to"' in piece
    assert "‖" in browser.get(f"/directions/{direction.id}/split").text
    assert browser.get(f"/directions/{direction.id}/names?q=nam+hoa").json == ["UBND xã Nậm Hoa"]


def test_words_are_added_by_form_and_from_the_transcript(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    browser, where = sign_in(cast.nam), f"/meetings/{minutes.meeting_id}/directions/add"
    assert browser.get(where).status_code == 200
    assert browser.post(where, data={"words": " "}).status_code == 422
    segment_id = service.of_minutes(minutes)[0].segment_ids[0]
    words = "giao Sở Y tế tập huấn sơ cứu trước ngày 20/12/2026"
    for hostile in ("1 2; DROP", "99999999999999999999", "²"):
        data = {"words": words, "segments": f"{segment_id} {hostile}"}
        assert browser.post(where, data=data).status_code in (302, 404)
    answer = browser.post(where, data={"words": words, "segments": str(segment_id)})
    assert answer.status_code == 302
    added = next(d for d in service.of_minutes(minutes) if "sơ cứu" in d.text)
    assert answer.location.endswith(f"#d{added.id}")
    for other in (cast.long, cast.la, cast.quan):
        assert sign_in(other).post(where, data={"words": words}).status_code in (403, 404)
