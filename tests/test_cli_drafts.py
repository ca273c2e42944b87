"""`meetly check` tells who words the drafts and where the spoken words go."""

from __future__ import annotations

from meetly.cli_check import _language_model
from meetly.config import Config
from tests.workers.model_double import sentences, serving


def test_without_a_model_nothing_leaves_the_machine() -> None:
    finding = _language_model(Config())
    assert finding.well and "nothing leaves this machine" in finding.says


def test_a_model_that_answers_is_named_with_its_host() -> None:
    with serving(lambda _: sentences("Tốt.")) as double:
        finding = _language_model(Config(llm_url=double.url, llm_model="double"))
    assert finding.well and "double" in finding.says and "127.0.0.1" in finding.says


def test_a_model_that_does_not_answer_is_told_with_advice() -> None:
    with serving(lambda _: b"", status=503) as double:
        finding = _language_model(Config(llm_url=double.url, llm_model="double"))
    assert not finding.well and finding.optional and "HTTP 503" in finding.says
    assert not _language_model(Config(llm_url="ftp://x", llm_model="m")).well
