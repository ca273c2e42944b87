"""Repairs shown in a text and taken back one by one."""

from __future__ import annotations

import pytest

from bench.repair import BUILT_ON, cases, names
from meetly.accounts.directory import DirectoryUnit
from meetly.transcripts.known_names import Names
from meetly.transcripts.marking import Part, marked, placed, restored, stored
from meetly.transcripts.repair import QUIET, repair

KNOWN = names()
HEARD = "ủy ban nhân dân xã nậm hóa còn mười hai hộ, xong trước ngày mười lăm tháng mười hai"
WRITTEN = "UBND xã Nậm Hoa còn 12 hộ, xong trước ngày 15/12"


def test_parts_say_what_was_heard() -> None:
    done = repair(HEARD, KNOWN)
    parts = marked(done.text, stored(done))
    assert "".join(part.text for part in parts) == done.text == WRITTEN
    assert [(p.text, p.was, p.why) for p in parts if p.number is not None] == [
        ("UBND xã Nậm Hoa", "ủy ban nhân dân xã nậm hóa", "name"),
        ("12", "mười hai", "number"),
        ("ngày 15/12", "ngày mười lăm tháng mười hai", "date"),
    ]


@pytest.mark.parametrize("number", [0, 1, 2])
def test_one_goes_back_and_the_others_stay(number: int) -> None:
    done = repair(HEARD, KNOWN)
    rows = stored(done)
    taken = restored(done.text, rows, number)
    assert taken is not None
    text, left = taken
    assert rows[number]["was"] in text
    shown = [p.text for p in marked(text, left) if p.number is not None]
    assert shown == [row["now"] for n, row in enumerate(rows) if n != number]


def test_all_go_back_one_after_the_other_in_any_order() -> None:
    for case in cases(BUILT_ON):
        for last in (False, True):
            done = repair(case.heard, KNOWN)
            text, rows = done.text, stored(done)
            while rows:
                taken = restored(text, rows, len(rows) - 1 if last else 0)
                if taken is None:  # an empty repair of the end of a sentence
                    break
                text, rows = taken
            assert text == case.heard, case.id


def test_a_repair_is_found_again_after_the_text_was_corrected() -> None:
    done = repair(HEARD, KNOWN)
    rows = stored(done)
    longer = "Thưa các đồng chí, " + done.text.replace(" còn 12 hộ", " thì còn đúng 12 hộ")
    assert [longer[start:end] for start, end, _ in placed(longer, rows)] == [
        "UBND xã Nậm Hoa", "12", "ngày 15/12",
    ]  # fmt: skip
    gone = done.text.replace("12 hộ", "13 hộ")
    assert [number for _, _, number in placed(gone, rows)] == [0, 2]
    assert restored(gone, rows, 1) is None


def test_figures_inside_others_are_not_taken_for_the_repair() -> None:
    rows = [{"was": "mười hai", "now": "12", "why": "number", "at": "0"}]
    assert placed("112 hộ và 12 xã", rows) == [(10, 12, 0)]


def test_quiet_changes_are_not_marked() -> None:
    done = repair("giao sở tài chính", KNOWN, bare=True)
    assert done.text == "Giao Sở Tài chính."
    assert {row["why"] for row in stored(done)} == QUIET
    assert marked(done.text, stored(done)) == [Part("Giao Sở Tài chính.")]


def test_doubtful_words_stand_apart_beside_the_repairs() -> None:
    words = [
        [0.0, 0.2, " xã", 0.9], [0.2, 0.4, " nậm", 0.4], [0.4, 0.6, " hóa", 0.3],
        [0.6, 0.8, " đã", 0.95], [0.8, 1.0, " song.", 0.2],
    ]  # fmt: skip
    done = repair("xã nậm hóa đã song.", KNOWN)
    parts = marked(done.text, stored(done), words)
    assert [(p.text, p.number, p.probability) for p in parts] == [
        ("xã Nậm Hoa", 0, 1.0), (" đã ", None, 1.0), ("song.", None, 0.2),
    ]  # fmt: skip


def test_a_doubt_is_shown_with_its_names_and_cannot_be_taken_back() -> None:
    known = Names.of(
        [DirectoryUnit("UBND xã Nậm Hoa", "commune"), DirectoryUnit("UBND xã Nậm Hóa", "commune")]
    )
    done = repair("Giao xã nậm hòa làm.", known)
    [_, doubt, _] = marked(done.text, stored(done))
    assert doubt.is_doubtful and doubt.text == "xã nậm hòa"
    assert doubt.could == ("xã Nậm Hoa", "xã Nậm Hóa")
    assert restored(done.text, stored(done), 0) is None
