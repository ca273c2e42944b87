"""Receipts, statuses and the public list, the same on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from meetly import audit
from meetly.accounts import service as accounts
from meetly.app import create_app
from meetly.config import Config
from meetly.extensions import db
from meetly.minutes.distribution import exchange, public, service
from meetly.minutes.distribution.models import Delivery
from meetly.minutes.distribution.reading import received_by
from meetly.minutes.issuing.models import OfficialDocument
from tests.cast import Cast, assemble
from tests.minutes.distribution.issued import issued, minutes_of
from tests.minutes.distribution.test_edxml import SENDER, message


@pytest.fixture
def house(database_url: str, config: Config) -> Iterator[Flask]:
    app = create_app(Config(data=config.data, secret="s", database=database_url))
    with app.app_context():
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def cast(house: Flask) -> Cast:
    assembled = assemble()
    db.session.commit()
    return assembled


def test_of_many_readers_at_once_one_is_the_receipt_of_the_unit(house: Flask, cast: Cast) -> None:
    document = issued(cast.nam, cast.khai, minutes_of(cast))
    db.session.commit()
    counted: list[int] = []
    start = threading.Barrier(6)

    def read(login: str) -> None:
        with house.app_context():
            start.wait()
            reader = accounts.user_by_login(login)
            row = db.session.get_one(OfficialDocument, document_id)
            db.session.rollback()
            counted.append(service.note_opened(reader, row))
            db.session.commit()
            db.session.remove()

    document_id = document.id
    readers = [threading.Thread(target=read, args=(who,)) for who in ("hoa", "sinh") * 3]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert sorted(counted) == [0, 0, 0, 0, 0, 1]
    db.session.expire_all()
    opened = select(Delivery).where(Delivery.document_id == document_id)
    [receipt] = [each for each in db.session.scalars(opened) if each.opened_at]
    assert receipt.unit_id == cast.nam_hoa.id
    assert [each.verb for each in audit.of(receipt)].count("distribution.open") == 1
    assert audit.verify() is None


def test_statuses_are_kept_once_and_the_public_list_goes_on(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = issued(cast.nam, cast.khai, minutes_of(cast), public=True)
    service.add_outside(cast.nam, document, "Bộ Nội vụ", "G09")
    exchange.package(cast.nam, document, SENDER)
    assert exchange.import_statuses(cast.nam, document, message().encode()) == (1, 0)
    assert exchange.import_statuses(cast.nam, document, message().encode()) == (0, 1)
    more = [issued(cast.nam, cast.khai, document.minutes, public=True) for _ in range(3)]
    for row in more[1:]:
        row.public_at = more[0].public_at
    db.session.flush()
    monkeypatch.setattr(public, "PAGE", 2)
    first = public.listing(cast.office.id)
    second = public.listing(cast.office.id, first.older)
    ids = [paper.id for paper in first.papers + second.papers]
    assert ids == [more[2].id, more[1].id, more[0].id, document.id] and not second.older
    assert public.listing(cast.finance.id).papers == []
    assert [unit.id for unit in public.units()] == [cast.office.id]
    assert public.atom("https://x.example").count(b"<entry>") == 4
    hidden = issued(cast.nam, cast.khai, document.minutes)
    query = select(OfficialDocument.id).where(received_by(cast.la))
    assert set(db.session.scalars(query)) == {*ids} and hidden.id not in ids
    assert service.remind(cast.nam, hidden) == 6 and service.remind(cast.nam, hidden) == 0
