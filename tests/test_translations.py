"""Keeps English complete: every text people read has it, and nothing is left in one language."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from flask import Flask, render_template
from flask.testing import FlaskClient
from flask_babel import force_locale

import hatch_build
from meetly import paths
from meetly.accounts.models import User
from meetly.cli import in_words
from meetly.errors import TooManyTries
from meetly.web import spoken
from tests.cast import Cast

ROOT = Path(__file__).resolve().parent.parent
ENGLISH = paths.TRANSLATIONS / "en" / "LC_MESSAGES" / "messages.po"

VIETNAMESE = re.compile(
    "[àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ]", re.IGNORECASE
)
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%s|%%")
#: what stays as it is in English: names, as in documents
NAMES = ("UBND xã Nậm Hoa", "Sở Tài chính")
#: templates that hold Vietnamese on purpose, and how much of it they may hold
MEANT = {
    "base.html": {"Tiếng Việt"},  # the name of the language, for those who look for it
    "components/people.html": {"aăâbcdđeêghiklmnoôơpqrstuưvxy"},
    # the two lines every document of the state begins with, and its name
    "minutes/show.html": {
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "BIÊN BẢN",
    },
}  # fmt: skip
SAMPLES = {"components/gallery.html"}  # invented content to look at, shown to developers only
BOTH = ["Meetly: lỗi / error "]  # said in both languages, where not even a page can be made
GETTEXT = {"_", "_l", "gettext", "lazy_gettext", "ngettext"}


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    hatch_build.compile_catalogues()


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Give every text of code and templates, gathered as `make translations` gathers it."""
    found = tmp_path_factory.mktemp("texts") / "messages.pot"
    extract = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "--no-location"]
    what = ["-k", "_l", "-k", "lazy_gettext", "-F", str(paths.TRANSLATIONS / "babel.cfg")]
    subprocess.run([*extract, *what, "-o", str(found), "."], cwd=ROOT, check=True)
    with found.open("rb") as file:
        return read_po(file)


@pytest.fixture(scope="module")
def english() -> Catalog:
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def texts(catalogue: Catalog) -> Iterator[tuple[str, str]]:
    """Yield (source, translation) of every text, plural forms one by one."""
    for message in catalogue:
        if not message.id:
            continue
        if isinstance(message.id, str):
            yield message.id, str(message.string)
        else:
            yield from zip(message.id, message.string or (), strict=True)


def test_every_text_has_english(said: Catalog, english: Catalog) -> None:
    have = {source for source, translation in texts(english) if translation}
    missing = [source for source, _ in texts(said) if source not in have]
    assert not missing, f"{missing} without English: `make translations`, then write it"


def test_no_english_outlives_its_text(said: Catalog, english: Catalog) -> None:
    assert [m.id for m in english if m.id and m.id not in said] == []
    assert not english.obsolete


def test_no_english_is_a_guess(english: Catalog) -> None:
    assert [m.id for m in english if m.id and m.fuzzy] == []


def test_placeholders_agree(english: Catalog) -> None:
    wrong = [
        (source, translation)
        for source, translation in texts(english)
        if set(PLACEHOLDER.findall(source)) != set(PLACEHOLDER.findall(translation))
    ]
    assert wrong == []


def test_edges_agree(english: Catalog) -> None:
    """A sentence stays a sentence, a label a label; spaces that lay text out stay."""
    wrong = [
        (source, translation)
        for source, translation in texts(english)
        if (indent(source), source[-1] == ":") != (indent(translation), translation[-1] == ":")
    ]
    assert wrong == []


def indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def test_english_holds_no_vietnamese_but_names(english: Catalog) -> None:
    for _source, translation in texts(english):
        for name in NAMES:
            translation = translation.replace(name, "")
        assert not VIETNAMESE.search(translation), translation


# -- nothing stands outside the catalogue ------------------------------------------------------


