"""In a whole meeting only the chair directs, and every direction leads back to its words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bench.directions import DEVELOPMENT
from meetly.directions.speech import Heard, extract_speech

MEETING = date(2026, 11, 23)


@dataclass(frozen=True)
class Said:
    text: str
    speaker: str = ""
    position: str = ""
    chair: bool = False


def chair(text: str) -> Said:
    return Said(text, "Trần Quốc Khải", "Chủ tịch UBND tỉnh", chair=True)


def office(text: str) -> Said:
    return Said(text, "Lê Thị Minh Hòa", "Chánh Văn phòng UBND tỉnh")


def commune(text: str) -> Said:
    return Said(text, "Vàng A Sình", "Chủ tịch UBND xã Nậm Hoa")


def heard(*said: Said) -> list[Heard]:
    return extract_speech(said, MEETING)


def test_the_chair_directs_and_the_units_do_not() -> None:
    found = heard(
        commune("Xã không có cán bộ, đề nghị Sở Xây dựng giúp trước ngày 30/11."),
        chair("Sở Xây dựng cử cán bộ lên tận xã, trong vòng 7 ngày phải có hồ sơ."),
    )
    assert [one.found.lead for one in found] == [("Sở Xây dựng",)]
    assert found[0].first == found[0].last == 1


def test_the_office_directs_only_for_the_chair() -> None:
    words = "Sở Nội vụ gửi danh sách trước ngày 30/11."
    assert heard(office(words), chair("Cảm ơn đồng chí.")) == []
    passed_on = heard(office("Theo ý kiến của đồng chí Chủ tịch, đề nghị " + words), chair("Vâng."))
    assert [one.found.lead for one in passed_on] == [("Sở Nội vụ",)]


def test_a_sentence_cut_by_the_recogniser_is_read_as_one() -> None:
    said = [
        chair("Một là, giao Sở Tài chính chủ trì,"),
        chair("phối hợp với Kho bạc Nhà nước khu vực"),
        chair("rà soát 14 dự án trước ngày 10/12/2026."),
    ]
    (one,) = heard(*said)
    assert one.found.coordinate == ("Kho bạc Nhà nước khu vực",)
    assert (one.first, one.last) == (0, 2)
    assert said[0].text[one.start :].startswith("giao Sở Tài chính")
    assert said[2].text[: one.end].endswith("trước ngày 10/12/2026")


def test_when_nobody_is_known_to_chair_unknown_voices_are_heard() -> None:
    found = heard(Said("Giao Sở Y tế cấp đủ thuốc cho các trạm trong tuần này."))
    assert [one.found.lead for one in found] == [("Sở Y tế",)]


def test_silence_gives_nothing() -> None:
    assert heard() == []
    assert heard(chair(""), chair("...")) == []


def test_the_conclusions_of_a_briefing_are_found_and_its_traps_are_not() -> None:
    found = heard(*briefing(DEVELOPMENT.with_name("sample_briefing.md")))
    leads = [one.found.lead for one in found]
    assert leads == [
        ("Sở Tài chính",),
        ("UBND xã Nậm Hoa",),
        ("Sở Xây dựng",),
        ("Sở Khoa học và Công nghệ",),
        ("Sở Khoa học và Công nghệ",),
        ("UBND các xã, phường",),
        ("UBND phường Đồi Thông",),
        ("Sở Nội vụ",),
        ("Sở Nông nghiệp và Môi trường", "Sở Y tế"),
        ("Văn phòng UBND tỉnh",),
    ]
    days = [one.found.due.isoformat() if one.found.due else None for one in found]
    assert days == [
        *("2026-12-10", "2026-12-15", "2026-11-30", "2026-11-27", "2026-12-04", None),
        *("2027-03-31", "2026-12-20", None, "2026-12-04"),
    ]


def briefing(path: Path) -> list[Said]:
    """The utterances of the sample briefing; its chair is «Chủ tịch»."""
    text = path.read_text(encoding="utf-8")
    body = text[text.index("BEGIN TRANSCRIPT -->") : text.index("<!-- END")]
    said: list[Said] = []
    speaker = ""
    for paragraph in body.split("\n\n"):
        head = re.match(r"(?:.*-->\s*)?\*\*\[[\d:]+\] (.*?):\*\* ", paragraph.strip(), re.DOTALL)
        if head:
            speaker = head[1]
        words = paragraph.strip()[head.end() if head else 0 :]
        if speaker and words and not words.startswith("*("):
            said.append(Said(words, speaker, chair=speaker in {"Chủ tịch", "Chủ tịch (kết luận)"}))
    return said
