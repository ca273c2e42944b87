"""Whatever order people act in: nothing unseen approved, no signed byte changed, no edit lost.

The long form is `make torture-minutes`.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from meetly import clock
from meetly.accounts.models import User
from meetly.errors import MeetlyError, WrongState
from meetly.extensions import db
from meetly.minutes import kept_papers, service
from meetly.minutes.issuing import service as issuing
from meetly.minutes.issuing import states
from meetly.minutes.issuing.models import DocumentKind, DocumentStatus, OfficialDocument, Reopening
from meetly.minutes.models import Approval, Minutes, MinutesStatus
from meetly.minutes.versions import hold_open, keep, version_of
from tests.cast import Cast
from tests.minutes.issuing import papers
from tests.minutes.issuing.bureau import ACTS, Bureau, Changed, Lost, Miscounted, Unseen

SEED = 20261126
STEPS = 70


def ran(cast: Cast, offices: int, seed: int = SEED) -> list[Bureau]:
    """Let offices act at random, one after another."""
    chance, done = random.Random(seed), []
    for _ in range(offices):
        office = Bureau(cast)
        for _step in range(STEPS):
            office.act(chance)
        done.append(office)
    return done


def test_any_order_of_steps_that_hypothesis_finds(cast: Cast) -> None:
    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.office = Bureau(cast)

        @rule(
            act=st.sampled_from(ACTS), first=st.integers(0, 3), second=st.integers(0, 3),
            looks=st.integers(0, 15),
        )  # fmt: skip
        def step(self, act: str, first: int, second: int, looks: int) -> None:
            self.office.step(act, first, second, looks)

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=8, stateful_step_count=20, deadline=None, derandomize=True,
            database=None, suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def test_random_orders_reach_every_step(
    cast: Cast, record_property: Callable[[str, object], None]
) -> None:
    offices = ran(cast, 3)
    done = {act: sum(office.done[act] for office in offices) for act in ACTS}
    record_property("seed", SEED)
    record_property("done", done)
    assert all(done.values()), done
    assert any(document.corrects_id for office in offices for document in _documents(office)), (
        "no correction came about"
    )


def _documents(office: Bureau) -> list[OfficialDocument]:
    return issuing.documents_of(office.minutes)


# -- planted defects -------------------------------------------------------------------------


def test_the_checker_catches_an_approval_that_ignores_the_hash(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(user: User, minutes: Minutes, *_shown: object) -> None:
        if minutes.status != MinutesStatus.SUBMITTED:
            raise WrongState()
        kept = version_of(minutes)
        minutes.status = MinutesStatus.APPROVED
        db.session.add(
            Approval(
                minutes_id=minutes.id, version=kept.number, minutes_sha256=kept.minutes_sha256,
                notice_sha256=kept.notice_sha256, approved_by_id=user.id, approved_at=clock.now(),
            )
        )  # fmt: skip

    monkeypatch.setattr(service, "approve", careless)
    with pytest.raises(Unseen):
        ran(cast, 10)


def test_the_checker_catches_a_blind_save(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def blind(user: User, minutes: Minutes, _version: int, block_id: str, text: str) -> None:
        hold_open(minutes)
        blocks = service.blocks_of(minutes)
        place = [b.id for b in blocks].index(block_id)
        blocks[place] = replace(blocks[place], text=text)
        keep(user.id, minutes, blocks, "")

    monkeypatch.setattr(service, "edit_block", blind)
    with pytest.raises(Lost):
        ran(cast, 10)


def test_the_checker_catches_a_signature_put_on_an_older_pdf(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trusting(document: OfficialDocument, sha256: str, *, last: bool) -> None:
        states.hold(document)
        step = DocumentStatus.SIGNED if last else DocumentStatus.SIGNING
        if document.status != step:
            states.move(document, step)
        document.signed_sha256 = sha256

    monkeypatch.setattr(states, "signature_added", trusting)
    with pytest.raises(Changed):
        ran(cast, 10)


def test_the_checker_catches_a_reopening_that_leaves_numbers_alive(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forgetful(user: User, minutes: Minutes, reason: str) -> None:
        approval = service.approval_of(minutes)
        if approval is None:
            raise WrongState()
        approval.voided_at, minutes.status = clock.now(), MinutesStatus.RETURNED
        db.session.add(
            Reopening(
                minutes_id=minutes.id, approval_id=approval.id, reason=reason,
                reopened_at=clock.now(), reopened_by_id=user.id,
            )
        )  # fmt: skip

    monkeypatch.setattr(issuing, "reopen", forgetful)
    with pytest.raises(Miscounted):
        ran(cast, 10)


# -- real threads ----------------------------------------------------------------------------


def together(app: Flask, count: int, work: Callable[[int], object]) -> None:
    """Do something in so many threads at once, each in a context of its own."""

    def inside(number: int) -> None:
        with app.app_context():
            try:
                work(number)
                db.session.commit()
            except MeetlyError:
                db.session.rollback()
            finally:
                db.session.remove()

    threads = [threading.Thread(target=inside, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_threads_that_take_a_number_for_one_document_get_one(app: Flask, cast: Cast) -> None:
    minutes, nam = papers.approved(cast), cast.nam.id
    minutes_id = minutes.id
    db.session.commit()
    db.session.remove()
    together(
        app, 5,
        lambda _: issuing.register(
            db.session.get_one(User, nam), db.session.get_one(Minutes, minutes_id),
            DocumentKind.NOTICE, papers.DATED,
        ),
    )  # fmt: skip
    [document] = issuing.documents_of(db.session.get_one(Minutes, minutes_id))
    assert (document.entry.number, document.entry.book.last) == (1, 1)


def test_threads_that_sign_and_reopen_at_once_change_no_signed_byte(app: Flask, cast: Cast) -> None:
    minutes, khai = papers.approved(cast), cast.khai.id
    document = papers.numbered(cast, minutes)
    first = papers.sign(document, last=False)
    document_id, minutes_id = document.id, minutes.id
    db.session.commit()
    db.session.remove()
    before = kept_papers.read(first, "pdf")

    def work(number: int) -> None:
        if number == 3:
            user = db.session.get_one(User, khai)
            issuing.reopen(user, db.session.get_one(Minutes, minutes_id), "Sai")
            return
        signed = kept_papers.store(before + bytes([number]) * 16, "pdf")
        states.signature_added(
            db.session.get_one(OfficialDocument, document_id), signed, last=False
        )

    together(app, 4, work)
    document = db.session.get_one(OfficialDocument, document_id)
    signed = kept_papers.read(document.signed_sha256, "pdf")
    assert document.status == DocumentStatus.CANCELLED
    assert signed.startswith(before) and len(signed) <= len(before) + 16
