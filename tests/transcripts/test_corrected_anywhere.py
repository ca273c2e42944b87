"""Repair, glossary and the count of corrected words on each kind of database."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from meetly.app import create_app
from meetly.config import Config
from meetly.extensions import db
from meetly.transcripts import corrected, glossary, jobs, service
from meetly.transcripts.transcriber import Heard
from tests import cast as cast_of_tests
from tests.transcripts.stage import cut, received
from tests.transcripts.test_wording import hear


def test_what_is_corrected_is_learnt_and_counted(
    database_url: str, config: Config, tmp_path: Path
) -> None:
    app: Flask = create_app(Config(data=config.data, secret="s", database=database_url))
    with app.app_context():
        db.create_all()
        cast = cast_of_tests.assemble()
        transcript = hear(received(cast, tmp_path), "Mời xã nậm hóa báo cáo đường bản bó.")
        [segment] = service.segments(transcript)
        assert segment.text == "Mời xã Nậm Hoa báo cáo đường bản bó."
        service.correct(cast.nam, segment.id, 1, "Mời xã Nậm Hoa báo cáo đường Bản Pho.")
        service.restore(cast.nam, segment.id, 2, 0)
        db.session.commit()
        assert segment.text == "Mời xã nậm hóa báo cáo đường Bản Pho."
        assert glossary.applied(cast.office.id) == [("bản bó", "Bản Pho")]
        assert corrected.of_transcript(transcript) == corrected.Corrected(words=9, changed=4)
        [month] = corrected.by_month([cast.office])
        assert (month.recordings, month.corrected.per_thousand) == (1, 444)
        again = jobs.open_for(received(cast, tmp_path))
        assert "Bản Pho" in again.prompt
        db.session.rollback()
        db.session.remove()
        db.engine.dispose()


def test_a_chunk_is_repaired_the_same_way_in_every_order(
    database_url: str, config: Config, tmp_path: Path
) -> None:
    """Which chunk is heard first is chance; what is written may not depend on it."""
    said = ["ủy ban nhân dân xã nậm hóa", "Xin cảm ơn.", "mười hai hộ"]
    app: Flask = create_app(Config(data=config.data, secret="s", database=database_url))
    with app.app_context():
        db.create_all()
        cast = cast_of_tests.assemble()
        found = []
        for forward in (True, False):
            transcript = cut(received(cast, tmp_path), len(said))
            chunks = [jobs.claim_next("ear") for _ in said]
            for chunk in chunks if forward else reversed(chunks):
                assert chunk is not None
                heard = [Heard(0, 5, said[chunk.ordinal], 0.9)]
                assert jobs.store(chunk.id, "ear", heard, 1.0)
            found.append([segment.text for segment in service.segments(transcript)])
        assert found[0] == found[1] == ["UBND xã Nậm Hoa", "Xin cảm ơn.", "12 hộ"]
        db.session.rollback()
        db.session.remove()
        db.engine.dispose()
