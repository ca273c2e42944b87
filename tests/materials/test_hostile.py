"""Files that mean harm: each verdict, in little memory, without a socket or a foreign file."""

from __future__ import annotations

import io
import random
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from meetly.errors import BadInput
from meetly.materials import formats, office, pdf
from meetly.materials.formats import clean_name, judge
from tests.materials import hostile, samples
from tests.materials.hostile import NAMES, Odd

ROOT = Path(__file__).resolve().parent.parent.parent
MEMORY = 512 << 20

#: Judges the corpus in a process that may open nothing, call nobody and take little memory.
CONFINED = f"""
import io, resource, sys, tempfile
from tests.materials import hostile
from tests.materials.test_hostile import wrong_about
corpus = hostile.corpus()
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
ours = (tempfile.gettempdir(), sys.prefix, sys.base_prefix)
def watch(event, told):
    if event.startswith(("socket.", "subprocess.", "os.exec", "os.system", "os.spawn", "ctypes.")):
        raise SystemExit(f"{{event}} {{told}}")
    if event == "open" and not str(told[0]).startswith(ours):
        raise SystemExit(f"opened {{told[0]}}")
sys.addaudithook(watch)
wrong = [said for odd in corpus if (said := wrong_about(odd))]
print(len(corpus), wrong)
raise SystemExit(bool(wrong))
"""


def wrong_about(odd: Odd) -> str:
    """Say what is wrong about the verdict on a file; nothing when it is as it should be."""
    try:
        found = judge(io.BytesIO(odd.content)).extension
    except BadInput as error:
        is_right = bool(odd.word) and odd.word in str(error)
        return "" if is_right else f"{odd.name}: {error}"
    return "" if found == odd.extension else f"{odd.name}: taken as {found}"


def test_every_odd_file_gets_its_verdict_confined() -> None:
    run = subprocess.run(
        [sys.executable, "-c", CONFINED], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    assert int(run.stdout.split()[0]) >= 300


def test_no_two_odd_files_are_the_same() -> None:
    corpus = hostile.corpus()
    assert len({odd.name for odd in corpus}) == len({odd.content for odd in corpus}) == len(corpus)


@pytest.mark.parametrize(
    ("module", "name", "value", "seen"),
    [
        (office, "_MACROS", set(), "docx-related-project"),
        (office, "_OWN_PATH", re.compile(""), "template-http://evil.example/t.dotm"),
        (office, "_OPEN_LINK", re.compile(rb"(?!)"), "odf-outside-4"),
        (pdf, "_STREAM", re.compile(rb"(?!)"), "pdf-launch-packed"),
        (pdf, "_DICTIONARY", 1, "pdf-JavaScript-at-an-edge"),
    ],
)
def test_a_judge_without_one_rule_is_found_out(
    monkeypatch: pytest.MonkeyPatch, module: object, name: str, value: object, seen: str
) -> None:
    """Planted defects: without the rule its file slips through, with it none does."""
    [odd] = [odd for odd in hostile.corpus() if odd.name == seen]
    assert not wrong_about(odd)
    monkeypatch.setattr(module, name, value)
    assert wrong_about(odd)


def test_a_damaged_document_is_refused_or_taken_and_never_breaks_the_judge() -> None:
    chance = random.Random(20261126)
    for good in (
        hostile.ooxml("docx", word__styles=b"<a/>" * 500), hostile.odf("ods"), samples.PDF,
        hostile.pdf(hostile.object_stream(b"x" * 500)), hostile.jpeg_of(9, 9), samples.png(),
    ):  # fmt: skip
        for _ in range(400):
            spoilt = bytearray(good)
            for _ in range(chance.randint(1, 6)):
                spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
            try:
                judge(io.BytesIO(spoilt[: chance.randint(len(spoilt) // 2, len(spoilt) + 1)]))
            except BadInput:
                continue


def test_what_python_itself_packs_in_any_way_is_read(tmp_path: Path) -> None:
    """An archive written to a stream states the sizes behind each part, a large one in ZIP64."""

    class Stream(io.BytesIO):
        def seekable(self) -> bool:
            return False

    kept = Stream()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", b"<Types/>")
        with made.open("word/document.xml", "w", force_zip64=True) as part:
            part.write(b"<xml/>" * 1000)
    assert judge(io.BytesIO(kept.getvalue())) == formats.DOCX


@pytest.mark.parametrize("given", NAMES, ids=range(len(NAMES)))
def test_a_hostile_name_becomes_a_harmless_one(given: str) -> None:
    name = clean_name(given, formats.PDF)
    stem = name.removesuffix(".pdf")
    assert name.endswith(".pdf") and stem and len(name) <= 130
    assert not set(name) & set('/\\<>:"|?*%;') and name.isprintable()
    assert not stem.startswith((".", " ")) and not stem.endswith((".", " "))
    name.encode("utf-8")
    assert clean_name(name, formats.PDF) == name
