"""A real Chromium before a real server: pages as people get them, policy headers and all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from meetly import paths
from meetly.accounts.models import User
from meetly.app import create_app
from meetly.config import Config
from meetly.demo import province
from meetly.extensions import db
from tests import cast as cast_of_tests
from tests.browser import province_told
from tests.cast import PASSWORD
from tests.conftest import missing

playwright_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = Path("/usr/bin/chromium")


@dataclass(frozen=True)
class House:
    """A running Meetly with people in it."""

    app: Flask
    address: str
    #: login names by first name, since rows belong to the thread that read them
    logins: dict[str, str]
    password: str


@contextmanager
def serve(config: Config, settle: Callable[[], dict[str, str]], password: str) -> Iterator[House]:
    """Serve a new house in which `settle` has put people."""
    if not (paths.STATIC / "manifest.json").exists():
        missing("the built assets (make assets)")
    app = create_app(config)
    with app.app_context():
        db.create_all()
        logins = settle()
        db.session.commit()
    server = make_server("127.0.0.1", 0, _closing(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield House(app, f"http://127.0.0.1:{server.server_port}", logins, password)
    server.shutdown()
    thread.join()
    server.server_close()
    with app.app_context():
        db.engine.dispose()


def _closing(app: Flask) -> Callable[[dict[str, Any], Any], Iterator[bytes]]:
    """Close what is sent even when the browser hangs up, which the server of the tests forgets."""

    def answer(environ: dict[str, Any], start: Any) -> Iterator[bytes]:
        pieces: Any = app(environ, start)

        def all_of_it() -> Iterator[bytes]:
            try:
                yield from pieces
            finally:
                pieces.close()

        return all_of_it()

    return answer


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Serve the cast of the tests, for all browser tests of this run."""

    def settle() -> dict[str, str]:
        everyone = vars(cast_of_tests.assemble())
        return {name: row.login for name, row in everyone.items() if isinstance(row, User)}

    data = tmp_path_factory.mktemp("house")
    config = Config(data=data, secret="the secret of the tests", development=True)
    with serve(config, settle, PASSWORD) as house:
        yield house


@dataclass(frozen=True)
class Told:
    """The demo's province, served after its briefing was told to the end."""

    house: House
    #: the parts of addresses: of the briefing "told", of the meeting in "draft", of the "next" one
    ids: dict[str, province_told.Ids]


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """Serve the told province, for all browser tests of this run; logins by role."""
    ids: dict[str, province_told.Ids] = {}

    def settle() -> dict[str, str]:
        ids.update(province_told.tell())
        logins = {str(role): login for role, login in province.ACCOUNTS.items()}
        return logins | {"deputy": province_told.DEPUTY}

    config = Config(data=tmp_path_factory.mktemp("told"), secret="the secret of the tests")
    with serve(config, settle, province.PASSWORD) as house:
        yield Told(house, ids)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Start one Chromium for all browser tests of this run."""
    if not CHROMIUM.exists():
        missing("Chromium")
    with playwright_api.sync_playwright() as engine:
        browser = engine.chromium.launch(
            executable_path=str(CHROMIUM),
            args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(house: House, chromium: Any) -> Iterator[Callable[..., Any]]:
    """Give a function that opens a page; what the browser complains about fails the test."""
    with opening(house, chromium) as open_one:
        yield open_one


@contextmanager
def opening(house: House, chromium: Any) -> Iterator[Callable[..., Any]]:
    """Give a function that opens pages of a house, each in a browser of its own."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_one(path: str = "/", *, width: int = 1280, dark: bool = False, **given: Any) -> Any:
        context = chromium.new_context(
            base_url=house.address,
            viewport={"width": width, "height": 844 if width < 500 else 900},
            color_scheme="dark" if dark else "light",
            locale="vi-VN",
            **given,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.extend([said.text] * _is_grave(said)))
        page.goto(path)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not complaints


def _is_grave(said: Any) -> bool:
    """Tell whether somebody has to look after it; 422 is how a form with an error comes back."""
    return said.type == "error" and "status of 422" not in said.text


@pytest.fixture
def enter(house: House, open_page: Callable[..., Any]) -> Callable[..., Any]:
    """Give a function that signs a member of the cast in and returns their page."""
    return entering(house, open_page)


def entering(house: House, open_page: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that signs a person of the house in and returns their page."""

    def sign_in(name: str, **given: Any) -> Any:
        page = open_page("/sign-in", **given)
        page.fill("[name=login]", house.logins[name])
        page.fill("[name=password]", house.password)
        page.click("main button[type=submit]")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    return sign_in
