"""What a form may ask for: the facts of a meeting and its blocks, as plain Vietnamese words.

Nothing but text, lists and dictionaries of text leaves here: no object with a method of its own
ever meets a template.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from meetly.minutes import block_lines as lines
from meetly.minutes.blocks import Block, BlockKind
from meetly.minutes.document_notice import (
    chair_of,
    closing,
    follows_up,
    opening,
    order,
    place_date,
    subject,
)
from meetly.minutes.facts import MeetingFacts, Person
from meetly.paper_wording import clean, clock_in_words, day_in_words, letter, numeral, sentence


def words_of(kind: str, facts: MeetingFacts, blocks: Sequence[Block]) -> dict[str, Any]:
    """Return every word a form of this kind may hold, by the name of its placeholder."""
    is_notice = kind == "notice"
    number = facts.notice_number if is_notice else facts.minutes_number
    notation = f"{'TB' if is_notice else 'BB'}-{clean(facts.agency_code)}"
    return {
        "co_quan_chu_quan": clean(facts.parent_agency),
        "co_quan": clean(facts.agency),
        "van_phong": clean(facts.office),
        "so": numeral(number),
        "ky_hieu": notation,
        "dia_danh_ngay_thang": place_date(facts),
        "trich_yeu": subject(facts) if is_notice else clean(facts.title),
        "thay_the": clean(facts.notice_replaces if is_notice else facts.minutes_replaces),
        "la_du_thao": facts.draft,
        **_meeting(facts),
        **_said(facts, blocks, is_notice=is_notice),
        "mo_dau": opening(facts, blocks),
        "ket_thuc": closing(facts),
        "nguoi_ky": _person(facts.signer),
        "chuc_vu_nguoi_ky": [
            clean(line) for line in facts.signer.position.splitlines() if line.strip()
        ] or ["Chánh Văn phòng"],
        "noi_nhan": [clean(name).rstrip(" ;.,") for name in facts.recipients if clean(name)],
        "luu": clean(facts.notice_file if is_notice else facts.minutes_file),
    }  # fmt: skip


def _meeting(facts: MeetingFacts) -> dict[str, Any]:
    place = ", ".join(part for part in (clean(facts.place), clean(facts.form)) if part)
    return {
        "ten_cuoc_hop": clean(facts.title),
        "ngay_hop": day_in_words(facts.date),
        "gio_bat_dau": clock_in_words(facts.starts),
        "gio_ket_thuc": clock_in_words(facts.ends),
        "dia_diem": place,
        "chu_tri": _person(facts.chair) | {"chuc_danh": chair_of(facts)},
        "thu_ky": _person(facts.secretary),
        "thanh_phan": [sentence(clean(line)) for line in facts.attendance],
        "vang": [sentence(clean(line)) for line in facts.absent],
        "du_hop": clean(facts.attendees),
        "tai_lieu": [clean(line) for line in facts.materials],
        "bieu_quyet": clean(facts.votes),
    }


def _said(facts: MeetingFacts, blocks: Sequence[Block], *, is_notice: bool) -> dict[str, Any]:
    parts = {kind: [b for b in blocks if b.kind is kind and clean(b.text)] for kind in BlockKind}
    directions = parts[BlockKind.DIRECTION]
    followed = [b for b in directions if is_notice and follows_up(b, facts)]
    given = [b for b in directions if b not in followed]
    return {
        "bao_cao": [_spoken(*item) for item in enumerate(parts[BlockKind.REPORT], 1)],
        "thao_luan": [_spoken(*item) for item in enumerate(parts[BlockKind.DISCUSSION], 1)],
        "danh_gia": [clean(b.text) for b in parts[BlockKind.ASSESSMENT]],
        "nhiem_vu": [_direction(number, b, facts) for number, b in enumerate(given, 1)],
        "theo_doi": [order(b) for b in followed],
        "cau_hoi": [clean(b.text) for b in parts[BlockKind.QUESTION]] if facts.draft else [],
    }


def _spoken(number: int, block: Block) -> dict[str, str]:
    unit, speaker = lines.who(block)
    return {
        "stt": str(number),
        "don_vi": unit,
        "nguoi_noi": speaker.strip(),
        "noi_dung": clean(block.text),
        "muc": clean(block.item),
    }


def _direction(number: int, block: Block, facts: MeetingFacts) -> dict[str, str]:
    _, task, lead, coordinate, due, product, mark = lines.cells(number, block, facts)
    return {
        "stt": str(number),
        "chu_cai": letter(number - 1),
        "noi_dung": task,
        "toan_van": order(block),
        "chu_tri": lead,
        "phoi_hop": coordinate,
        "thoi_han": due,
        "san_pham": product,
        "moc_ghi": mark,
    }


def _person(person: Person) -> dict[str, str]:
    return {"ho_ten": clean(person.name), "chuc_vu": clean(person.position)}
