"""Hands that part the same proposal at the same moment: one does it, and no word is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from meetly.accounts.models import Role, User
from meetly.app import create_app
from meetly.config import Config
from meetly.directions import editing, service
from meetly.directions.holding import minutes_of
from meetly.directions.models import Direction, DirectionStatus
from meetly.errors import Stale
from meetly.extensions import db
from meetly.minutes import service as minutes_service
from meetly.minutes.blocks import BlockKind
from meetly.minutes.models import Minutes
from tests.cast import assemble
from tests.minutes import briefing

HANDS = 4


@pytest.fixture
def house(database_url: str, config: Config) -> Iterator[Flask]:
    """Serve the draft of the sample, on each kind of database."""
    app = create_app(Config(data=config.data, secret="s", database=database_url))
    with app.app_context():
        db.create_all()
        minutes = briefing.drafted(assemble())
        service.propose_for(minutes)
        db.session.commit()
        db.session.remove()
        yield app
        db.session.remove()
        db.engine.dispose()


Act = Callable[[User, Direction, int, int], object]


def part(user: User, direction: Direction, seen: int, number: int) -> None:
    service.split(user, direction, seen, number + 2)


def correct(user: User, direction: Direction, seen: int, number: int) -> None:
    service.correct(
        user, direction, seen, lead=["Sở Tài chính"], coordinate=[], due=None, recurring="",
        text=f"Lời của người thứ {number}.",
    )  # fmt: skip


def at_once(app: Flask, act: Act) -> list[int]:
    """Let several hands change the first proposal; return which were told yes."""
    first = db.session.query(Direction).order_by(Direction.ordinal).first()
    secretary = db.session.query(User).filter_by(login="nam").one()
    assert first is not None
    direction_id, seen, author = first.id, first.version, secretary.id
    gate, accepted = threading.Barrier(HANDS), list[int]()
    db.session.remove()

    def work(number: int) -> None:
        with app.app_context():
            gate.wait(timeout=20)
            direction = db.session.get_one(Direction, direction_id)
            user = db.session.get_one(User, author)
            try:
                act(user, direction, seen, number)
                db.session.commit()
                accepted.append(number)
            except Stale:
                db.session.rollback()
            finally:
                db.session.remove()

    hands = [threading.Thread(target=work, args=(n,)) for n in range(HANDS)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    return accepted


def test_one_of_many_hands_parts_a_proposal_and_no_word_is_lost(house: Flask) -> None:
    minutes = db.session.query(Minutes).one()
    whole = service.of_minutes(minutes)[0].text
    assert len(at_once(house, part)) == 1
    minutes = db.session.query(Minutes).one()
    first, second = service.of_minutes(minutes)[:2]
    assert f"{first.text} {second.text}" == whole
    blocks = [b for b in minutes_service.blocks_of(minutes) if b.kind is BlockKind.DIRECTION]
    proposed = [d for d in service.of_minutes(minutes) if d.status == DirectionStatus.PROPOSED]
    assert [b.text for b in blocks] == [d.text for d in proposed]


def test_whoever_was_told_yes_finds_their_words(house: Flask) -> None:
    [number] = at_once(house, correct)
    minutes = db.session.query(Minutes).one()
    assert service.of_minutes(minutes)[0].text == f"Lời của người thứ {number}."


def test_the_checker_catches_a_hold_that_compares_no_version(
    house: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(user: User, direction: Direction, version: int, *roles: Role) -> Minutes:
        minutes = minutes_of(direction)
        minutes_service.hold(minutes)
        db.session.refresh(direction)
        return minutes

    monkeypatch.setattr(editing, "hold", careless)
    assert len(at_once(house, correct)) > 1
