"""Migrations: linear, dated, up and down on both databases, and equal to the models."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade

from meetly import paths
from meetly.app import create_app
from meetly.config import Config
from meetly.extensions import db
from meetly.transcripts.models import Chunk, Segment, Transcript
from tests import cast as cast_of_tests
from tests.transcripts.stage import cut, received


@pytest.fixture
def house(database_url: str, config: Config) -> Iterator[Flask]:
    app = create_app(replace(config, database=database_url))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def tables() -> set[str]:
    found = set(sa.inspect(db.engine).get_table_names())
    return {name for name in found if not name.startswith("search_index")}


def test_migrations_go_up_down_and_up_again(house: Flask) -> None:
    upgrade()
    meant = {*db.metadata.tables, "alembic_version"}
    assert tables() == meant
    downgrade(revision="base")
    assert tables() == {"alembic_version"}
    upgrade()
    assert tables() == meant


def test_a_house_with_people_and_recordings_goes_down_and_up(house: Flask, tmp_path: Path) -> None:
    upgrade()
    cast = cast_of_tests.assemble()
    transcript_id = cut(received(cast, tmp_path), 2).id
    db.session.commit()
    db.session.remove()
    downgrade(revision="-1")
    upgrade()
    assert len(db.session.scalars(sa.select(Chunk)).all()) == 2
    assert db.session.get_one(Transcript, transcript_id).recording.filename
    db.session.remove()
    downgrade(revision="base")
    assert tables() == {"alembic_version"}


def test_the_number_of_a_deleted_sentence_is_not_given_again(house: Flask, tmp_path: Path) -> None:
    upgrade()
    transcript_id = cut(received(cast_of_tests.assemble(), tmp_path), 1).id
    chunk_id = db.session.scalar(sa.select(Chunk.id).where(Chunk.transcript_id == transcript_id))

    def spoken() -> int:
        said = Segment(
            transcript_id=transcript_id, chunk_id=chunk_id, ordinal=0,
            start=0.0, end=1.0, text="Nhất trí.", heard="Nhất trí.",
        )  # fmt: skip
        db.session.add(said)
        db.session.flush()
        return said.id

    first = spoken()
    db.session.execute(sa.delete(Segment))
    assert spoken() > first
    db.session.rollback()


def test_what_migrations_build_is_what_the_models_say(house: Flask) -> None:
    from meetly.search import SearchEntry

    upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        found = compare_metadata(context, db.metadata)
    index = SearchEntry.__tablename__
    ours = [diff for diff in found if "search_index" not in str(diff) and index not in str(diff)]
    assert ours == []


def test_words_are_searchable_after_migrating(house: Flask) -> None:
    from meetly import search

    upgrade()
    search.index(
        "task", 1, meeting_id=1, audience="invited", title="Nhiệm vụ", link="/", text="đường"
    )
    assert [hit.row_id for hit in search.find("duong", sa.true())] == [1]


def test_migrations_are_one_line_and_dated() -> None:
    config = AlembicConfig()
    config.set_main_option("script_location", str(paths.MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    assert len(scripts.get_heads()) == 1 and len(scripts.get_bases()) == 1
    for file in (paths.MIGRATIONS / "versions").glob("*.py"):
        assert re.match(r"\d{8}_[a-z_]+\.py$", file.name), file.name
