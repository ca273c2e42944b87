"""The sample briefing as a perfect transcriber would hear it, and its directions."""

from __future__ import annotations

import json
import re
from datetime import date, time
from pathlib import Path

from meetly.minutes.blocks import Assignment, Block
from meetly.minutes.document import MeetingFacts, Person
from meetly.minutes.drafting import Conclusion, Utterance, draft, weave

DATA = Path(__file__).parent / "data"
DAY = date(2026, 11, 23)
CHAIR = "Trần Quốc Khải"

#: how the script names a speaker -> name, position, unit
SPEAKERS = {
    "Chánh Văn phòng": (
        "Lê Thị Minh Hòa",
        "Chánh Văn phòng UBND tỉnh",
        "Văn phòng UBND tỉnh",
    ),
    "Chủ tịch": (CHAIR, "Chủ tịch UBND tỉnh", ""),
    "Chủ tịch (kết luận)": (CHAIR, "Chủ tịch UBND tỉnh", ""),
    "Giám đốc Sở Tài chính": ("Phạm Đức Long", "Giám đốc", "Sở Tài chính"),
    "Giám đốc Sở Khoa học và Công nghệ": (
        "Hoàng Thu Hà",
        "Giám đốc",
        "Sở Khoa học và Công nghệ",
    ),
    "Xã Nậm Hoa": ("Vàng A Sình", "Chủ tịch", "UBND xã Nậm Hoa"),
    "Chủ tịch UBND xã Nậm Hoa": ("Vàng A Sình", "Chủ tịch", "UBND xã Nậm Hoa"),
    "Phó Chủ tịch UBND phường Đồi Thông": (
        "Nguyễn Bảo Châu",
        "Phó Chủ tịch",
        "UBND phường Đồi Thông",
    ),
}

FACTS = MeetingFacts(
    title="Hội nghị giao ban trực tuyến giữa UBND tỉnh với UBND các xã, phường tháng 11 năm 2026",
    date=DAY,
    starts=time(8),
    ends=time(10, 45),
    place="Phòng họp số 1, trụ sở UBND tỉnh (điểm cầu tỉnh)",
    form="kết nối trực tuyến đến 75 điểm cầu UBND xã, phường",
    chair=Person(CHAIR, "Chủ tịch UBND tỉnh"),
    secretary=Person("Đỗ Văn Nam", "Trưởng phòng Tổng hợp, Văn phòng UBND tỉnh"),
    attendance=(
        "Điểm cầu tỉnh: lãnh đạo Văn phòng UBND tỉnh; lãnh đạo các sở, ban, ngành. Dự thay:"
        " Phó Giám đốc Sở Y tế (thay Giám đốc, đã được chủ trì đồng ý)",
        "Điểm cầu cấp xã: 75/75 điểm cầu kết nối khi khai mạc",
    ),
    materials=(
        "gửi trên hệ thống ngày 17/11/2026: (1) Báo cáo thực hiện kết luận kỳ tháng 10",
        "(2) Báo cáo giải ngân",
        "(3) Báo cáo hạ tầng họp trực tuyến và ký số",
    ),
    votes="không có nội dung biểu quyết.",
    attendees="lãnh đạo các sở, ban, ngành và Chủ tịch UBND các xã, phường",
    parent_agency="UBND tỉnh Lam Giang",
    agency="Văn phòng",
    locality="Lam Giang",
    signer=Person("Lê Thị Minh Hòa", "Chánh Văn phòng"),
    recipients=(
        "Chủ tịch, các Phó Chủ tịch UBND tỉnh",
        "Các sở, ban, ngành; UBND các xã, phường",
    ),
)


def utterances(*, speakers: bool = True) -> list[Utterance]:
    """Read the script sentence by sentence; without speakers it is a bare recording."""
    script = (DATA / "sample_briefing.md").read_text(encoding="utf-8")
    script = script.partition("<!-- BEGIN TRANSCRIPT -->")[2].partition("<!-- END")[0]
    heard: list[Utterance] = []
    who, at = "", 0.0
    for line in script.splitlines():
        turn = re.match(r"\*\*\[\d\d:\d\d\] (?P<who>.*?):\*\* (?P<text>.*)", line)
        if turn:
            who, line = turn["who"], turn["text"]
        elif not line or line.startswith("*("):
            continue
        name, position, unit = SPEAKERS[who] if speakers else ("", "", "")
        for text in re.split(r"(?<=[.?!]) ", line):
            end = round(at + 0.35 * len(text.split()), 2)
            chair = speakers and name == CHAIR
            heard.append(Utterance(len(heard) + 1, at, end, text, name, position, unit, chair))
            at = round(end + 0.1, 2)
        at += 1.5
    return heard


def conclusions(blocks: list[Block]) -> list[Conclusion]:
    """Find the sample's ten directions in the blocks, as the directions room would."""
    labelled = json.loads((DATA / "sample_directions.json").read_text(encoding="utf-8"))
    return [_conclusion(item, blocks) for item in labelled["directions"]]


def minutes_blocks() -> list[Block]:
    """Return the sample's draft with its directions woven in."""
    said = utterances()
    blocks = draft(said)
    return weave(blocks, conclusions(blocks), utterances=said, meeting_date=DAY)


def _conclusion(item: dict[str, object], blocks: list[Block]) -> Conclusion:
    span = str(item["span"]).replace("trình tôi", "trình Chủ tịch UBND tỉnh")
    block = next(block for block in blocks if span in block.text)
    due, recurring = item["due"], item["recurring"]
    assignment = Assignment(
        lead=_names(item["lead"]),
        coordinate=_names(item["coordinate"]),
        due=date.fromisoformat(str(due)) if due else None,
        recurring=str(recurring) if recurring else None,
    )
    return Conclusion(block.id, span, assignment)


def _names(value: object) -> tuple[str, ...]:
    assert isinstance(value, list)
    return tuple(map(str, value))