def test_templates_say_everything_through_the_catalogue(app: Flask) -> None:
    for path in sorted(paths.TEMPLATES.rglob("*.*")):
        name = str(path.relative_to(paths.TEMPLATES))
        if name not in SAMPLES:
            meant = MEANT.get(name, set())
            loose = [text for text in bare_texts(app, path) if text not in meant]
            assert not loose, f"{name}: not in _(): {loose}"


def bare_texts(app: Flask, path: Path) -> Iterator[str]:
    """Yield the Vietnamese of a template that stands in neither `_(...)` nor `ngettext(...)`."""
    before: list[str] = []
    for _line, kind, value in app.jinja_env.lex(path.read_text(encoding="utf-8")):
        if kind == "whitespace":
            continue
        if kind == "data":
            pieces = re.split(r"[<>]|\s{2,}", value)
            yield from (piece.strip() for piece in pieces if VIETNAMESE.search(piece))
        elif kind == "string" and VIETNAMESE.search(value) and not _is_marked(before):
            yield value.strip("\"'")
        before.append(value)


def _is_marked(before: list[str]) -> bool:
    return before[-2:] in (["_", "("], ["ngettext", "("]) or before[-4:-2] == ["ngettext", "("]


@pytest.mark.parametrize("kind", ["routes.py", "forms.py", "web.py"])
def test_pages_are_made_of_words_in_the_catalogue(kind: str) -> None:
    for path in sorted((ROOT / "meetly").rglob(kind)):
        loose = bare_literals(ast.parse(path.read_text(encoding="utf-8")))
        assert [text for text in loose if text not in BOTH] == [], path


def bare_literals(tree: ast.AST) -> Iterator[str]:
    """Yield Vietnamese literals that are neither marked, nor an error's sentence, nor prose."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            raised = node.func.id[0].isupper() and isinstance(tree, ast.Raise)
            if raised or node.func.id in GETTEXT:
                continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from [node.value] if VIETNAMESE.search(node.value) else []
        else:
            yield from bare_literals(node)


# -- and the compiled catalogue is what readers get --------------------------------------------


@pytest.fixture
def reader(sign_in: Callable[[User], FlaskClient], cast: Cast) -> FlaskClient:
    """Give the chair's browser, turned to English."""
    browser = sign_in(cast.khai)
    assert browser.post("/language", data={"language": "en"}).status_code == 302
    return browser


def test_a_page_is_in_english(reader: FlaskClient) -> None:
    page = reader.get("/meetings").text
    assert '<html lang="en"' in page and "No meetings coming up" in page
    left = VIETNAMESE.findall(re.sub(r"Trần Quốc Khải|Tiếng Việt|Văn phòng UBND tỉnh", "", page))
    assert left == []


def test_an_error_is_in_english(reader: FlaskClient) -> None:
    unknown = reader.get("/tasks?state=nonsense")
    assert unknown.status_code == 400
    assert "There is no such filter." in unknown.text
    absent = reader.get("/meetings/999999", headers={"Accept": "application/json"})
    assert absent.json and absent.json["message"].startswith("Not found.")


def test_what_a_row_keeps_is_shown_in_english(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert spoken("Chuyển đoạn 3 thành đoạn 12") == "Paragraph 3 became paragraph 12"
        assert spoken("Nam viết: xong 100%") == "Nam viết: xong 100%"
        assert spoken("") == ""


def test_a_mail_is_in_english(app: Flask) -> None:
    with force_locale("en"):
        mail = render_template("mail/notices/notice.txt", name="Hoa", subject="", body="")
    assert "Dear Hoa," in mail
    assert not VIETNAMESE.search(mail)


def test_the_terminal_speaks_its_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "vi_VN.UTF-8")
    assert in_words(TooManyTries(seconds=8)).startswith("Sai quá nhiều lần. Hãy đợi 8 giây")
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert in_words(TooManyTries(seconds=8)).startswith("Too many wrong tries. Wait 8 seconds")
