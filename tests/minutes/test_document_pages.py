"""The papers as pages: opened by LibreOffice, read back from the PDF it makes."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

import pypdfium2
import pytest

from meetly.minutes.blocks import Assignment, Block, BlockKind
from meetly.minutes.document import minutes_docx, notice_docx
from meetly.minutes.facts import Person
from tests.conftest import missing
from tests.minutes.sample import FACTS, minutes_blocks

pytestmark = pytest.mark.office

A4 = pytest.approx((595.3, 841.9), abs=1)
PAPERS = ("minutes", "notice", "long", "deputy")
FOR_HEAD = ("KT. CHÁNH VĂN PHÒNG", "PHÓ CHÁNH VĂN PHÒNG")
MARK = re.compile(r"\b\d:\d\d:\d\d\b")
POINTS_PER_MM = 72 / 25.4


@dataclass(frozen=True)
class Page:
    """What a page of the PDF says, and where its lines stand."""

    size: tuple[float, float]
    text: str
    #: lines as (text, left, top) in points from the upper left corner
    lines: tuple[tuple[str, float, float], ...]

    def line(self, text: str) -> tuple[str, float, float]:
        return next(line for line in self.lines if text in line[0])


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Page]]:
    """Print both papers of the sample, in a profile of their own."""
    office = shutil.which("soffice")
    if office is None:
        missing("LibreOffice")
    folder = tmp_path_factory.mktemp("pages")
    blocks = minutes_blocks()
    (folder / "minutes.docx").write_bytes(minutes_docx(FACTS, blocks))
    (folder / "notice.docx").write_bytes(notice_docx(FACTS, blocks))
    (folder / "long.docx").write_bytes(minutes_docx(FACTS, _long_directions()))
    for_head = replace(FACTS, signer=Person("Nguyễn Thanh Sơn", "\n".join(FOR_HEAD)))
    (folder / "deputy.docx").write_bytes(notice_docx(for_head, blocks))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    papers = [
        str(folder / name) for name in ("minutes.docx", "notice.docx", "long.docx", "deputy.docx")
    ]
    subprocess.run(
        [str(office), profile, "--headless", "--convert-to", "pdf", "--outdir", folder, *papers],
        check=True,
        capture_output=True,
        timeout=200,
    )
    return {
        name: _pages(folder / f"{name}.pdf") for name in ("minutes", "notice", "long", "deputy")
    }


def _long_directions() -> list[Block]:
    texts = ["Sở Y tế làm việc đầu.", f"Sở Y tế {'cấp hóa chất ' * 400} việc giữa.", "Việc cuối."]
    given = Assignment(("Sở Y tế",))
    return [
        Block(f"b{number}", BlockKind.DIRECTION, text, (1,), assignment=given)
        for number, text in enumerate(texts)
    ]


def _pages(path: Path) -> list[Page]:
    document = pypdfium2.PdfDocument(path)
    read = []
    for page in document:
        text = page.get_textpage()
        width, height = page.get_size()
        lines = []
        for index in range(text.count_rects()):
            left, bottom, right, top = text.get_rect(index)
            lines.append((text.get_text_bounded(left, bottom, right, top), left, height - top))
        read.append(Page((width, height), text.get_text_range(), tuple(lines)))
        text.close()
        page.close()
    document.close()
    return read


@pytest.mark.parametrize("paper", ["minutes", "notice"])
def test_every_page_but_the_first_is_numbered_in_the_top_margin(
    pages: dict[str, list[Page]], paper: str
) -> None:
    assert len(pages[paper]) > 1
    for number, page in enumerate(pages[paper], 1):
        assert page.size == A4
        above = [line for line in page.lines if line[2] < 20 * POINTS_PER_MM - 2]
        if number == 1:
            assert above == []
        else:
            ((text, left, _),) = above
            assert text == str(number)
            middle = (30 + 80) * POINTS_PER_MM
            assert left == pytest.approx(middle, abs=5)


@pytest.mark.parametrize("paper", ["minutes", "notice"])
def test_the_names_of_country_and_agency_stand_on_one_line_each(
    pages: dict[str, list[Page]], paper: str
) -> None:
    first = pages[paper][0]
    country = first.line("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    agency = first.line("UBND TỈNH LAM GIANG")
    assert country[2] == pytest.approx(agency[2], abs=2)
    assert agency[1] >= 30 * POINTS_PER_MM - 1
    assert country[1] > (30 + 60) * POINTS_PER_MM


def test_every_row_of_the_table_is_printed_under_its_heading(pages: dict[str, list[Page]]) -> None:
    """A row that must not split behind a heading once made LibreOffice drop the rows after it."""
    marks = [MARK.findall(page.text) for page in pages["minutes"]]
    assert sum(map(len, marks)) == 10
    assert sum(map(bool, marks)) > 1, "the table runs over a page break"
    for page, found in zip(pages["minutes"], marks, strict=True):
        assert ("Nội dung nhiệm vụ" in page.text) == bool(found)
    right_edge = (210 - 20) * POINTS_PER_MM
    for page in pages["minutes"]:
        assert all(left < right_edge for _, left, _ in page.lines)


def test_a_row_taller_than_a_page_is_printed_to_its_end(pages: dict[str, list[Page]]) -> None:
    text = " ".join(" ".join(page.text for page in pages["long"]).split())
    assert text.count("hóa chất") >= 400
    for end in ("việc đầu", "việc giữa", "Việc cuối"):
        assert end in text


def test_signatures_stand_together_and_never_without_the_closing_words(
    pages: dict[str, list[Page]],
) -> None:
    signed = next(page for page in pages["minutes"] if "THƯ KÝ" in page.text)
    for text in ("Cuộc họp kết thúc", "CHỦ TỌA", "Đỗ Văn Nam", "Trần Quốc Khải", "Nơi nhận:"):
        assert text in signed.text
    secretary, chair = signed.line("THƯ KÝ"), signed.line("CHỦ TỌA")
    assert secretary[1] < 105 * POINTS_PER_MM < chair[1]
    assert secretary[2] == pytest.approx(chair[2], abs=1)
    notified = next(page for page in pages["notice"] if "CHÁNH VĂN PHÒNG" in page.text)
    assert "thông báo để các cơ quan" in notified.text
    assert "Lê Thị Minh Hòa" in notified.text


def test_a_deputys_lines_stand_close_together_over_the_name(pages: dict[str, list[Page]]) -> None:
    signed = next(page for page in pages["deputy"] if FOR_HEAD[0] in page.text)
    first = signed.line("KT. CHÁNH")
    second = next(line for line in signed.lines if line[0].strip().startswith("PHÓ CHÁNH"))
    name = signed.line("Nguyễn Thanh Sơn")
    assert 10 < second[2] - first[2] < 20, "one line under the other, in points"
    assert name[2] - second[2] > 50, "room to sign"
    assert first[1] > 105 * POINTS_PER_MM
