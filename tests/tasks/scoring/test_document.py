"""The paper of a record: as it always was, and printable."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2

from meetly.paper_parts import Letterhead
from meetly.tasks.scoring import periods
from meetly.tasks.scoring.document import Sheet, record_docx, rules
from meetly.tasks.scoring.formula import DEFAULT, Extension
from meetly.tasks.scoring.lines import Line
from tests.conftest import missing
from tests.document_text import as_text

GOLDEN = Path(__file__).parents[2] / "golden"
LINES = (
    Line(4, "Sở Tài chính", in_time=8, late=1, overdue=1, running=1, delays=2, returns=1,
         general=30_00, quantity=21_00, quality=20_42, progress=22_16, total=93_58,
         grade="excellent", rank=1),
    Line(6, "UBND xã Nậm Hoa", overdue=2, delays=2, general=25_50, progress=17_50, total=43_00,
         grade="not", rank=2),
    Line(None, "Tổ công tác", running=1),
)  # fmt: skip
SHEET = Sheet(
    head=Letterhead("UBND TỈNH LAM GIANG", "VĂN PHÒNG"), locality="Lam Giang",
    office="Văn phòng UBND tỉnh", post="Chánh Văn phòng", signer="Lê Thị Minh Hòa",
    giver="Văn phòng UBND tỉnh", period=periods.read("2026-11"), of_units=True, lines=LINES,
    formula=DEFAULT, grounds="Nghị định số 335/2025/NĐ-CP", counted=date(2026, 12, 3),
    is_fixed=True,
)  # fmt: skip


def test_the_paper_is_as_it_always_was() -> None:
    file = record_docx(SHEET)
    assert file == record_docx(SHEET), "the same record, the same bytes"
    golden = GOLDEN / "record.docx.txt"
    assert as_text(file) == golden.read_text(encoding="utf-8")


def test_periods_and_states_are_named() -> None:
    for key, counted, fixed, words in (
        ("2026-Q4", date(2026, 11, 26), False, "Quý 4/2026 của các đơn vị"),
        ("2026", date(2027, 1, 2), False, "số liệu tính đến ngày 02/01/2027"),
        ("2026-11", date(2026, 11, 30), False, "số liệu tạm tính đến ngày 30/11/2026"),
        ("2026-11", date(2026, 12, 3), True, "số liệu chốt ngày 03/12/2026"),
    ):
        sheet = replace(SHEET, period=periods.read(key), counted=counted, is_fixed=fixed)
        assert words in as_text(record_docx(sheet))
    officers = as_text(record_docx(replace(SHEET, of_units=False, lines=())))
    assert "người theo dõi" in officers and "Trong kỳ không có nhiệm vụ đến hạn." in officers


def test_the_formula_is_written_as_it_is_set() -> None:
    other = replace(DEFAULT, extension=Extension.EVERY, undated=True, helper_share=30, urgent=150)
    words = "\n".join(rules(other, ""))
    for part in ("Mỗi lần được gia hạn tính một lần chậm.", "30% mỗi nhiệm vụ", "khẩn 150%",
                 "không có thời hạn tính vào tháng hoàn thành"):  # fmt: skip
        assert part in words
    assert "Nghị định" not in words and "Trọng số" not in "\n".join(rules(DEFAULT, ""))


def test_the_paper_prints_with_every_line(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        missing("LibreOffice")
    many = [replace(LINES[0], name=f"UBND xã số {number:03d}") for number in range(76)]
    (tmp_path / "record.docx").write_bytes(record_docx(replace(SHEET, lines=many)))
    subprocess.run(
        [str(office), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
         "--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "record.docx")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    with pypdfium2.PdfDocument(tmp_path / "record.pdf") as pdf:
        text = "".join(page.get_textpage().get_text_range() for page in pdf)
        assert len(pdf) <= 5
    assert all(f"số {number:03d}" in text for number in range(76))
    assert "LÊ THỊ" not in text and "Lê Thị Minh Hòa" in text
