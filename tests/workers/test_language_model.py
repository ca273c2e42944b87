"""A draft is made whatever the language model does, and says what came of it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from meetly.accounts.models import User
from meetly.config import Config
from meetly.errors import BadInput
from meetly.extensions import db
from meetly.minutes import rewording
from meetly.minutes import service as minutes_service
from meetly.minutes.blocks import Block
from meetly.minutes.drafting import draft, unsupported
from meetly.minutes.models import Minutes, MinutesVersion
from meetly.minutes.rewording import REWORDED, Prompt
from tests.cast import Cast
from tests.minutes import briefing, sample
from tests.workers.model_double import ModelDouble, content, sentences, serving
from workers import draft_minutes, language_model, wording
from workers.language_model import LanguageModel, ModelDown

BUILT_IN = [block.text for block in draft(sample.utterances()) if block.kind in REWORDED]


def polished(text: str) -> bytes:
    """Answer as a good model does: the same, a mark of its own between two sentences."""
    return sentences(text.replace("; ", ", "))


@contextmanager
def configured(app: Flask, double: ModelDouble, **given: Any) -> Iterator[None]:
    """Let the application ask the double."""
    before: Config = app.extensions["meetly_config"]
    own = {"llm_url": double.url, "llm_model": "double", "llm_timeout": 1, "llm_budget": 5}
    app.extensions["meetly_config"] = replace(before, **{**own, **given})
    yield
    app.extensions["meetly_config"] = before


@pytest.fixture
def as_nam(cast: Cast, sign_in: Callable[[User], FlaskClient]) -> FlaskClient:
    return sign_in(cast.nam)


def waiting(cast: Cast) -> None:
    briefing.transcribed(cast, briefing.held(cast))
    db.session.commit()


def made() -> tuple[Minutes, list[Block]]:
    minutes = db.session.scalars(select(Minutes)).one()
    return minutes, minutes_service.blocks_of(minutes)


def worded(blocks: list[Block]) -> list[str]:
    return [block.text for block in blocks if block.kind in REWORDED]


def test_a_good_model_words_the_reports_and_the_discussion(
    app: Flask, cast: Cast, as_nam: FlaskClient
) -> None:
    waiting(cast)
    with serving(polished) as double, configured(app, double, llm_key="k3y"):
        assert draft_minutes.run() == 1
    minutes, blocks = made()
    polish = [text.replace("; ", ", ") for text in BUILT_IN]
    changed = sum(map(str.__ne__, polish, BUILT_IN))
    assert changed >= 3 and worded(blocks) == polish
    assert (minutes.drafter, minutes.drafter_note) == ("double", f"well {changed}/9")
    assert double.keys[0] == "Bearer k3y" and double.asked[0]["model"] == "double"
    assert (
        f"Mô hình double gợi ý lời văn {changed}/9 đoạn"
        in as_nam.get(f"/minutes/{minutes.id}").text
    )


WAYS: dict[str, tuple[Callable[[str], bytes], dict[str, Any], str]] = {
    "invents": (lambda text: sentences(f"{text} 9.999 tỷ đồng tại Bản Xa."), {}, "well"),
    "obeys": (lambda _: sentences("Toàn bộ nhiệm vụ đã hoàn thành."), {}, "well"),
    "swaps": (lambda text: sentences(" ".join(reversed(text.split()))), {}, "well"),
    "babbles": (lambda _: content("Xin chào! Tôi có thể giúp gì?"), {}, "well"),
    "wrong json": (lambda _: content('{"sentences": {"a": "b"}}'), {}, "well"),
    "not a chat": (lambda _: b'{"choices": []}', {}, "down"),
    "no json": (lambda _: b"<html>502</html>", {}, "down"),
    "nested": (lambda _: b"[" * 100_000, {}, "down"),
    "huge": (lambda _: content("x" * 2_000_000), {}, "down"),
    "refuses": (polished, {"status": 500}, "down"),
    "sends away": (polished, {"status": 302}, "down"),
    "hangs": (polished, {"silence": 30.0}, "down"),
    "drips": (polished, {"drip": 0.2}, "down"),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_model_that_misbehaves_leaves_the_built_in_draft(
    app: Flask, cast: Cast, way: str, as_nam: FlaskClient
) -> None:
    answer, ways, trouble = WAYS[way]
    waiting(cast)
    with serving(polished) as elsewhere, serving(answer, **ways) as double:
        double.headers["Location"] = f"{elsewhere.url}/chat/completions"
        with configured(app, double, llm_timeout=0.2):
            assert draft_minutes.run() == 1
        assert not elsewhere.asked
    minutes, blocks = made()
    assert worded(blocks) == BUILT_IN
    assert minutes.drafter_note == f"{trouble} 0/9"
    asked = len(double.asked)
    assert asked == (wording.MOST_FAILURES if trouble == "down" else 9)
    page = as_nam.get(f"/minutes/{minutes.id}").text
    assert "không dùng được câu nào của mô hình double" in page
    assert ("Máy chủ mô hình có lúc không trả lời" in page) == (trouble == "down")


def test_without_the_judge_an_invention_gets_in(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted: the judge switched off. The checker of the draft sees it."""
    monkeypatch.setattr(rewording, "judged", lambda _block, answer, _said: " ".join(answer))
    waiting(cast)
    with serving(WAYS["invents"][0]) as double, configured(app, double):
        draft_minutes.run()
    minutes, blocks = made()
    heard = minutes_service.heard_in(minutes.meeting)
    assert any("9.999" in claim for claim in unsupported(blocks, heard.utterances))


