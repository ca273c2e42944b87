"""Parting, joining and taking back lose no word, no evidence, and nobody else's work."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meetly.minutes.blocks import Assignment, Block, BlockKind
from meetly.minutes.desk.parting import join, part
from meetly.minutes.desk.reversal import reversed_change
from meetly.minutes.desk.sittings import sittings
from meetly.minutes.models import MinutesVersion


def block(name: str, text: str = "Một lời nói.", evidence: tuple[int, ...] = ()) -> Block:
    return Block(name, BlockKind.REPORT, text, evidence)


def test_evidence_goes_with_the_words_that_repeat_it() -> None:
    whole = block("a", "Sở Tài chính giải ngân chậm. Xã Nậm Hoa thiếu gạo.", (1, 2, 3))
    said = {1: "sở tài chính giải ngân chậm", 2: "xã nậm hoa thiếu gạo", 3: "vâng ạ"}
    halves = part(whole, 6, "b", said)
    assert halves is not None
    assert [h.text for h in halves] == ["Sở Tài chính giải ngân chậm.", "Xã Nậm Hoa thiếu gạo."]
    assert [h.evidence for h in halves] == [(1, 3), (2, 3)]
    assert part(whole, 0, "b", said) is None and part(whole, 11, "b", said) is None


@given(st.lists(st.sampled_from(["sở", "xã", "gạo"]), min_size=2, max_size=9), st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_parted_and_joined_is_what_it_was(words: list[str], data: st.DataObject) -> None:
    whole = block("a", " ".join(words), (1, 2))
    halves = part(whole, data.draw(st.integers(1, len(words) - 1)), "b", {1: "gạo", 2: "sở xã"})
    assert halves is not None
    again = join(*halves)
    assert again.text == whole.text and set(again.evidence) == {1, 2}
    assert all(half.evidence for half in halves)


def test_joined_directions_keep_what_both_assign() -> None:
    one = Block("a", BlockKind.DIRECTION, "Làm.", assignment=Assignment(lead=("Sở Y tế",)))
    two = Block("b", BlockKind.DIRECTION, "Nộp.", assignment=Assignment(lead=("Sở Tài chính",)))
    given_to = join(one, two).assignment
    assert given_to is not None and given_to.lead == ("Sở Y tế", "Sở Tài chính")


A, B, C = (block(name) for name in "abc")


def test_a_change_is_taken_back_and_what_came_after_stays() -> None:
    edited = block("a", "Một câu nói.")
    later = block("a", "Một câu nói. Thêm.")
    assert reversed_change([A, B], [edited, B], [edited, B, C]) == [A, B, C]
    assert reversed_change([A, B], [edited, B], [later, B]) == [block("a", "Một lời nói. Thêm."), B]
    touched = block("a", "Một bài nói.")
    assert reversed_change([A, B], [edited, B], [touched, B]) is None
    assert reversed_change([A, B], [edited, B], [B]) is None


def test_what_was_added_removed_or_moved_goes_back_to_its_place() -> None:
    assert reversed_change([A, C], [A, B, C], [A, B, C]) == [A, C]
    assert reversed_change([A, C], [A, B, C], [A, block("b", "Khác."), C]) is None
    assert reversed_change([A, B, C], [A, C], [A, C, block("d")]) == [A, B, C, block("d")]
    assert reversed_change([A, B, C], [C, A, B], [C, A, B]) == [A, B, C]
    assert reversed_change([A, B, C], [A, C, B], [A, C, B]) == [A, B, C]


@given(st.permutations([A, B, C, block("d"), block("e")]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_order_is_taken_back(order: list[Block]) -> None:
    before = [A, B, C, block("d"), block("e")]
    assert reversed_change(before, order, order) == before


def test_a_sitting_ends_with_a_pause_or_another_person() -> None:
    moment = datetime(2026, 11, 26, 2, tzinfo=UTC)
    made = [(1, 0), (1, 1), (2, 2), (1, 3), (1, 30)]
    kept = [
        MinutesVersion(number=n, author_id=who, created_at=moment + timedelta(minutes=at))
        for n, (who, at) in enumerate(made, 1)
    ]
    found = [(s.first.number, s.last.number) for s in sittings(kept[::-1])]
    assert found == [(5, 5), (4, 4), (3, 3), (1, 2)]
