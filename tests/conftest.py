"""Fixtures: a real application on a real database, the cast, and browsers signed in as people.

Set MEETLY_TEST_POSTGRES to a server's URL (postgresql://user@host/postgres) to run what is marked
`postgres`; MEETLY_TEST_ALL=1 turns every missing optional part into a failure.
"""

from __future__ import annotations

import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.orm import scoped_session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from meetly import clock
from meetly.accounts import passwords
from meetly.accounts.models import User
from meetly.app import create_app
from meetly.config import Config
from meetly.extensions import db
from tests import cast as cast_of_tests
from tests.cast import PASSWORD, Cast

EVERYTHING = os.environ.get("MEETLY_TEST_ALL") == "1"
SECRET = "the secret of the tests"
NOW = clock.now
POSTGRES = os.environ.get("MEETLY_TEST_POSTGRES", "")


def missing(what: str) -> None:
    """Skip for lack of an optional part; where everything must run, fail instead."""
    if EVERYTHING:
        pytest.fail(f"{what} is missing although MEETLY_TEST_ALL=1")
    pytest.skip(f"{what} is not here")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a test by its argument, not by its bytes: a .docx made at import holds the hour."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hash with the real Argon2, only with less memory and time than for real accounts."""
    from pwdlib import PasswordHash
    from pwdlib.hashers.argon2 import Argon2Hasher

    quick = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),))
    original = passwords._hasher
    passwords._hasher = lambda: quick  # type: ignore[assignment]
    yield
    passwords._hasher = original


@pytest.fixture(scope="session", autouse=True)
def quick_routes() -> Iterator[None]:
    """Compile each address of the house once; every test makes an application of its own."""
    original: Any = Rule._compile_builder
    known: dict[Any, Any] = {}

    def compiled(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, rule.subdomain, repr(rule.defaults), rule.endpoint, append_unknown)
        if key not in known:
            known[key] = original(rule, append_unknown)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compiled)
        yield


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """Give a new empty PostgreSQL database and drop it afterwards."""
    if not POSTGRES:
        missing("PostgreSQL (MEETLY_TEST_POSTGRES)")
    server = sa.make_url(POSTGRES).set(drivername="postgresql+psycopg")
    name = f"meetly_{uuid.uuid4().hex}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    yield server.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        left = _still_open(connection, name)
        connection.execute(sa.text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    engine.dispose()
    assert not left, f"{left} connections were left open"


def _still_open(connection: sa.Connection, name: str, patience: float = 5.0) -> int:
    """Count the connections to a database, once those of killed processes had time to go."""
    until = time.monotonic() + patience
    # The server's own vacuum worker may look into the database too; it is nobody's connection.
    query = sa.text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = :name AND backend_type = 'client backend'"
    )
    while (count := connection.scalar(query, {"name": name})) and time.monotonic() < until:
        time.sleep(0.05)
    return count or 0


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Settings of a fresh installation in a folder of its own."""
    return Config(data=tmp_path / "var", secret=SECRET)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, config: Config) -> str:
    """Give the URL of an empty database: the test runs once on each kind."""
    if request.param == "sqlite":
        return config.database_url
    url: str = request.getfixturevalue("postgres_url")
    return url


class Browser(FlaskClient):
    """A browser whose every request gets a context of its own, as on a real server.

    What the test changed before is committed first, and read anew afterwards.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send one request."""
        db.session.commit()
        with self.application.app_context():
            answer = super().open(*args, **kwargs)
        db.session.expire_all()
        return answer


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the tables once; a test begins with a copy of this file."""
    return _database(Config(data=tmp_path_factory.mktemp("empty"), secret=SECRET))


@pytest.fixture(scope="session")
def peopled_database(tmp_path_factory: pytest.TempPathFactory, quick_passwords: None) -> Path:
    """Put the cast into a database once; a test that asks for it begins with a copy of this."""
    return _database(
        Config(data=tmp_path_factory.mktemp("peopled"), secret=SECRET), cast_of_tests.assemble
    )


def _database(house: Config, settle: Callable[[], object] = lambda: None) -> Path:
    # The first test that asks may have moved the clock; what all others begin with is of today.
    with pytest.MonkeyPatch.context() as patch, create_app(house).app_context():
        patch.setattr(clock, "now", NOW)
        db.create_all()
        settle()
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return house.data / "meetly.db"


@pytest.fixture
def app(request: pytest.FixtureRequest, config: Config, empty_database: Path) -> Iterator[Flask]:
    """Give an application inside its context: tables without rows, or with the cast if asked."""
    config.data.mkdir(parents=True)
    is_peopled = "cast" in request.fixturenames
    begun = request.getfixturevalue("peopled_database") if is_peopled else empty_database
    shutil.copyfile(begun, config.data / "meetly.db")
    app = create_app(config)
    app.test_client_class = Browser
    # every application is new, its templates are not: compile each once for all tests
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(empty_database.parent))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def session(app: Flask) -> scoped_session[Any]:
    """Give the database session."""
    return db.session


@pytest.fixture
def cast(app: Flask) -> Cast:
    """Give the cast, committed."""
    return cast_of_tests.recall()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a browser that has not signed in; forgery protection is off for plain form posts."""
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask) -> Callable[[User], FlaskClient]:
    """Give a function that returns a new browser signed in as a person, by the real form."""
    app.config["WTF_CSRF_ENABLED"] = False

    def browser_of(user: User) -> FlaskClient:
        browser = app.test_client()
        answer = browser.post("/sign-in", data={"login": user.login, "password": PASSWORD})
        assert answer.status_code == 302, answer.text
        return browser

    return browser_of
