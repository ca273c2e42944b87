"""Every document that was asked for is printed once, whatever happens to its printer."""

from __future__ import annotations

import ctypes
import io
import stat
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from flask import Flask
from PIL import Image

from meetly import clock, confined
from meetly.extensions import db
from meetly.minutes import kept_papers
from meetly.minutes.document import minutes_docx, notice_docx
from meetly.minutes.printing import service
from meetly.minutes.printing.models import Print, PrintStatus
from meetly.storage import files
from tests.conftest import missing
from tests.materials import samples
from tests.minutes.sample import FACTS, minutes_blocks
from workers import office, paging, print_papers


@pytest.fixture
def libreoffice() -> None:
    if office.program() is None:
        missing("LibreOffice")


@pytest.fixture
def stub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Put a small program in the place of LibreOffice that dies of a file with KILL in it.

    It prints the others as a one-page PDF, each call noted in the file `calls`; so what the house
    does about a deadly file is seen in a second.
    """
    pdf, calls = tmp_path / "page.pdf", tmp_path / "calls"
    pdf.write_bytes(samples.printed("Một trang"))
    program = tmp_path / "soffice"
    program.write_text(
        f"""#!/bin/sh
outdir=""
for word in "$@"; do
  [ "$previous" = --outdir ] && outdir="$word"
  case "$word" in
  *.docx)
    echo "$word" >> {calls}
    if grep -q KILL "$word"; then kill -9 $$; fi
    cp {pdf} "$outdir/$(basename "$word" .docx).pdf" ;;
  esac
  previous="$word"
done
""",
        encoding="utf-8",
    )
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setattr(office, "program", lambda: str(program))
    # Arguments come in the order LibreOffice wants them: --outdir before the documents.
    yield calls


def asked(*documents: bytes) -> list[str]:
    kept = [kept_papers.store(document) for document in documents]
    for sha256 in kept:
        service.ask(sha256)
    db.session.commit()
    return kept


def row(sha256: str) -> Print:
    found = service.of(sha256)
    assert found is not None
    db.session.refresh(found)
    return found


# -- with LibreOffice ------------------------------------------------------------------------


def fonts_of(pdf: bytes) -> set[str]:
    """Return the names of the fonts that the letters of a PDF are set in."""
    names = set()
    document = pypdfium2.PdfDocument(pdf)
    for page in document:
        for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
            font = pdfium.FPDFTextObj_GetFont(item.raw)
            name = ctypes.create_string_buffer(200)
            pdfium.FPDFFont_GetBaseFontName(font, name, 200)
            names.add(name.value.decode().rpartition("+")[2])
    return names


@pytest.mark.office
def test_both_documents_are_printed_in_a_times_face_that_knows_vietnamese(
    app: Flask, libreoffice: None
) -> None:
    minutes, notice = asked(
        minutes_docx(FACTS, minutes_blocks()), notice_docx(FACTS, minutes_blocks())
    )
    assert print_papers.run() == 2
    for sha256, title in ((minutes, "BIÊN BẢN"), (notice, "THÔNG BÁO")):
        made = row(sha256)
        assert (made.status, made.failure, made.attempts) == (PrintStatus.DONE, "", 1)
        pdf = kept_papers.read(made.pdf_sha256, "pdf")
        assert pdf.startswith(b"%PDF") and made.page_count == len(made.pages) >= 2
        fonts = fonts_of(pdf)
        assert fonts and all(n.startswith(("LiberationSerif", "TimesNewRoman")) for n in fonts)
        first = made.pages[0]
        assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in first["text"] and title in first["text"]
        for page in made.pages:
            picture = kept_papers.read(page["sha256"], page["format"])
            with Image.open(io.BytesIO(picture)) as shown:
                assert shown.size == (page["width"], page["height"]) and shown.width == paging.WIDE
            assert len(picture) < 50_000
    said = " ".join(page["text"] for page in row(notice).pages)
    assert "Sở Tài chính" in said and "thông báo để các cơ quan, địa phương biết" in said
    assert print_papers.run() == 0


def test_the_check_of_fonts_sees_another_face() -> None:
    """Planted: a PDF in Helvetica, as a machine without a Times face would make it."""
    assert "LiberationSerif" not in "".join(fonts_of(samples.printed("Một trang")))


# -- asking ----------------------------------------------------------------------------------


def test_asking_twice_is_asking_once_and_a_print_that_is_there_stays(
    app: Flask, stub: Path
) -> None:
    [one] = asked(b"one")
    asked(b"one", b"one")
    assert print_papers.run() == 1
    before = row(one).pdf_sha256
    asked(b"one")
    assert print_papers.run() == 0 and row(one).pdf_sha256 == before
    assert len(stub.read_text().splitlines()) == 1


def test_without_libreoffice_it_waits_and_is_printed_once_it_is_there(
    app: Flask, stub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [one] = asked(b"one")
    there = office.program
    monkeypatch.setattr(office, "program", lambda: None)
    assert print_papers.run() == 0
    assert (row(one).status, row(one).attempts) == (PrintStatus.WAITING, 0)
    monkeypatch.setattr(office, "program", there)
    assert print_papers.run() == 1


def test_several_are_given_to_one_libreoffice(
    app: Flask, stub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    real = office.to_pdf

    def counted(documents: Sequence[Path], folder: Path) -> None:
        calls.append(len(documents))
        real(documents, folder)

    monkeypatch.setattr(office, "to_pdf", counted)
    asked(*(b"paper %d" % n for n in range(print_papers.TOGETHER + 1)))
    assert print_papers.run() == print_papers.TOGETHER + 1
    assert calls == [print_papers.TOGETHER, 1]


def test_five_printers_at_once_print_each_document_once(app: Flask, stub: Path) -> None:
    kept = asked(*(b"paper %d" % n for n in range(9)))
    counts: list[int] = []
    ready = threading.Barrier(5)

    def run() -> None:
        with app.app_context():
            ready.wait()
            counts.append(print_papers.run())
            db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 9 and all(row(k).status == PrintStatus.DONE for k in kept)
    assert len(stub.read_text().splitlines()) == 9


# -- deadly files and dead printers ------------------------------------------------------------


def test_a_file_that_kills_libreoffice_is_set_aside_alone(app: Flask, stub: Path) -> None:
    good, bad, other = asked(b"good", b"KILL", b"other")
    assert print_papers.run() == 2
    assert (row(bad).status, row(bad).failure) == (PrintStatus.FAILED, service.UNREADABLE)
    assert row(bad).attempts == service.MOST_ATTEMPTS
    assert {row(good).status, row(other).status} == {PrintStatus.DONE}
    died = [line for line in stub.read_text().splitlines() if bad in line]
    assert len(died) == 3
    assert print_papers.run() == 0


def test_planted_neighbours_that_are_tried_with_a_deadly_file_again_are_lost_with_it(
    app: Flask, stub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the rule that a file tried before is printed alone, its neighbours fail too."""
    real = service.claim

    def claim_together(most: int) -> list[Print]:
        found = real(most)
        while len(found) < 3 and (more := real(most)):
            found += more
        return sorted(found, key=lambda p: p.docx_sha256 != bad)

    bad, good, other = asked(b"KILL", b"good", b"other")
    monkeypatch.setattr(service, "claim", claim_together)
    print_papers.run()
    assert {row(k).status for k in (good, other)} == {PrintStatus.FAILED}


