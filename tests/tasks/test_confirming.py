"""The page of confirming: what speaks against a proposal, and what is given out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from meetly.accounts.models import Unit, User
from meetly.directions import service as directions
from meetly.directions.contradictions import Difference
from meetly.directions.models import Direction, DirectionStatus
from meetly.directions.naming import rows_of, units_below
from meetly.errors import NotAllowed, NotFound, WrongState
from meetly.extensions import db
from meetly.minutes.models import Minutes
from meetly.tasks import service as tasks
from meetly.tasks.confirming import service
from meetly.tasks.confirming.service import Card
from meetly.tasks.models import Task
from meetly.tasks.opening import open_task
from tests.cast import Cast
from tests.queries import counting

SignIn = Callable[[User], FlaskClient]
OLD = "Sở Tài chính rà soát 14 dự án giải ngân dưới 50%, đề xuất điều chuyển vốn trước 30/11/2026."


def given_before(cast: Cast, owner: Unit, lead: str = "Sở Tài chính", text: str = OLD) -> Task:
    """Let an earlier direction of a unit be worked on."""
    old = Direction(
        owner_unit_id=owner.id, given_on=date(2026, 10, 20), ordinal=1, text=text, span=text,
        status=DirectionStatus.CONFIRMED, due=date(2026, 11, 30), cues=[], segment_ids=[],
        source="Thông báo số 410/TB-VP", units=rows_of([lead], [], units_below(owner)),
    )  # fmt: skip
    db.session.add(old)
    db.session.flush()
    task = open_task(cast.khai, old, lead, old.lead[0].unit, [])
    db.session.commit()
    return task


def card_of(minutes: Minutes, name: str) -> Card:
    cards = service.cards(minutes, directions.follow(minutes))
    return next(c for c in cards if name in [u.name for u in c.direction.lead])


# -- what speaks against it ------------------------------------------------------------------


def test_an_earlier_direction_still_worked_on_is_shown_beside_it(
    minutes: Minutes, cast: Cast
) -> None:
    assert card_of(minutes, "Sở Tài chính").rivals == []
    task = given_before(cast, cast.office)
    [rival] = card_of(minutes, "Sở Tài chính").rivals
    assert (rival.direction.id, rival.on) == (task.direction_id, Difference.DATE)
    assert rival.earlier
    others = service.cards(minutes, directions.follow(minutes))
    assert [c.direction.id for c in others if c.rivals] == [
        card_of(minutes, "Sở Tài chính").direction.id
    ]
    task.completed_at = task.opened_at
    db.session.flush()
    assert card_of(minutes, "Sở Tài chính").rivals == [], "what is done contradicts nothing"


def test_what_another_giver_ordered_is_never_shown(minutes: Minutes, cast: Cast) -> None:
    given_before(cast, cast.builders)
    assert card_of(minutes, "Sở Tài chính").rivals == []


def test_two_proposals_of_the_same_minutes_are_held_against_each_other(
    minutes: Minutes, cast: Cast
) -> None:
    one, other = directions.of_minutes(minutes)[:2]
    directions.correct(
        cast.khai, other, other.version, lead=["Sở Tài chính"], coordinate=[],
        due=date(2026, 12, 1), recurring="", text=one.text,
    )  # fmt: skip
    found = {c.direction.id: c.rivals for c in service.cards(minutes, directions.follow(minutes))}
    assert [r.direction.id for r in found[one.id]] == [other.id]
    assert not found[one.id][0].earlier and found[other.id][0].on is Difference.DATE


def test_a_card_tells_what_it_opens_whom_nobody_knows_and_what_is_late(
    minutes: Minutes, cast: Cast
) -> None:
    group = card_of(minutes, "UBND các xã, phường")
    assert set(group.opens) == {"UBND xã Nậm Hoa", "UBND phường Đồi Thông"}
    assert group.strangers == [] and not group.asks
    direction = card_of(minutes, "Sở Xây dựng").direction
    directions.correct(
        cast.khai, direction, direction.version, lead=["các chủ đầu tư", "Sở Xây dựng"],
        coordinate=[], due=date(2026, 11, 20), recurring="", text=direction.text,
    )  # fmt: skip
    card = card_of(minutes, "các chủ đầu tư")
    assert card.strangers == ["các chủ đầu tư"] and len(card.opens) == 2
    assert card.is_past and card.asks


def test_the_question_for_earlier_ones_does_not_grow_with_the_proposals(
    minutes: Minutes, cast: Cast
) -> None:
    given_before(cast, cast.office)
    sent: list[list[str]] = []
    for most in (2, 10):
        db.session.expunge_all()
        again = db.session.get_one(Minutes, minutes.id)
        found = directions.follow(again)[:most]
        with counting() as statements:
            service.cards(again, found)
        sent.append(statements)
    few, many = sent
    groups = sum(part.unit_id is None for d in found for part in d.lead)
    assert len(many) <= len(few) + groups, many


# -- giving out ------------------------------------------------------------------------------


def test_a_direction_replaces_the_earlier_one_that_was_chosen(minutes: Minutes, cast: Cast) -> None:
    task = given_before(cast, cast.office)
    direction = card_of(minutes, "Sở Tài chính").direction
    [opened] = service.assign(cast.khai, direction, direction.version, [task.direction_id])
    db.session.refresh(task)
    assert task.cancelled_at and task.superseded_by_id == direction.id
    assert task.direction.superseded_by_id == direction.id
    assert opened.cancelled_at is None


def test_kept_both_stays_both(minutes: Minutes, cast: Cast) -> None:
    task = given_before(cast, cast.office)
    direction = card_of(minutes, "Sở Tài chính").direction
    service.assign(cast.khai, direction, direction.version)
    assert task.cancelled_at is None and task.direction.superseded_by_id is None


def test_nobody_replaces_what_another_unit_gave(minutes: Minutes, cast: Cast) -> None:
    foreign = given_before(cast, cast.builders)
    direction = card_of(minutes, "Sở Tài chính").direction
    for stranger in (foreign.direction_id, 10**6):
        with pytest.raises(NotFound):
            service.assign(cast.khai, direction, direction.version, [stranger])
        db.session.rollback()
    proposed = card_of(minutes, "UBND xã Nậm Hoa").direction
    with pytest.raises(WrongState):
        service.assign(cast.khai, direction, direction.version, [proposed.id])
    db.session.rollback()
    with pytest.raises(NotAllowed):
        service.assign(cast.nam, direction, direction.version)
    assert foreign.cancelled_at is None and direction.status == DirectionStatus.PROPOSED
    assert tasks.of_direction(direction) == []


def test_what_asks_for_a_look_is_not_given_out_in_bulk(minutes: Minutes, cast: Cast) -> None:
    given_before(cast, cast.office)
    found = directions.of_minutes(minutes)
    late = next(d for d in found if d.lead[0].name == "Sở Xây dựng")
    late.due = date(2026, 11, 1)
    changed = next(d for d in found if d.lead[0].name == "Sở Nội vụ")
    seen = {d.id: d.version for d in found} | {changed.id: changed.version + 1}
    opened, left = service.assign_all(cast.khai, minutes, seen)
    waiting = [d for d in directions.of_minutes(minutes) if d.status == DirectionStatus.PROPOSED]
    assert {d.lead[0].name for d in waiting} == {"Sở Tài chính", "Sở Xây dựng", "Sở Nội vụ"}
    assert left == 3 and opened == 9, "seven directions, one of two leads, one of two communes"


# -- the page --------------------------------------------------------------------------------


def test_the_page_shows_both_sides_and_takes_the_choice(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    task = given_before(cast, cast.office)
    direction = card_of(minutes, "Sở Tài chính").direction
    page = sign_in(cast.khai).get(f"/minutes/{minutes.id}/directions").text
    assert OLD in page and "Thông báo số 410/TB-VP" in page and "Cùng việc, khác thời hạn" in page
    assert f'name="old-{task.direction_id}"' in page and "sẽ mở 2 nhiệm vụ" in page
    assert "Thay thế chỉ đạo cũ" not in sign_in(cast.nam).get(
        f"/minutes/{minutes.id}/directions"
    ).text, "a secretary sees it and decides nothing"  # fmt: skip
    where, version = f"/directions/{direction.id}/assign", {"version": direction.version}
    browser = sign_in(cast.khai)
    assert browser.post(where, data={**version, "old-x": "replace"}).status_code == 400
    answer = browser.post(
        where, data={**version, f"old-{task.direction_id}": "replace"},
        headers={"Accept": "application/json"},
    )  # fmt: skip
    assert answer.status_code == 200 and answer.json and answer.json["opened"] == 1
    db.session.expire_all()
    assert task.cancelled_at is not None
    assert "Đã có chỉ đạo mới thay thế" not in browser.get(f"/minutes/{minutes.id}/directions").text


def test_hostile_lists_of_what_was_seen_give_nothing_out(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    browser, where = sign_in(cast.khai), f"/minutes/{minutes.id}/directions/assign"
    seen = ["", ":", "1", "x:y", "1:99999999999999999999", "-1:1", "²:1", "<b>:1"]
    assert browser.post(where, data={"seen": seen}).status_code == 302
    assert db.session.scalars(select(Task)).all() == []
