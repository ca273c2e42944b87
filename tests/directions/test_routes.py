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
