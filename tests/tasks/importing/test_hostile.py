"""Files that mean harm: refused with words or read without any, never with a socket."""

from __future__ import annotations

import sys
import time
from datetime import date

import pytest

from meetly import confined
from meetly.errors import BadInput
from meetly.tasks.importing import judging, notice_text
from meetly.tasks.importing.rows import LONGEST_TEXT, MOST_ROWS
from tests.tasks.importing import hostile, samples
from tests.tasks.importing.hostile import Harm

SHEETS, NOTICES = hostile.sheets(), list(hostile.notices())


def test_there_are_enough_of_them() -> None:
    names = [harm.name for harm in (*SHEETS, *NOTICES)]
    assert len(names) >= 50 and len({harm.content for harm in SHEETS}) == len(SHEETS)


@pytest.mark.parametrize("harm", SHEETS, ids=[harm.name for harm in SHEETS])
def test_a_spreadsheet_that_means_harm_does_none(harm: Harm) -> None:
    begun = time.monotonic()
    try:
        lines = judging.sheet(harm.content).lines
    except BadInput as refused:
        assert harm.refusal in str(refused), refused
        assert harm.refusal or harm.name in {"locked", "csv: and an archive"}
    else:
        assert not harm.refusal, lines[:5]
        assert sum(map(bool, lines)) <= MOST_ROWS + 20
        assert all(len(cell) <= LONGEST_TEXT for line in lines for cell in line)
        assert "evil.example" not in str(lines) and "root:" not in str(lines)
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize("harm", NOTICES, ids=[harm.name for harm in NOTICES])
def test_a_notice_that_means_harm_does_none(harm: Harm) -> None:
    with pytest.raises(BadInput, match=harm.refusal):
        judging.paragraphs(harm.content)


@pytest.mark.parametrize(
    "pasted",
    [
        "a" * 300_000, "Giao Sở Tài chính nộp báo cáo. " * 3_000, "ngày 1 tháng 1 " * 20_000,
        "Số: " * 60_000, "kết luận như sau: " * 15_000, "(" * 100_000, "\u202e" * 50_000,
        "văn phòng thông báo " * 10_000,
    ],
    ids=lambda words: words[:12],
)  # fmt: skip
def test_pasted_words_take_little_time(pasted: str) -> None:
    begun = time.monotonic()
    notice = notice_text.read(notice_text.lines_of(pasted))
    assert len(notice_text.rows(notice, date(2026, 11, 26), None)) <= MOST_ROWS
    assert time.monotonic() - begun < 15


def test_the_reader_has_no_network_and_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted defect: a reader that calls out or takes memory is refused, not believed."""
    asked: list[confined.Limits] = []
    run = confined.run

    def reader(code: str) -> None:
        def instead(module: str, words: object, folder: object, limits: confined.Limits) -> None:
            asked.append(limits)
            run([sys.executable, "-c", code], folder, limits)  # type: ignore[arg-type]

        monkeypatch.setattr(confined, "run_module", instead)

    honest = 'open(\'found.json\', \'w\').write(\'{"title": "", "lines": [["a"]]}\')'
    reader(honest)
    assert judging.sheet(samples.book([[1, "Việc"]])).lines == [["a"]]
    reader(f"x = bytearray(2 << 30); {honest}")
    with pytest.raises(judging.Unreadable):
        judging.sheet(samples.book([[1, "Việc"]]))
    assert asked[0].memory <= 1 << 30
