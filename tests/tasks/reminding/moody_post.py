"""A real mail server that fails in five ways: refuses, closes, puts off, drops, is silent."""

from __future__ import annotations

import asyncio
import email
import email.policy
from email.message import EmailMessage
from enum import StrEnum

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.workers.post import free_port


class Mood(StrEnum):
    """What the server does with a mail."""

    FINE = "fine"
    #: nobody listens
    DOWN = "down"
    #: 421 after the words were sent
    CLOSING = "closing"
    #: 451 for every recipient
    LATER = "later"
    #: takes the mail and hangs up before saying so
    DROPS = "drops"
    #: says nothing any more
    SILENT = "silent"


#: What goes wrong, in turn.
BAD = (Mood.DOWN, Mood.CLOSING, Mood.LATER, Mood.DROPS, Mood.SILENT)


class _Listening(Controller):
    """The open port, which knows the lines that lead to it."""

    def factory(self) -> SMTP:
        """Make what answers on one line."""
        answering: SMTP = super().factory()  # type: ignore[no-untyped-call]
        self._lines = [*getattr(self, "_lines", ()), answering]
        return answering

    def hang_up(self) -> None:
        """Close every line, also those whose other end was killed."""

        async def close() -> None:
            for line in getattr(self, "_lines", ()):
                if line.transport:
                    line.transport.abort()
            await asyncio.sleep(0.02)

        asyncio.run_coroutine_threadsafe(close(), self.loop).result(10)


class MoodyPost:
    """A mail server with a memory; whoever holds it sets its mood."""

    def __init__(self) -> None:
        self.port = free_port()
        self.taken: list[EmailMessage] = []
        #: how many mails each mood let wait or took without a word; moments when it was down
        self.failures: dict[Mood, int] = dict.fromkeys(BAD, 0)
        self._mood = Mood.DOWN
        self._listening: _Listening | None = None

    @property
    def mood(self) -> Mood:
        """What it does now."""
        return self._mood

    def be(self, mood: Mood) -> None:
        """Change the mood; a server that is down has no open port."""
        self._mood = mood
        if mood is Mood.DOWN and self._listening:
            self._listening.hang_up()
            self._listening.stop()
            self._listening = None
        elif mood is not Mood.DOWN and not self._listening:
            self._listening = _Listening(self, hostname="127.0.0.1", port=self.port)
            self._listening.start()

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._mood is Mood.LATER:
            self.failures[Mood.LATER] += 1
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        mood = self._mood
        if mood in (Mood.CLOSING, Mood.SILENT):
            self.failures[mood] += 1
        if mood is Mood.CLOSING:
            return "421 closing"
        if mood is Mood.SILENT:
            await asyncio.sleep(60)
            return "451 nobody listens any more"
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        if mood is Mood.DROPS:
            self.failures[mood] += 1
            transport = server.transport
            assert isinstance(transport, asyncio.Transport)
            transport.abort()
        return "250 OK"
