"""What pages ask of the one stylesheet and the one set of icons is there, and stays light."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from meetly import paths
from tests.conftest import missing

ASSETS = paths.TEMPLATES.parent / "assets"
PAGES = sorted(paths.TEMPLATES.rglob("*.html"))
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
CLASSES = re.compile(r'class="([^"]*)"')
JINJA = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)
ICON = re.compile(r'\bicon="([a-z][\w-]*)"|\b(?:ui\.icon|icons\.icon|draw)\("([a-z][\w-]*)"')
#: Hooks of scripts and tests, which have no look of their own.
HOOKS = {"confirm", "live", "task"}


def built(name: str) -> Path:
    """Return a built asset."""
    file = paths.STATIC / name
    if not file.exists():
        missing("the built assets (make assets)")
    return file


def name_of(page: Path) -> str:
    return str(page.relative_to(paths.TEMPLATES))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_uses_only_classes_that_have_a_look(page: Path) -> None:
    known = set(re.findall(r"\.(-?[A-Za-z_][\w-]*)", built("app.css").read_text()))
    asked = COMMENT.sub("", page.read_text(encoding="utf-8"))
    for classes in CLASSES.findall(asked):
        words = {word for word in JINJA.sub(" ", classes).split() if not word.endswith("-")}
        assert words <= known | HOOKS


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_uses_only_icons_of_the_set(page: Path) -> None:
    drawn = set((ASSETS / "icons.txt").read_text().split("\n"))
    asked = COMMENT.sub("", page.read_text(encoding="utf-8"))
    assert {one or other for one, other in ICON.findall(asked)} <= drawn


@pytest.mark.parametrize(
    ("name", "most"), [("app.css", 40), ("app.js", 30), ("icons.svg", 20), ("player.js", 8)]
)
def test_what_the_first_page_loads_is_light(name: str, most: int) -> None:
    assert built(f"{name}.gz").stat().st_size < most * 1024
