"""The cast on each kind of database, for what several workers do at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from meetly.app import create_app
from meetly.config import Config
from meetly.extensions import db
from tests import cast as cast_of_tests


@pytest.fixture
def anywhere(database_url: str, config: Config) -> Iterator[Flask]:
    """Give an application with the cast in it, once on each kind of database."""
    app = create_app(replace(config, database=database_url))
    with app.app_context():
        db.create_all()
        cast_of_tests.assemble()
        db.session.commit()
        yield app
        db.session.remove()
        db.engine.dispose()