def test_a_printer_that_was_killed_loses_nothing(
    app: Flask, stub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [one] = asked(b"one")
    assert [p.attempts for p in service.claim(6)] == [1]
    db.session.commit()  # and here the printer is killed
    assert print_papers.run() == 0  # its lease still runs
    later = clock.now() + service.LEASE * 2
    monkeypatch.setattr(clock, "now", lambda: later)
    assert print_papers.run() == 1
    done = row(one)
    assert (done.status, done.attempts) == (PrintStatus.DONE, 2)
    # It was only asleep: what it brings now is refused.
    assert not service.finish(one, 1, service.Made("0" * 64, 1, []))
    assert not service.finish(one, 2, service.Made("0" * 64, 1, []))
    db.session.commit()
    assert row(one).pdf_sha256 == done.pdf_sha256 != "0" * 64


def test_a_file_that_kills_the_whole_printer_is_set_aside_too(
    app: Flask, stub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [one] = asked(b"one")
    moment = clock.now()
    for _ in range(service.MOST_ATTEMPTS):
        assert len(service.claim(6)) == 1
        db.session.commit()
        moment += service.LEASE * 2
        monkeypatch.setattr(clock, "now", lambda now=moment: now)
    assert print_papers.run() == 0
    assert (row(one).status, row(one).failure) == (PrintStatus.FAILED, service.KILLED)
    asked(b"one")  # whoever submits it again has it tried again
    assert print_papers.run() == 1


def test_bytes_that_are_not_those_of_the_name_are_never_printed(app: Flask, stub: Path) -> None:
    [one] = asked(b"one")
    files.path(kept_papers.key(one)).write_bytes(b"two")
    assert print_papers.run() == 0
    assert row(one).status == PrintStatus.FAILED and not stub.exists()


def test_what_a_captured_child_says_is_not_believed(
    app: Flask, stub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = '{"page_count": 1, "pages": [{"format": "svg", "text": ""}]}'

    def look(_module: str, _arguments: list[str], folder: Path, _limits: object) -> None:
        (folder / "1").write_bytes(b"<svg onload='x()'/>")
        (folder / "made").write_text(said)

    monkeypatch.setattr(confined, "run_module", look)
    [one] = asked(b"one")
    assert print_papers.run() == 0
    assert (row(one).status, row(one).pages) == (PrintStatus.FAILED, [])
