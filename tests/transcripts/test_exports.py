"""Files of a transcript, as they always were (tests/golden), and what readers may rely on."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetly.transcripts import document, exports
from meetly.transcripts.exports import Export, Line
from meetly.transcripts.subtitles import LETTERS, LINES, cues
from tests.conftest import missing
from tests.document_text import form, read

GOLDEN = Path(__file__).parent.parent / "golden"
#: MEETLY_WRITE_GOLDEN=1 writes the files anew, to be read and kept.
WRITE = os.environ.get("MEETLY_WRITE_GOLDEN") == "1"

OPENING = "Kính thưa các đồng chí."
LONG = (
    "Đề nghị Sở Tài chính, Sở Xây dựng và các địa phương rà soát từng dự án, báo cáo rõ nguyên "
    "nhân chậm giải ngân, gửi Văn phòng trước ngày 15/12 để tổng hợp."
)


def spoken(
    text: str, start: float, pace: float = 0.25
) -> tuple[tuple[float, float, str, float], ...]:
    return tuple(
        (round(start + n * pace, 2), round(start + n * pace + 0.2, 2), word, 0.9)
        for n, word in enumerate(text.split())
    )


SAMPLE = Export(
    lines=[
        Line(0.5, 3.0, OPENING, "Lê Thị Minh Hòa", words=spoken(OPENING, 0.5)),
        Line(3.2, 13.0, LONG, "Trần Quốc Khải", words=spoken(LONG, 3.2)),
        Line(13.4, 15.0, "Nhất là xã Nậm Hoa.", "Trần Quốc Khải", probability=0.3),
        Line(40.0, 42.0, "Hãy đăng ký kênh.", "", suspicion="phrase", probability=0.2),
        Line(3725.25, 3727.0, "Xin hết --> cảm ơn <hội nghị> & đại biểu.", "Vàng A Sình"),
    ],
    duration=3730.0, language="vi", model="micro-vi", gaps=[(20.0, 40.0)],
    title="Giao ban trực tuyến tháng 11", held="23/11/2026", filename="hop.opus",
)  # fmt: skip


@pytest.mark.parametrize("ending", ["txt", "srt", "vtt", "json"])
def test_files_are_as_they_always_were(ending: str) -> None:
    written = exports.FORMATS[ending][0](SAMPLE)
    golden = GOLDEN / f"transcript.{ending}"
    if WRITE:
        golden.write_text(written, encoding="utf-8")
    assert written == golden.read_text(encoding="utf-8")


def test_the_document_is_as_it_always_was() -> None:
    paper = read(document.render(SAMPLE))
    written = "".join(
        f"[{getattr(paragraph.style, 'name', '')}: {form(paragraph)}]\n"
        + "".join(_marked(run) for run in paragraph.runs)
        + "\n"
        for paragraph in paper.paragraphs
    )
    golden = GOLDEN / "transcript.docx.txt"
    if WRITE:
        golden.write_text(written, encoding="utf-8")
    assert written == golden.read_text(encoding="utf-8")
    assert paper.core_properties.title == SAMPLE.title


def test_letters_that_no_document_may_hold_are_left_out() -> None:
    hostile = "".join(map(chr, range(32))) + "<w:p>&'\"</w:p> \ud800\ufffe \u202eẩn\u2066"
    export = Export([Line(0, 1, hostile, hostile)], 1, "vi", "m", title=hostile, filename=hostile)
    spoken_line = read(document.render(export)).paragraphs[-1].text
    assert spoken_line.endswith("<w:p>&'\"</w:p>  ẩn")


def _marked(run: object) -> str:
    text, font = run.text, run.font  # type: ignore[attr-defined]
    if font.strike:
        return f"~~{text}~~"
    return f"=={text}==" if font.highlight_color else text


# -- subtitles ---------------------------------------------------------------------------------


def test_a_long_sentence_becomes_cues_that_end_at_pauses() -> None:
    made = cues(LONG, 3.2, 13.0, spoken(LONG, 3.2))
    assert [" ".join(cue.lines) for cue in made] == [
        "Đề nghị Sở Tài chính, Sở Xây dựng và các địa phương rà soát từng dự án,",
        "báo cáo rõ nguyên nhân chậm giải ngân, gửi Văn phòng trước ngày 15/12 để tổng hợp.",
    ]
    # the second begins with its first word, after seventeen of a quarter of a second
    assert [cue.start for cue in made] == [3.2, 3.2 + 17 * 0.25]


WORDS = st.lists(st.text("aăâbcđ,.", min_size=1, max_size=60), min_size=1, max_size=30)


@given(WORDS, st.text("AB ", max_size=20), st.floats(0, 100), st.floats(0.01, 30), st.booleans())
def test_cues_hold_every_letter_in_short_lines_one_after_the_other(
    words: list[str], lead: str, start: float, length: float, known: bool
) -> None:
    text, end = " ".join(words), start + length
    heard = [(start + n * 0.3, start + n * 0.3 + 0.2, w, 0.9) for n, w in enumerate(words)]
    made = cues(text, start, end, heard if known else (), lead)
    letters = "".join(line for cue in made for line in cue.lines).replace(" ", "")
    assert letters == (lead + text).replace(" ", "")
    assert all(1 <= len(cue.lines) <= LINES for cue in made)
    assert all(len(line) <= LETTERS for cue in made for line in cue.lines)
    assert made[0].start == start
    for before, after in pairwise(made):
        assert before.start <= after.start
        assert before.end <= after.start + 0.002
    assert all(cue.end > cue.start for cue in made)


def test_players_can_read_the_subtitles() -> None:
    srt = exports.as_srt(SAMPLE)
    stamp = r"\d\d:\d\d:\d\d,\d{3}"
    blocks = srt.strip().split("\n\n")
    assert [block.split("\n")[0] for block in blocks] == [str(n + 1) for n in range(len(blocks))]
    assert all(re.fullmatch(rf"{stamp} --> {stamp}", block.split("\n")[1]) for block in blocks)
    assert srt.count("-->") == len(blocks)
    vtt = exports.as_vtt(SAMPLE)
    assert "&lt;hội nghị&gt; &amp; đại" in vtt
    assert vtt.count("-->") == vtt.count("\n\n")


def test_data_carries_every_word_with_its_second() -> None:
    data = json.loads(exports.as_json(SAMPLE))
    assert data["segments"][0]["words"][1] == {
        "start": 0.75, "end": 0.95, "text": "thưa", "probability": 0.9,
    }  # fmt: skip
    assert data["segments"][3]["words"] == []
    assert data["gaps"] == [{"start": 20.0, "end": 40.0}]


# -- as pages ----------------------------------------------------------------------------------


@pytest.mark.office
def test_the_document_opens_as_pages_with_times_before_the_words(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        missing("LibreOffice")
    many = [
        Line(n * 10.0, n * 10.0 + 9, f"Trang {n}. {LONG}", ("Hoa", "Long")[n // 5 % 2])
        for n in range(40)
    ]  # fmt: skip
    long = Export(many, 400.0, "vi", "micro-vi", title="Giao ban", held="23/11/2026")
    (tmp_path / "transcript.docx").write_bytes(document.render(long))
    (tmp_path / "sample.docx").write_bytes(document.render(SAMPLE))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    papers = [str(tmp_path / name) for name in ("transcript.docx", "sample.docx")]
    convert = [str(office), profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*convert, *papers], check=True, capture_output=True, timeout=200)
    with pypdfium2.PdfDocument(tmp_path / "transcript.pdf") as pdf:
        pages = [page.get_textpage().get_text_range() for page in pdf]
        assert pdf[0].get_size() == pytest.approx((595.3, 841.9), abs=1)
    assert len(pages) > 3
    for number, page in enumerate(pages, start=1):
        assert page.strip().split()[-1] == str(number)
    whole = " ".join(" ".join(pages).split())
    assert all(f"0:0{n // 6}:{n % 6}0 Trang {n}." in whole for n in range(40))
