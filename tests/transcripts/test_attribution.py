"""A sentence belongs to whoever talked through most of it."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from meetly.transcripts.attribution import Talk, attribute, voiced
from meetly.transcripts.transcriber import Heard, Word

CHAIR, OFFICE = "Chủ tịch", "Chánh Văn phòng"


@pytest.mark.parametrize(
    ("talks", "speaker"),
    [
        ([], None),
        ([Talk(CHAIR, 0, 5)], None),
        ([Talk(CHAIR, 0, 10)], None),
        ([Talk(CHAIR, 0, 20)], CHAIR),
        ([Talk(CHAIR, 0, 12), Talk(OFFICE, 12, 30)], OFFICE),
        ([Talk(OFFICE, 12, 30), Talk(CHAIR, 0, 18)], CHAIR),
        ([Talk(OFFICE, 15, 20), Talk(CHAIR, 10, 15)], CHAIR),  # equal: who began earlier
        ([Talk(CHAIR, 10, 12), Talk(OFFICE, 12, 15.5), Talk(CHAIR, 15.5, 20)], CHAIR),
    ],
)
def test_the_largest_share_names_the_speaker(talks: list[Talk], speaker: str | None) -> None:
    assert attribute(10, 20, talks) == speaker


def test_equal_shares_of_uneven_numbers_are_still_equal() -> None:
    talks = [Talk(CHAIR, 0.0, 0.1), Talk(OFFICE, 0.1, 0.4), Talk(CHAIR, 0.4, 0.6)]
    assert attribute(0.0, 0.6, talks) == CHAIR


# -- sentences in which the voice changes ---------------------------------------------------------


def spoken(text: str, *times: tuple[float, float]) -> Heard:
    """A sentence whose words have these times."""
    words = tuple(
        Word(start, end, word, 0.9) for word, (start, end) in zip(text.split(), times, strict=True)
    )
    return Heard(times[0][0], times[-1][1], text, 0.8, words=words)


def evenly(text: str, start: float = 0.0, pace: float = 0.4, **pauses: float) -> Heard:
    """A sentence spoken at an even pace; `after_3=0.5` pauses behind the third word."""
    times, at = [], start
    for number, _ in enumerate(text.split(), 1):
        times.append((at, at + 0.75 * pace))
        at += pace + pauses.get(f"after_{number}", 0.0)
    return spoken(text, *times)


def parts(sentence: Heard, talks: list[Talk]) -> list[tuple[str, str | None]]:
    [found] = voiced([sentence], talks)
    return [(part.text, label) for part, label in found]


ASKED = "Xã nào chưa nộp báo cáo thưa đồng chí xã Nậm Hoa"


def test_a_sentence_is_parted_where_the_voice_changes() -> None:
    sentence = evenly(ASKED, after_6=0.4)
    change = sentence.words[6].start
    found = [Talk(CHAIR, 0, change), Talk(OFFICE, change, 30)]
    assert parts(sentence, found) == [
        ("Xã nào chưa nộp báo cáo", CHAIR),
        ("thưa đồng chí xã Nậm Hoa", OFFICE),
    ]


@pytest.mark.parametrize("late", [-0.35, -0.1, 0.2, 0.5])
def test_talks_noticed_early_or_late_chop_no_word_off(late: float) -> None:
    sentence = evenly(ASKED, after_6=0.5)
    change = sentence.words[6].start
    talks = [Talk(CHAIR, late, sentence.words[5].end + late), Talk(OFFICE, change + late, 30)]
    assert [text for text, _ in parts(sentence, talks)] == [
        "Xã nào chưa nộp báo cáo",
        "thưa đồng chí xã Nậm Hoa",
    ]


def test_a_change_snaps_to_the_pause_beside_it() -> None:
    sentence = evenly(ASKED, after_6=0.6)
    inside = sentence.words[4].start  # the next microphone opened while the chair still spoke
    talks = [Talk(CHAIR, 0, sentence.words[5].end), Talk(OFFICE, inside, 30)]
    assert parts(sentence, talks)[0] == ("Xã nào chưa nộp báo cáo", CHAIR)


@pytest.mark.parametrize(
    "talks",
    [
        [Talk(CHAIR, 0, 30), Talk(OFFICE, 2, 2.4)],  # a cough beside an open microphone
        [Talk(CHAIR, 0, 2.0), Talk(OFFICE, 2.0, 2.3), Talk(CHAIR, 2.3, 30)],  # a single word
        [Talk(OFFICE, 0, 0.2), Talk(CHAIR, 0.2, 30)],  # let go late
        [Talk(CHAIR, 0, 4.0), Talk(OFFICE, 4.3, 30)],  # the last words were still the chair's
    ],
)
def test_a_slip_of_the_record_parts_nothing(talks: list[Talk]) -> None:
    assert parts(evenly(ASKED), talks) == [(ASKED, CHAIR)]


def test_a_word_thrown_in_by_another_voice_is_not_torn_out() -> None:
    sentence = evenly("Đề nghị đồng chí vâng nói rõ thêm", after_4=0.3, after_5=0.3)
    word = sentence.words[4]
    talks = [Talk(CHAIR, 0, word.start), Talk(OFFICE, word.start, word.end), Talk(CHAIR, 2, 9)]
    assert parts(sentence, talks) == [(sentence.text, CHAIR)]


def test_three_voices_make_three_parts() -> None:
    sentence = evenly("Đồng chí Sình có ý kiến vâng thưa chủ tịch đủ rồi mời Sở Tài chính",
                      after_6=0.5, after_10=0.5)  # fmt: skip
    first, second = sentence.words[6].start, sentence.words[10].start
    talks = [Talk(CHAIR, 0, first), Talk("Sình", first, second), Talk(CHAIR, second, 20)]
    assert [label for _, label in parts(sentence, talks)] == [CHAIR, "Sình", CHAIR]


def test_parts_keep_words_times_and_doubts() -> None:
    sentence = replace(evenly(ASKED, start=10, after_6=0.5), suspicion="unsure")
    change = sentence.words[6].start
    [found] = voiced([sentence], [Talk(CHAIR, 0, change), Talk(OFFICE, change, 30)])
    first, second = (part for part, _ in found)
    assert first.words + second.words == sentence.words
    assert (first.start, second.end) == (sentence.start, sentence.end)
    assert first.end == sentence.words[5].end < second.start == sentence.words[6].start
    assert {first.suspicion, second.suspicion} == {"unsure"}
    again = [parted for part, _ in found for parted in next(iter(voiced([part], [
        Talk(CHAIR, 0, change), Talk(OFFICE, change, 30)])))]  # fmt: skip
    assert again == found


def test_without_times_of_words_the_largest_share_decides() -> None:
    talks = [Talk(CHAIR, 0, 2), Talk(OFFICE, 2, 30)]
    sentence = evenly(ASKED)
    assert parts(replace(sentence, words=()), talks) == [(ASKED, OFFICE)]
    repaired = replace(sentence, text=ASKED.replace("xã Nậm Hoa", "UBND xã Nậm Hoa"))
    assert parts(repaired, talks) == [(repaired.text, OFFICE)]


def test_where_nobody_talks_nobody_is_named() -> None:
    assert parts(evenly(ASKED, start=50), [Talk(CHAIR, 0, 40), Talk(OFFICE, 60, 70)]) == [
        (ASKED, None)
    ]


def test_ten_hours_are_parted_in_seconds() -> None:
    sentences = [evenly(ASKED, start=6.0 * n) for n in range(6000)]
    talks = [Talk(f"Người {n % 40}", 1.5 * n, 1.5 * n + 2) for n in range(24_000)]
    begun = time.process_time()
    assert sum(map(len, voiced(sentences, talks))) >= 6000
    assert time.process_time() - begun < 20
