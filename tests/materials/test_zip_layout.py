"""The archive of a pack, read by others: Python, Info-ZIP, and byte by byte from any place."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
import zlib
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meetly.materials.packs.zip_layout import Entry, layout
from meetly.sending import Body, Stretch
from tests.conftest import missing

WHEN = datetime(2026, 11, 23, 8, 0, 2)
GIGA = 1 << 30
MARKS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/\\")
NAMES = st.text(MARKS, min_size=1)


def text(name: str, content: bytes, when: datetime = WHEN) -> Entry:
    return Entry.of_text(name, content, when)


def stored(path: Path, name: str, content: bytes) -> Entry:
    path.write_bytes(content)
    return Entry.of_file(name, Stretch(path, 0, len(content)), zlib.crc32(content), WHEN)


@given(st.lists(st.tuples(NAMES, st.binary(max_size=300)), unique_by=lambda e: e[0], max_size=8))
def test_python_reads_what_was_laid_out(files: list[tuple[str, bytes]]) -> None:
    body = layout([text(name, content) for name, content in files])
    made = body.read()
    assert len(made) == body.length
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.testzip() is None
        assert [(i.filename, archive.read(i)) for i in archive.infolist()] == files
        assert all(i.date_time == (2026, 11, 23, 8, 0, 2) for i in archive.infolist())
        assert all(i.compress_type == zipfile.ZIP_STORED for i in archive.infolist())


@settings(max_examples=50)
@given(st.data())
def test_any_part_is_what_lies_there(data: st.DataObject) -> None:
    body = layout([text(f"{n}.txt", bytes([n]) * n * 7) for n in range(6)])
    whole = body.read()
    first = data.draw(st.integers(0, body.length))
    stop = data.draw(st.integers(first, body.length))
    assert body.read(first, stop) == whole[first:stop]


def test_a_part_opens_only_the_files_it_touches(tmp_path: Path) -> None:
    good = stored(tmp_path / "good", "b.bin", b"0123456789" * 50)
    gone = Entry.of_file("a.bin", Stretch(tmp_path / "gone", 0, 1000), 1, WHEN)
    body = layout([gone, good])
    end = body.read(body.length - 300)
    assert end.endswith(body.read(body.length - 22)) and b"b.bin" in end
    with pytest.raises(FileNotFoundError):
        body.read(0, 100)


def test_info_zip_finds_no_fault(tmp_path: Path) -> None:
    if not shutil.which("unzip"):
        missing("unzip")
    entries = [
        stored(tmp_path / "a", "1. Giải ngân/Báo cáo tháng 11.pdf", b"%PDF-" + b"x" * 70_000),
        text("manifest.json", b"{}"),
        text("rỗng.txt", b""),
    ]
    path = tmp_path / "pack.zip"
    path.write_bytes(layout(entries).read())
    told = subprocess.run(["unzip", "-t", path], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    listed = subprocess.run(["unzip", "-Z1", path], capture_output=True, check=True)
    assert listed.stdout.decode().splitlines()[0] == entries[0].name


class Sparse(io.RawIOBase):
    """A file of many gigabytes that is nowhere: zeros where a stored file would lie."""

    def __init__(self, body: Body) -> None:
        self.body, self.at = body, 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = 0) -> int:
        self.at = offset + (0, self.at, self.body.length)[whence]
        return self.at

    def read(self, size: int = -1) -> bytes:
        stop = self.body.length if size < 0 else min(self.at + size, self.body.length)
        pieces = self.body.between(self.at, stop)
        found = b"".join(p if isinstance(p, bytes) else bytes(p.length) for p in pieces)
        self.at += len(found)
        return found


def huge(name: str, size: int) -> Entry:
    return Entry.of_file(name, Stretch(Path("/nowhere"), 0, size), 0, WHEN)


def test_beyond_four_gigabytes_the_directory_is_read_as_well() -> None:
    entries = [huge("lớn.bin", 5 * GIGA), huge("3.bin", 3 * GIGA), text("cuối.txt", b"het")]
    body = layout(entries)
    assert body.length > 8 * GIGA
    with zipfile.ZipFile(Sparse(body)) as archive:
        assert [i.file_size for i in archive.infolist()] == [5 * GIGA, 3 * GIGA, 3]
        assert archive.infolist()[2].header_offset > 8 * GIGA
        assert archive.read("cuối.txt") == b"het"
        assert [i.extract_version for i in archive.infolist()] == [45, 45, 45]


@pytest.mark.parametrize("size", [(1 << 32) - 2, (1 << 32) - 1, 1 << 32])
def test_the_edge_of_four_gigabytes_is_met_to_the_byte(size: int) -> None:
    with zipfile.ZipFile(Sparse(layout([huge("a", size), text("b", b"b")]))) as archive:
        assert archive.infolist()[0].file_size == size
        assert archive.read("b") == b"b"


def test_more_files_than_the_old_count_holds() -> None:
    body = layout([text(f"{n}", b"") for n in range(0x10001)])
    with zipfile.ZipFile(Sparse(body)) as archive:
        assert len(archive.infolist()) == 0x10001


@pytest.mark.parametrize("year", [1970, 2108])
def test_a_year_that_ms_dos_never_knew_is_moved_to_one_it_did(year: int) -> None:
    made = layout([text("a", b"a", datetime(year, 5, 5))]).read()
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert 1980 <= archive.infolist()[0].date_time[0] <= 2107


def test_one_flipped_byte_is_noticed_by_the_reader() -> None:
    made = bytearray(layout([text("a.txt", b"noi dung")]).read())
    made[made.index(b"noi dung")] ^= 1
    with zipfile.ZipFile(io.BytesIO(bytes(made))) as archive:
        assert archive.testzip() == "a.txt"
