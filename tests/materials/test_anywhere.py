"""The same papers on SQLite and on PostgreSQL: who finds them, and how they are made ready."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask import Flask

from meetly.app import create_app
from meetly.config import Config
from meetly.extensions import db
from meetly.materials.models import MaterialVersion, PreviewStatus
from meetly.overview import service as overview
from tests.cast import Cast, assemble
from tests.materials import samples
from tests.materials.papers import CANARY, CHAIR, for_units, hand_out
from tests.materials.test_access import COMMUNE, HOST, readers
from tests.meetings.plans import scheduled
from tests.workers.test_preview_materials import add
from workers import preview_materials


@pytest.fixture
def house(database_url: str, config: Config) -> Iterator[Flask]:
    app = create_app(Config(data=config.data, secret="s", database=database_url))
    with app.app_context():
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()


def _told() -> Cast:
    cast = assemble()
    db.session.commit()
    return cast


def test_every_way_to_a_paper_asks_the_same_question_on_any_database(house: Flask) -> None:
    cast = _told()
    meeting = scheduled(cast)
    assert readers(cast, hand_out(cast.nam, meeting, for_units(cast))) == HOST | COMMUNE
    db.session.rollback()


def test_what_stands_in_a_title_is_found_before_what_stands_deep_in_a_text(house: Flask) -> None:
    cast = _told()
    meeting = scheduled(cast)
    for title, content in (("Báo cáo", "Xem báo cáo. " * 200 + CANARY), (CANARY, "Xem báo cáo.")):
        hand_out(cast.nam, meeting, CHAIR, content.encode(), name="a.txt", title=title)
    assert [hit.title for hit in overview.found(cast.nam, CANARY)] == [CANARY, "Báo cáo"]


def test_makers_at_once_make_every_version_once(house: Flask) -> None:
    cast = _told()
    meeting = scheduled(cast)
    db.session.commit()
    for number in range(6):
        add(cast, meeting, "a.pdf", samples.printed(f"Trang {number}"))
    counts: list[int] = []

    def make() -> None:
        with house.app_context():
            counts.append(preview_materials.run())
            db.session.remove()

    makers = [threading.Thread(target=make) for _ in range(3)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert sum(counts) == 6
    versions = db.session.query(MaterialVersion).all()
    for version in versions:
        db.session.refresh(version)
        assert (version.preview, len(version.pages)) == (PreviewStatus.READY, 1)
