"""`meetly receive-mail`: the end of a mail server's pipe."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session, scoped_session

from meetly.config import Config
from meetly.meetings.calendars import reply
from meetly.meetings.models import Answer
from tests.cast import Cast
from tests.conftest import SECRET
from tests.meetings.calendars.replies import reply_of
from tests.meetings.calendars.test_answering import MAILBOX, invitation
from tests.meetings.plans import scheduled

Database = scoped_session[Session]


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, mail_replies=MAILBOX)


def piped(config: Config, raw: bytes, **more: str) -> subprocess.CompletedProcess[bytes]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("MEETLY_")}
    environment = {
        **kept, "MEETLY_DATA": str(config.data), "MEETLY_SECRET": SECRET,
        "MEETLY_MAIL_REPLIES": config.mail_replies, **more,
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, "-m", "meetly", "receive-mail"],
        input=raw, capture_output=True, env=environment, timeout=120, check=False,
    )  # fmt: skip


def test_a_reply_through_the_pipe_is_kept(session: Database, cast: Cast, config: Config) -> None:
    meeting = scheduled(cast)
    raw = reply_of(cast.hoa, "ACCEPTED")
    session.commit()
    done = piped(config, raw)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"answered\n", b"")
    session.expire_all()
    assert invitation(meeting, cast.nam_hoa.id).answer == Answer.COMING


def test_what_is_no_reply_is_dropped_without_a_bounce(cast: Cast, config: Config) -> None:
    for raw in (b"", b"Subject: x\r\n\r\nx", b"\x00" * (reply.LARGEST + 10)):
        done = piped(config, raw)
        assert (done.returncode, done.stdout) == (0, b"refused\n")


def test_while_the_database_is_away_the_server_is_asked_to_keep_the_mail(
    session: Database, cast: Cast, config: Config
) -> None:
    scheduled(cast)
    raw = reply_of(cast.hoa, "ACCEPTED")
    session.commit()
    away = piped(config, raw, MEETLY_DATABASE="postgresql://x@127.0.0.1:1/x")
    assert away.returncode == 75 and b"OperationalError" in away.stderr


def test_without_a_mailbox_the_command_says_which_setting_is_missing(config: Config) -> None:
    done = piped(replace(config, mail_replies=""), b"x")
    assert done.returncode == 2 and b"MEETLY_MAIL_REPLIES" in done.stderr
