"""Send the mails of the outbox; each row is a job, and its lease outlives a killed sender."""

from __future__ import annotations

import logging
import os
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from meetly import clock
from meetly.config import Config, settings
from meetly.extensions import db
from meetly.notices import service as notices
from meetly.notices.models import Mail

log = logging.getLogger(__name__)

#: Seconds a silent mail server is waited for, well inside the lease of a mail.
PATIENCE = 30
#: Answers from here on are meant for good (RFC 5321, 4.2.1); those below may change.
FOR_GOOD = 500
#: "Service not available, closing": the server takes no more mails now.
CLOSING = 421


class Refused(Exception):
    """One mail was not taken: for good, or for now; `closed` when no other will be either."""

    def __init__(self, why: str, *, permanent: bool = False, closed: bool = False) -> None:
        super().__init__(why)
        self.permanent = permanent
        self.closed = closed


def run(owner: str | None = None) -> int:
    """Send every mail that is due and return how many went out.

    Without a configured server the mails wait; a server that is down costs no mail a try.
    """
    config = settings()
    waits = bool(config.smtp_host) and notices.mail_waits()
    db.session.commit()
    if not waits:
        return 0
    try:
        with _server(config) as server:
            return _empty_outbox(server, config, owner or f"{socket.gethostname()}:{os.getpid()}")
    except (OSError, smtplib.SMTPException) as error:
        log.warning("mail server %s:%s: %s", config.smtp_host, config.smtp_port, error)
        return 0


@contextmanager
def _server(config: Config) -> Iterator[smtplib.SMTP]:
    server = smtplib.SMTP(config.smtp_host, config.smtp_port, timeout=PATIENCE)
    try:
        if config.smtp_starttls:
            server.starttls(context=ssl.create_default_context())
        if config.smtp_user:
            server.login(config.smtp_user, config.smtp_password)
        yield server
    finally:
        with suppress(OSError, smtplib.SMTPException):
            server.quit()
        server.close()


def _empty_outbox(server: smtplib.SMTP, config: Config, owner: str) -> int:
    count = 0
    while mail := notices.claim_mail(owner):
        db.session.commit()  # no transaction stays open while the server thinks
        closed = False
        try:
            _send(server, config, mail)
            count += notices.sent(mail.id, owner)
        except Refused as refusal:
            log.warning("mail %s was not taken: %s", mail.id, refusal)
            notices.failed(mail.id, owner, str(refusal), permanent=refusal.permanent)
            closed = refusal.closed
        db.session.commit()
        if closed:
            return count
    db.session.commit()
    return count


def _send(server: smtplib.SMTP, config: Config, mail: Mail) -> None:
    message = compose(config, mail)
    try:
        server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()))
        raise _refusal(code, answer) from error
    except smtplib.SMTPSenderRefused as error:
        # Our own address or account is the trouble: a setting to mend, not this mail's fault.
        raise Refused(_said(error.smtp_code, error.smtp_error), closed=True) from error
    except smtplib.SMTPResponseException as error:
        raise _refusal(error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPNotSupportedError as error:  # an address in letters this server cannot say
        raise Refused(str(error), permanent=True) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Refused(str(error), closed=True) from error


def compose(config: Config, mail: Mail) -> EmailMessage:
    """Make the message of a mail; Refused for good when its address cannot be one.

    The message's name stays the same at every try, so that a receiver who got it twice can tell.
    """
    sender = parseaddr(config.mail_from)[1]
    message = EmailMessage()
    try:
        message["From"] = Address("Meetly", addr_spec=sender)
        message["To"] = Address(addr_spec=mail.recipient)
        message["Subject"] = mail.subject
        if mail.reply_to:
            message["Reply-To"] = Address("Meetly", addr_spec=mail.reply_to)
    except (ValueError, IndexError, HeaderParseError) as error:
        raise Refused(f"{mail.recipient!r}: {error}", permanent=True) from error
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<meetly-notice-{mail.notice_id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    if mail.calendar:
        _enclose(message, mail.calendar, mail.calendar_method)
    return message


def _enclose(message: EmailMessage, calendar: str, method: str) -> None:
    # RFC 6047, 2.4: the part that a calendar acts on. The file is for those that only open files;
    # in Base64 its line ends arrive as they were written.
    written = calendar.encode()
    message.add_alternative(
        written, maintype="text", subtype="calendar", cte="base64",
        params={"method": method, "charset": "utf-8", "component": "VEVENT"},
    )  # fmt: skip
    message.add_attachment(written, maintype="application", subtype="ics", filename="invite.ics")


def _refusal(code: int, answer: bytes | str) -> Refused:
    return Refused(_said(code, answer), permanent=code >= FOR_GOOD, closed=code == CLOSING)


def _said(code: int, answer: bytes | str) -> str:
    words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {words}"
