"""The worker drafts each transcribed meeting once, whole or not at all."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from meetly.directions import service as directions
from meetly.directions.models import Direction
from meetly.extensions import db
from meetly.minutes import service as minutes_service
from meetly.minutes.models import Minutes, MinutesVersion
from tests.cast import Cast
from tests.minutes import briefing, sample
from workers import draft_minutes


def rows(*tables: type) -> list[int]:
    return [len(db.session.scalars(select(table)).all()) for table in tables]


def test_five_runs_draft_once(cast: Cast) -> None:
    briefing.transcribed(cast, briefing.held(cast))
    db.session.commit()
    assert [draft_minutes.run() for _ in range(5)] == [1, 0, 0, 0, 0]
    minutes, versions, found = rows(Minutes, MinutesVersion, Direction)
    assert (minutes, versions) == (1, 2) and found >= 9


def test_a_killed_draft_leaves_nothing_and_is_made_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    briefing.transcribed(cast, briefing.held(cast))
    db.session.commit()
    with monkeypatch.context() as patch:
        patch.setattr(directions, "propose_for", _die)
        with pytest.raises(KeyboardInterrupt):
            draft_minutes.run()
        db.session.rollback()
    assert rows(Minutes, MinutesVersion, Direction) == [0, 0, 0]
    assert draft_minutes.run() == 1


def _die(_minutes: Minutes) -> None:
    raise KeyboardInterrupt  # what SIGTERM does to a worker in the middle of its work


def test_a_meeting_that_cannot_be_drafted_does_not_hold_up_the_next(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = briefing.held(cast), briefing.held(cast)
    for meeting in (first, second):
        briefing.transcribed(cast, meeting, sample.utterances()[:12])
    db.session.commit()
    first_id, draft_for = first.id, minutes_service.draft_for

    def choosy(meeting: object, *wording: object) -> Minutes:
        if getattr(meeting, "id", None) == first_id:
            raise ValueError("this one cannot be drafted")
        return draft_for(meeting, *wording)  # type: ignore[arg-type]

    monkeypatch.setattr(minutes_service, "draft_for", choosy)
    assert draft_minutes.run() == 1
    assert db.session.scalars(select(Minutes.meeting_id)).all() == [second.id]
