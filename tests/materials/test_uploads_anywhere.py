"""Uploads that meet each other, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from meetly import arriving
from meetly.accounts.models import User
from meetly.app import create_app
from meetly.config import Config
from meetly.errors import Stale, TooLarge
from meetly.extensions import db
from meetly.materials.models import MaterialUpload, MaterialVersion
from meetly.materials.uploads import service as uploads
from meetly.meetings.models import Meeting
from meetly.storage import files
from tests import cast as cast_of_tests
from tests.meetings.plans import scheduled

CONTENT = b"0123456789" * 300_000


@pytest.fixture
def house(database_url: str, config: Config) -> Iterator[Flask]:
    """Give an application with the cast, its one meeting, and room for one more document."""
    app = create_app(
        Config(data=config.data, secret="s", database=database_url, materials_quota=len(CONTENT))
    )
    with app.app_context():
        db.create_all()
        scheduled(cast_of_tests.assemble())
        db.session.commit()
        yield app
        db.session.remove()
        db.engine.dispose()


def at_once(house: Flask, work: Callable[[User, Meeting], object], times: int = 4) -> list[object]:
    """Do the same in several threads at once; return what came of it, errors included."""
    outcomes: list[object] = []
    gate = threading.Barrier(times)

    def run() -> None:
        with house.app_context():
            nam = db.session.scalars(select(User).where(User.login == "nam")).one()
            meeting = db.session.scalars(select(Meeting)).one()
            db.session.commit()
            gate.wait()
            try:
                outcomes.append(work(nam, meeting))
                db.session.commit()
            except (Stale, TooLarge) as error:
                db.session.rollback()
                outcomes.append(error)
            db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def begun() -> MaterialUpload:
    nam = db.session.scalars(select(User).where(User.login == "nam")).one()
    meeting = db.session.scalars(select(Meeting)).one()
    upload = uploads.begin(nam, meeting, "a.txt", len(CONTENT))
    db.session.commit()
    return upload


def test_the_last_of_the_quota_is_promised_once(house: Flask) -> None:
    outcomes = at_once(
        house, lambda nam, meeting: uploads.begin(nam, meeting, "a.txt", len(CONTENT)).id
    )
    assert sum(isinstance(outcome, TooLarge) for outcome in outcomes) == 3
    assert len(db.session.scalars(select(MaterialUpload)).all()) == 1


def test_of_clients_at_one_place_only_one_wins(house: Flask) -> None:
    upload = begun()
    name, key = upload.upload_id, upload.storage_key
    letters = iter(b"abcd")

    def write(nam: User, _meeting: Meeting) -> bytes:
        letter = bytes([next(letters)])
        uploads.append(nam, name, 0, letter * 4000)
        return letter

    outcomes = at_once(house, write)
    [winner] = [outcome for outcome in outcomes if isinstance(outcome, bytes)]
    assert files.read(key) == winner * 4000


def test_finishing_several_times_at_once_makes_one_document(house: Flask) -> None:
    upload = begun()
    nam = upload.uploaded_by
    for at in range(0, len(CONTENT), arriving.PIECE):
        uploads.append(nam, upload.upload_id, at, CONTENT[at : at + arriving.PIECE])
    db.session.commit()
    name = upload.upload_id

    def end(_nam: User, _meeting: Meeting) -> bool:
        row = arriving.find(MaterialUpload, name)
        assert row is not None
        db.session.commit()
        return uploads.finish(row)

    assert sorted(map(bool, at_once(house, end))) == [False, False, False, True]
    version = db.session.scalars(select(MaterialVersion)).one()
    assert files.read(version.storage_key) == CONTENT
