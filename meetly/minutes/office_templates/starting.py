"""Meetly's own two forms with placeholders, for an office to begin its own from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Cm

from meetly import paper
from meetly import paper_layout as layout
from meetly.paper_layout import Style
from meetly.paper_parts import (
    Letterhead,
    add,
    grid,
    grid_row,
    letterhead,
    replacing,
    signatures,
    title,
)

# The letterhead writes in capitals; these stand in for placeholders until it is written, and are
# as long as the names they will give way to.
_PARENT, _AGENCY = "CƠ QUAN CHỦ QUẢN", "CƠ QUAN BAN HÀNH"
_GIVEN = {_PARENT: "{{ co_quan_chu_quan|upper }}", _AGENCY: "{{ co_quan|upper }}"}
_COLUMNS = (
    ("TT", Cm(0.9), "stt"), ("Nội dung nhiệm vụ", Cm(5.1), "noi_dung"),
    ("Chủ trì", Cm(2.4), "chu_tri"), ("Phối hợp", Cm(2.3), "phoi_hop"),
    ("Thời hạn", Cm(2.6), "thoi_han"), ("Sản phẩm", Cm(2.7), "san_pham"),
)  # fmt: skip
_MADE = datetime(2026, 1, 1)


def form(kind: str) -> bytes:
    """Return the form of a kind, "minutes" or "notice", as a .docx file."""
    said = paper.Properties(title="{{ trich_yeu }}", author="{{ van_phong }}", moment=_MADE)
    return paper.file_of(said, _minutes if kind == "minutes" else _notice)


def _minutes(document: Document) -> None:
    _head(document, "BIÊN BẢN")
    for label, words in (
        ("Thời gian bắt đầu", "{{ gio_bat_dau }}, {{ ngay_hop }}."),
        ("Địa điểm", "{{ dia_diem }}."),
        ("Thành phần tham dự", ""),
    ):
        add(document, layout.BODY, (f"{label}:", "b"), f" {words}")
    _each(document, "dong in thanh_phan", "- {{ dong }}")
    _each(document, "dong in vang", "- Vắng: {{ dong }}")
    add(document, layout.BODY, ("Chủ trì:", "b"), " {{ chu_tri.ho_ten }}, {{ chu_tri.chuc_vu }}.")
    add(document, layout.BODY, ("Thư ký:", "b"), " {{ thu_ky.ho_ten }}, {{ thu_ky.chuc_vu }}.")
    for heading, name in (("I. Báo cáo", "bao_cao"), ("II. Ý kiến thảo luận", "thao_luan")):
        _tag(document, f"{{%p if {name} %}}")
        add(document, layout.HEADING, heading)
        _tag(document, f"{{%p for y in {name} %}}")
        add(
            document, layout.BODY, "{{ y.stt }}. ", ("{{ y.don_vi }}", "b"),
            "{% if y.nguoi_noi %} {{ y.nguoi_noi }}{% endif %}{% if y.don_vi %}: {% endif %}"
            "{{ y.noi_dung }}",
        )  # fmt: skip
        _tag(document, "{%p endfor %}")
        _tag(document, "{%p endif %}")
    add(document, layout.HEADING, "III. Kết luận của chủ trì")
    _each(document, "cau in danh_gia", "{{ cau }}")
    _tag(document, "{%p if nhiem_vu %}")
    add(document, layout.INTRODUCING, "Chủ trì giao các nhiệm vụ sau:")
    _table(document)
    _tag(document, "{%p endif %}")
    add(document, layout.INTRODUCING, "Cuộc họp kết thúc vào {{ gio_ket_thuc }}, {{ ngay_hop }}./.")
    signatures(
        document, _signature("THƯ KÝ", "{{ thu_ky.ho_ten }}"),
        _signature("CHỦ TỌA", "{{ chu_tri.ho_ten }}"), _recipients(),
    )  # fmt: skip


def _notice(document: Document) -> None:
    _head(document, "THÔNG BÁO", "{{ dia_danh_ngay_thang }}")
    add(document, layout.BODY, "{{ mo_dau }}")
    _each(document, "cau in danh_gia", "{{ cau }}")
    _each(document, "viec in nhiem_vu", "{{ viec.chu_cai }}) {{ viec.toan_van }}")
    _each(document, "cau in theo_doi", "{{ cau }}")
    add(document, layout.INTRODUCING, "{{ ket_thuc }}")
    posts = [
        (layout.POSITION, "{%p for dong in chuc_vu_nguoi_ky %}"),
        (layout.POSITION, "{{ dong|upper }}"),
        (layout.POSITION, "{%p endfor %}"),
    ]
    signatures(document, _recipients(), [*posts, *_signature("", "{{ nguoi_ky.ho_ten }}")])


def _head(document: Document, kind: str, place_date: str = "") -> None:
    letterhead(document, Letterhead(_PARENT, _AGENCY), "Số: {{ so }}/{{ ky_hieu }}", place_date)
    for text in document.element.body.iter(qn("w:t")):
        text.text = _GIVEN.get(text.text or "", text.text)
    title(document, kind, "{{ trich_yeu }}")
    _tag(document, "{%p if thay_the %}")
    replacing(document, "{{ thay_the }}")
    _tag(document, "{%p endif %}")


def _table(document: Document) -> None:
    table = grid(document, [width for _, width, _ in _COLUMNS], [name for name, *_ in _COLUMNS])
    blank = [""] * (len(_COLUMNS) - 1)
    grid_row(table, ["{%tr for viec in nhiem_vu %}", *blank], ())
    grid_row(table, [f"{{{{ viec.{name} }}}}" for *_, name in _COLUMNS], (0, 4))
    grid_row(table, ["{%tr endfor %}", *blank], ())


def _each(document: Document, loop: str, text: str) -> None:
    """Add a paragraph that comes once for each item of a list."""
    _tag(document, f"{{%p for {loop} %}}")
    add(document, layout.BODY, text)
    _tag(document, "{%p endfor %}")


def _tag(document: Document, words: str) -> None:
    add(document, layout.BODY, words)


def _signature(position: str, name: str) -> list[tuple[Style, str]]:
    space = [(layout.SIGNING_SPACE, "")] * 4
    posts = [(layout.POSITION, position)] if position else []
    return [*posts, *space, (layout.SIGNER, name)]


def _recipients() -> list[tuple[Style, str]]:
    lines: Iterable[str] = ("{%p for noi in noi_nhan %}", "- {{ noi }};", "{%p endfor %}")
    return [
        (layout.RECIPIENTS_HEADING, "Nơi nhận:"),
        *((layout.RECIPIENTS, line) for line in lines),
        (layout.RECIPIENTS, "- Lưu: {{ luu }}."),
    ]
