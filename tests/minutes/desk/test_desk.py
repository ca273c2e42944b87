"""Many hands on one paper: what each accepted saving held is in the paper or in its versions."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from meetly.accounts.models import User
from meetly.directions import service as directions
from meetly.errors import BadInput, Stale
from meetly.extensions import db
from meetly.minutes import service as minutes_service
from meetly.minutes.blocks import Block, BlockKind
from meetly.minutes.desk import service
from meetly.minutes.models import Minutes
from tests.cast import Cast
from tests.minutes import briefing

SignIn = Callable[[User], FlaskClient]
JSON = {"Accept": "application/json"}


@pytest.fixture
def minutes(cast: Cast) -> Minutes:
    minutes = briefing.drafted(cast)
    directions.propose_for(minutes)
    db.session.commit()
    return minutes


def blocks(minutes: Minutes, kind: BlockKind = BlockKind.REPORT) -> list[Block]:
    db.session.refresh(minutes)
    return [b for b in minutes_service.blocks_of(minutes) if b.kind is kind]


def test_words_of_two_people_in_one_block_are_both_kept(minutes: Minutes, cast: Cast) -> None:
    first, seen = blocks(minutes)[0], minutes.version
    minutes_service.edit_block(cast.nam, minutes, seen, first.id, f"{first.text} Hết.")
    block, merged = service.save(
        cast.nam, minutes, first.id, seen, f"Đầu: {first.text}", first.text
    )  # fmt: skip
    assert merged and block.text == f"Đầu: {first.text} Hết."
    sent_again, merged = service.save(cast.nam, minutes, first.id, seen, block.text, first.text)
    assert not merged and sent_again == block


def typed_by_two(minutes: Minutes, cast: Cast, seed: int) -> tuple[set[str], str]:
    """Let two people type into one block, each from what they last saw; 30 savings.

    Returns the words whose saving was accepted, and the block in the end.
    """
    chance, block_id = random.Random(seed), blocks(minutes)[0].id
    seen = [(minutes.version, blocks(minutes)[0].text)] * 2
    accepted: set[str] = set()
    for n in range(30):
        who = chance.randrange(2)
        version, base = seen[who]
        words = base.split()
        words.insert(chance.randint(0, len(words)), f"chữ{n}")
        try:
            block, _ = service.save(cast.nam, minutes, block_id, version, " ".join(words), base)
            accepted.add(f"chữ{n}")
        except Stale:
            block = blocks(minutes)[0]
        seen[who] = (minutes.version, block.text)
    return accepted, blocks(minutes)[0].text


def test_every_accepted_word_of_two_people_survives(minutes: Minutes, cast: Cast) -> None:
    for seed in range(4):
        accepted, text = typed_by_two(minutes, cast, seed)
        assert len(accepted) > 15 and accepted <= set(text.split())


def test_planted_a_blind_saving_loses_words(
    minutes: Minutes, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "merge", lambda _base, mine, _theirs: mine)
    accepted, text = typed_by_two(minutes, cast, 0)
    assert not accepted <= set(text.split())


def test_the_same_words_changed_twice_are_never_written_over(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    first, seen = blocks(minutes)[0], minutes.version
    minutes_service.edit_block(cast.nam, minutes, seen, first.id, "Họ <i>viết</i> khác.")
    db.session.commit()
    typed = {"version": seen, "base": first.text, "text": "Tôi viết <b>khác</b> nữa."}
    where = f"/minutes/{minutes.id}/blocks/{first.id}/words"
    answer = sign_in(cast.nam).post(where, data=typed, headers=JSON)
    assert answer.status_code == 422 and answer.json is not None
    assert answer.json["state"] == "clash" and answer.json["text"] == "Họ <i>viết</i> khác."
    assert answer.json["version"] == seen + 1 and "<i>viết" not in answer.json["row"]
    assert blocks(minutes)[0].text == "Họ <i>viết</i> khác."
    with pytest.raises(Stale):
        service.save(cast.nam, minutes, first.id, seen, "Không biết gốc.", "")


def test_what_is_saved_in_place_answers_with_the_block_and_the_bar(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    first, seen = blocks(minutes)[0], minutes.version
    typed = {"version": seen, "base": first.text, "text": "Câu mới."}
    browser, where = sign_in(cast.nam), f"/minutes/{minutes.id}/blocks/{first.id}/words"
    answer = browser.post(where, data=typed, headers=JSON).json
    assert answer is not None and answer["state"] == "saved" and answer["version"] == seen + 1
    assert "Câu mới." in answer["row"] and f'value="{seen + 1}"' in answer["bar"]
    assert browser.post(where, data={**typed, "text": " "}, headers=JSON).status_code == 400


def test_a_block_taken_out_meanwhile_refuses_in_words(minutes: Minutes, cast: Cast) -> None:
    first, seen = blocks(minutes)[0], minutes.version
    minutes_service.remove_block(cast.nam, minutes, seen, first.id)
    with pytest.raises(BadInput):
        service.save(cast.nam, minutes, first.id, seen, "Gõ dở.", first.text)


def test_a_block_is_parted_joined_and_both_are_taken_back(minutes: Minutes, cast: Cast) -> None:
    first = blocks(minutes)[0]
    second = service.split(cast.nam, minutes, first.id, minutes.version, 3)
    parted, seen = blocks(minutes), minutes.version
    assert [b.id for b in parted[:2]] == [first.id, second]
    assert f"{parted[0].text} {parted[1].text}" == first.text
    assert set(parted[0].evidence) | set(parted[1].evidence) == set(first.evidence)
    assert service.join_previous(cast.nam, minutes, second, seen) == first.id
    assert blocks(minutes)[0].text == first.text
    service.take_back(cast.nam, minutes, minutes.version)
    assert blocks(minutes) == parted
    service.take_back(cast.nam, minutes, seen)
    assert blocks(minutes)[0] == first


def test_the_words_of_two_people_are_not_joined(minutes: Minutes, cast: Cast) -> None:
    told = blocks(minutes)
    assert (told[0].unit, told[0].speaker) != (told[1].unit, told[1].speaker)
    with pytest.raises(BadInput):
        service.join_previous(cast.nam, minutes, told[1].id, minutes.version)
    with pytest.raises(BadInput):
        service.join_previous(cast.nam, minutes, told[0].id, minutes.version)


def test_an_earlier_version_and_one_block_of_it_come_back(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    whole, seen = minutes_service.blocks_of(minutes), minutes.version
    one, two = blocks(minutes)[:2]
    minutes_service.edit_block(cast.nam, minutes, seen, one.id, "Sai rồi.")
    minutes_service.remove_block(cast.nam, minutes, minutes.version, two.id)
    db.session.commit()
    browser, where = sign_in(cast.nam), f"/minutes/{minutes.id}/restore"
    given = {"version": minutes.version, "number": seen}
    assert browser.post(where, data={**given, "block_id": two.id}).status_code == 302
    assert [b.id for b in blocks(minutes)[:2]] == [one.id, two.id]
    assert blocks(minutes)[0].text == "Sai rồi."
    assert browser.post(where, data=given).status_code == 409
    given["version"] = minutes.version
    assert browser.post(where, data=given).status_code == 302
    blocks(minutes)
    assert minutes_service.blocks_of(minutes) == whole


def test_the_history_of_a_block_tells_each_wording_and_who(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    one = blocks(minutes)[0]
    minutes_service.edit_block(cast.nam, minutes, minutes.version, one.id, "Câu <b>hai</b>.")
    minutes_service.remove_block(cast.nam, minutes, minutes.version, one.id)
    db.session.commit()
    told = service.history_of(minutes, one.id)
    assert [t.block and t.block.text for t in told] == [None, "Câu <b>hai</b>.", one.text]
    page = sign_in(cast.khai).get(f"/minutes/{minutes.id}/blocks/{one.id}/history").text
    assert cast.nam.name in page and "<b>hai" not in page and "Trả đoạn về" not in page
    assert sign_in(cast.nam).get(f"/minutes/{minutes.id}/blocks/zzz/history").status_code == 404


def test_the_versions_page_groups_sittings_and_says_what_else_changed(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    seen, one = minutes.version, blocks(minutes)[0]
    for words in ("Một.", "Hai.", "Ba."):
        minutes_service.edit_block(cast.nam, minutes, minutes.version, one.id, words)
    db.session.commit()
    page = sign_in(cast.nam).get(f"/minutes/{minutes.id}/versions").text
    assert f"Bản số {seen + 1} đến {seen + 3}" in page and "3 thay đổi" in page
    assert f"before={seen}&amp;after={seen + 3}" in page


def test_names_are_offered_without_diacritics(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    browser = sign_in(cast.nam)
    assert "Sở Tài chính" in (browser.get(f"/minutes/{minutes.id}/names?q=tai chinh").json or [])
    assert browser.get(f"/minutes/{minutes.id}/names?q=").json == []
    assert browser.get(f"/minutes/{minutes.id}/names?q=ai chinh").json == []


def test_nothing_is_changed_once_submitted(minutes: Minutes, cast: Cast, sign_in: SignIn) -> None:
    first = blocks(minutes)[0]
    minutes_service.submit(cast.nam, minutes, minutes.version)
    db.session.commit()
    browser, base, seen = sign_in(cast.nam), f"/minutes/{minutes.id}", minutes.version
    asked = {"version": seen, "base": first.text, "text": "Muộn.", "at": 2, "number": 1}
    for path in ("words", "split", "join"):
        where = f"{base}/blocks/{first.id}/{path}"
        assert browser.post(where, data=asked, headers=JSON).status_code == 409, path
    for path in ("restore", f"versions/{seen}/take-back"):
        assert browser.post(f"{base}/{path}", data=asked, headers=JSON).status_code == 409, path
    assert blocks(minutes)[0] == first
