"""A changed byte is seen, whatever stands behind a signature is told, and no file does harm."""

from __future__ import annotations

import io
import json
import random
import re
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pypdf
import pytest
from pypdf.annotations import FreeText

from meetly.errors import NotConfigured, TooLarge
from meetly.minutes.signing import appearance, certificates, pades, pades_reading, verifying
from meetly.minutes.signing.awaiting import awaited
from meetly.minutes.signing.places import Box, Place
from tests.minutes.signing import builder
from tests.minutes.signing.authority import (
    PASSPHRASE,
    Authority,
    Identity,
    seal_png,
    signature_png,
)

SEED = 20261127
#: flipped bytes: the short form; 0 of N unseen bounds the rate at 3/N
FLIPS = 50
NOW = datetime(2026, 11, 27, 9, 5, 9, tzinfo=UTC)


def add(pdf: bytes, field: str, shown: appearance.Shown, identity: Identity) -> bytes:
    hand = certificates.from_pkcs12(identity.p12, PASSPHRASE)
    prepared = pades.prepare(pdf, field, shown, hand.chain, name="x", reason="y")
    return pades.finish(prepared, hand.chain, hand.sign(prepared.attributes))


@pytest.fixture(scope="module")
def signed(authority: Authority) -> bytes:
    """A person's and an organisation's signature, one after the other."""
    pdf = builder.plain_pdf(("CHÁNH VĂN PHÒNG", "Lê Thị Minh Hòa"))
    room = appearance.find_room(pdf, "Lê Thị Minh Hòa")
    assert room is not None
    pdf = add(
        pdf, "NguoiKy", appearance.of_person(room, signature_png(), NOW),
        authority.identity("Lê Thị Minh Hòa"),
    )  # fmt: skip
    place = pades.place_of(pdf, "NguoiKy")
    assert place is not None
    shown = appearance.of_organisation(place, seal_png(), "15/TB-VP", NOW)
    return add(pdf, "CoQuan", shown, authority.identity("Văn phòng UBND tỉnh"))


def holds(folder: Path, file: bytes) -> bool:
    """Judge a file as the child process does, without starting one each time."""
    source = folder / "flipped.pdf"
    source.write_bytes(file)
    try:
        rows = awaited(pades_reading._all(source, []))
    except Exception:  # not even a PDF any more: refused
        return False
    found = tuple(verifying._found(row) for row in rows)
    closed = any(one.whole for one in found)
    return len(found) == 2 and verifying.Verdict("", found, closed).holds


def ranges_of(pdf: bytes) -> list[tuple[int, int]]:
    """Return the stretches the last signature covers."""
    said = re.findall(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+) *\]", pdf)
    first, length, second, rest = map(int, said[-1])
    return [(first, first + length), (second, second + rest)]


def every_flipped_byte_is_seen(folder: Path, pdf: bytes, flips: int) -> None:
    chance = random.Random(SEED)
    covered = [at for start, end in ranges_of(pdf) for at in range(start, end)]
    unseen = []
    for at in chance.sample(covered, flips):
        changed = bytearray(pdf)
        changed[at] ^= 1 << chance.randrange(8)
        if holds(folder, bytes(changed)):
            unseen.append(at)
    assert unseen == [], f"{len(unseen)} of {flips} flips unseen (seed {SEED})"


def test_one_flipped_byte_is_refused_wherever_it_lies(tmp_path: Path, signed: bytes) -> None:
    assert holds(tmp_path, signed)
    every_flipped_byte_is_seen(tmp_path, signed, FLIPS)


