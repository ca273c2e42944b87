"""The grammar behind the training: sound sentences, the same for the same chance."""

from __future__ import annotations

import random
import re

from training.briefing_sentences import (
    Briefing,
    communes,
    in_breaths,
    is_held_out,
    phrases,
    written_sentences,
)
from training.unseen import SCRIPT, VOICES


def test_the_same_chance_says_the_same() -> None:
    one, other = Briefing(random.Random(7)), Briefing(random.Random(7))
    assert [one.sentence() for _ in range(50)] == [other.sentence() for _ in range(50)]


def test_every_list_of_phrases_can_be_said() -> None:
    briefing = Briefing(random.Random(1))
    for key in phrases():
        for _ in range(20):
            assert not re.search(r"[{}|×_]", briefing.say(key)), key


def test_sentences_are_many_and_end_as_sentences_do() -> None:
    briefing = Briefing(random.Random(2))
    sentences = [briefing.sentence() for _ in range(500)]
    assert len(set(sentences)) > 400
    assert all(
        sentence[-1] in ".?" and sentence[0] == sentence[0].upper() for sentence in sentences
    )


def test_long_sentences_are_spoken_in_breaths_and_lose_no_word() -> None:
    for sentence in written_sentences():
        assert " ".join(in_breaths(sentence)) == sentence


def test_the_communes_are_those_of_the_made_up_province() -> None:
    assert len(communes()) == 75
    assert {"xã Nậm Hoa", "phường Đồi Thông"} <= set(communes())


def test_some_sentences_are_held_out_for_measuring() -> None:
    briefing = Briefing(random.Random(3))
    held_out = [is_held_out(briefing.sentence()) for _ in range(2000)]
    assert 0.05 < sum(held_out) / len(held_out) < 0.12


def test_the_unseen_briefing_is_unseen() -> None:
    lines = SCRIPT.read_text(encoding="utf-8").strip().split("\n")
    assert {line.partition(": ")[0] for line in lines} == set(VOICES)
    ready_made = {phrase for known, _ in phrases().values() for phrase in known}
    seen = ready_made | set(written_sentences())
    assert not [line for line in lines if line.partition(": ")[2] in seen]
