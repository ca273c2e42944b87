"""`meetly receive-mail`: the end of a mail server's pipe, where answers of calendars come in."""

from __future__ import annotations

import sys

import click
from sqlalchemy.exc import SQLAlchemyError

from meetly.errors import MeetlyError, NotConfigured

#: sysexits.h: the mail server keeps the mail and tries again
TEMPORARY = 75


@click.command("receive-mail")
def receive_mail() -> None:
    """Read one mail on standard input and take the answer to an invitation out of it.

    For a mail server's pipe, as that of MEETLY_MAIL_REPLIES. A mail that is no answer is dropped
    with a word on standard output; while the database cannot be reached, the exit status 75 asks
    the server to try again.
    """
    from meetly.app import create_app
    from meetly.config import Config
    from meetly.extensions import db
    from meetly.meetings.calendars import answering, reply, tokens

    config = Config.from_environment()
    if not tokens.is_mailbox(config.mail_replies):
        raise NotConfigured("Chưa đặt MEETLY_MAIL_REPLIES, hộp thư nhận trả lời của lịch.")
    raw = sys.stdin.buffer.read(reply.LARGEST + 1)
    with create_app(config).app_context():
        try:
            outcome = answering.receive(raw)
            db.session.commit()
        except (SQLAlchemyError, MeetlyError) as error:
            click.echo(f"meetly: {error.__class__.__name__}", err=True)
            sys.exit(TEMPORARY)
    click.echo(outcome)