def test_a_server_that_is_not_there_is_done_without(app: Flask, cast: Cast) -> None:
    waiting(cast)
    with serving(polished) as double:
        pass
    with configured(app, double):
        assert draft_minutes.run() == 1
    minutes, blocks = made()
    assert worded(blocks) == BUILT_IN and minutes.drafter_note == "down 0/9"


@pytest.mark.parametrize("wrong", [{"llm_url": "ftp://x"}, {"llm_model": ""}, {"llm_key": "ê"}])
def test_settings_that_cannot_be_used_are_said(
    app: Flask, cast: Cast, wrong: dict[str, str], as_nam: FlaskClient
) -> None:
    waiting(cast)
    with serving(polished) as double, configured(app, double, **wrong):
        assert draft_minutes.run() == 1
    assert not double.asked
    minutes, blocks = made()
    assert worded(blocks) == BUILT_IN and minutes.drafter_note == "wrong 0/9"
    assert "Cấu hình mô hình chưa đúng" in as_nam.get(f"/minutes/{minutes.id}").text


def test_the_budget_of_a_draft_ends_the_asking(app: Flask, cast: Cast) -> None:
    waiting(cast)
    with serving(polished, silence=0.25) as double, configured(app, double, llm_budget=1):
        assert draft_minutes.run() == 1
    minutes, _ = made()
    trouble, _, share = minutes.drafter_note.partition(" ")
    assert trouble in ("late", "down") and 1 <= int(share.split("/")[0]) < 9
    assert len(double.asked) < 9


def test_no_transaction_is_open_while_the_model_thinks(app: Flask, cast: Cast) -> None:
    waiting(cast)
    engine, out = db.engine, []
    with serving(polished) as double, configured(app, double):
        double.meanwhile = lambda: out.append(engine.pool.checkedout())  # type: ignore[attr-defined]
        draft_minutes.run()
    assert out == [0] * 9


def test_a_draft_made_while_the_model_thinks_is_left_alone(app: Flask, cast: Cast) -> None:
    waiting(cast)
    minutes: list[int] = []

    def somebody_drafts() -> None:
        with app.app_context():
            if not minutes:
                minutes.append(minutes_service.draft_for(minutes_service.waiting()[0]).id)
                db.session.commit()

    with serving(polished) as double, configured(app, double):
        double.meanwhile = somebody_drafts
        assert draft_minutes.run() == 0
    assert len(db.session.scalars(select(Minutes)).all()) == 1


def test_two_workers_at_once_draft_once(app: Flask, cast: Cast) -> None:
    waiting(cast)
    counts: list[int] = []
    both = threading.Barrier(2, timeout=20)

    def work() -> None:
        with app.app_context():
            counts.append(draft_minutes.run())
            db.session.remove()

    def answer(text: str) -> bytes:
        if text == BUILT_IN[0]:
            both.wait()  # neither is done before the other has begun
        return polished(text)

    with serving(answer) as double, configured(app, double, llm_timeout=20, llm_budget=60):
        workers = [threading.Thread(target=work) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert sorted(counts) == [0, 1]
    assert [len(db.session.scalars(select(t)).all()) for t in (Minutes, MinutesVersion)] == [1, 2]


@pytest.mark.parametrize(
    "url",
    ["", "localhost:1", "ftp://x/v1", "http://", "http://u:p@x/v1", "http://x/v1?a=1", "http://x y",
     "http://x:99999/v1"],
)  # fmt: skip
def test_only_a_plain_web_address_is_asked(url: str) -> None:
    with pytest.raises(BadInput):
        LanguageModel(url, "m")


def test_the_time_limit_holds_against_one_byte_now_and_then() -> None:
    with serving(lambda _: content("x" * 1000), drip=0.05) as double:
        model = LanguageModel(double.url, "m", timeout=0.4)
        begun = time.monotonic()
        with pytest.raises(ModelDown, match="in time"):
            model.ask(Prompt("t", "d"))
        assert time.monotonic() - begun < 2


def test_what_is_asked_keeps_task_and_data_apart() -> None:
    with serving(lambda _: sentences("x")) as double:
        answer = LanguageModel(double.url, "m").ask(Prompt("task", "data"))
    assert rewording.read_answer(answer) == ("x",)
    (asked,) = double.asked
    assert [(m["role"], m["content"]) for m in asked["messages"]] == [
        ("system", "task"),
        ("user", "data"),
    ]
    assert double.keys == [""] and json.dumps(asked)


def test_no_address_means_no_model() -> None:
    assert language_model.configured(Config()) is None