def test_the_check_sees_a_reader_that_believes_every_signature(
    tmp_path: Path, signed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    believed = {"intact": True, "trusted": True, "whole": True, "added": "nothing"}
    monkeypatch.setattr(pades_reading, "_judged", lambda status: believed)
    with pytest.raises(AssertionError, match="unseen"):
        every_flipped_byte_is_seen(tmp_path, signed, 20)


def test_who_signed_what_when_and_what_came_after(
    signed: bytes, authority: Authority, tmp_path: Path
) -> None:
    (tmp_path / "roots").mkdir()
    (tmp_path / "roots" / "ca.pem").write_bytes(authority.pem)
    verdict = verifying.verdict_on(signed, str(tmp_path / "roots"))
    person, office = verdict.signatures
    assert verdict.trusted
    assert (person.subject, person.added, person.whole) == ("Lê Thị Minh Hòa", "signatures", False)
    assert (office.subject, office.added, office.whole) == ("Văn phòng UBND tỉnh", "nothing", True)
    assert person.signed_at is not None and person.signed_at <= office.signed_at  # type: ignore[operator]


def test_a_root_nobody_named_is_of_unknown_origin(signed: bytes, tmp_path: Path) -> None:
    unknown = verifying.verdict_on(signed)
    assert unknown.holds and not unknown.trusted
    (tmp_path / "other.pem").write_bytes(Authority("CA lạ").pem)
    assert not verifying.verdict_on(signed, str(tmp_path / "other.pem")).trusted
    with pytest.raises(NotConfigured):
        verifying.verdict_on(signed, str(tmp_path / "nowhere"))


def test_words_laid_over_a_signed_page_are_told(signed: bytes) -> None:
    writer = pypdf.PdfWriter(io.BytesIO(signed), incremental=True)
    writer.add_annotation(0, FreeText(text="thêm sau", rect=(50, 550, 200, 650)))
    made = io.BytesIO()
    writer.write(made)
    forged = made.getvalue()
    assert forged.startswith(signed[:1000]) and len(forged) > len(signed)
    verdict = verifying.verdict_on(forged)
    assert not verdict.holds
    assert verdict.signatures[-1].added == "other" or not verdict.closed


def test_bytes_behind_the_last_signature_are_told(signed: bytes) -> None:
    assert not verifying.verdict_on(signed + b"\n% them\n").holds


def test_a_signed_page_put_before_other_bytes_is_refused(signed: bytes) -> None:
    cut = signed[: signed.rindex(b"startxref")]
    with suppress(verifying.Unreadable):
        assert not verifying.verdict_on(cut).holds


HOSTILE = {
    "empty": b"%PDF-1.7\n",
    "noise": b"%PDF-1.7\n" + random.Random(SEED).randbytes(4000),
    "loop of cross references": b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
    b"xref\n0 1\n0000000000 65535 f \ntrailer\n<</Root 1 0 R/Size 2/Prev 57>>\n"
    b"startxref\n57\n%%EOF",
    "loop of pages": b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 1 0 R/AcroForm<</Fields[1 0 R]"
    b"/Kids[1 0 R]>>>>\nendobj\nxref\n0 2\n0000000000 65535 f \n0000000009 00000 n \n"
    b"trailer\n<</Root 1 0 R/Size 2>>\nstartxref\n104\n%%EOF",
    "deep nesting": b"%PDF-1.7\n1 0 obj\n" + b"[" * 200_000 + b"\nendobj\ntrailer<</Root 1 0 R>>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_within_its_limits(name: str) -> None:
    try:
        verdict = verifying.verdict_on(HOSTILE[name])
    except verifying.Unreadable:
        return
    assert not verdict.holds


def test_what_is_no_pdf_or_too_large_is_refused_unread() -> None:
    with pytest.raises(verifying.Unreadable):
        verifying.verdict_on(b"PK\x03\x04" + b"0" * 2000)
    with pytest.raises(TooLarge):
        verifying.verdict_on(b"%PDF-1.7" + bytes(verifying.LARGEST))


def test_reading_takes_no_more_than_its_limits(
    signed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "LIMITS", replace(verifying.LIMITS, memory=60 << 20))
    with pytest.raises(verifying.Unreadable):
        verifying.verdict_on(signed)


def test_the_command_tells_it_with_its_exit_status(
    signed: bytes, authority: Authority, tmp_path: Path
) -> None:
    (tmp_path / "roots.pem").write_bytes(authority.pem)
    (tmp_path / "good.pdf").write_bytes(signed)
    (tmp_path / "bad.pdf").write_bytes(signed.replace(b"/MediaBox", b"/MediaBux", 1))

    def command(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "meetly", "verify", *words], cwd=tmp_path, text=True,
            capture_output=True, timeout=120, check=False,
            env={"PYTHONPATH": str(Path.cwd()), "PATH": "/usr/bin:/bin"},
        )  # fmt: skip

    good = command("good.pdf", "--roots", "roots.pem", "--json")
    assert good.returncode == 0 and json.loads(good.stdout)["trusted"], good.stderr
    unknown = command("good.pdf")
    assert unknown.returncode == 1 and "không rõ nguồn gốc" in unknown.stdout
    bad = command("bad.pdf", "--roots", "roots.pem")
    assert bad.returncode == 1 and "KHÔNG HỢP LỆ" in bad.stdout


def test_the_time_is_written_as_the_decree_asks() -> None:
    moment = datetime(2026, 11, 27, 9, 5, 9, tzinfo=UTC)
    assert appearance.time_shown(moment) == "27-11-2026 16:05:09 +07:00"
    assert appearance.annex_line("15/TB-VP", moment) == "15/TB-VP; 27-11-2026 16:05:09 +07:00"


def test_words_in_place_of_a_picture_fit_their_box() -> None:
    room = Place(0, Box(100, 200, 250, 265))
    person = appearance.of_person(room, b"", NOW)
    office = appearance.of_organisation(person.place, b"", "15/TB-VP", NOW)
    assert office.place.box.top <= person.place.box.bottom
    page = pypdf.PdfReader(io.BytesIO(office.pdf)).pages[0]
    assert "15/TB-VP; 27-11-2026 16:05:09 +07:00" in page.extract_text()
