"""Ask an OpenAI-compatible endpoint for wording; the only place that talks to one.

It is one configured server: no redirects, no proxy, a limit of time that even a server cannot
stretch that sends a byte now and then, and a limit of size. The answer is text nobody trusts yet.
"""

from __future__ import annotations

import http.client
import json
import socket
import threading
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from meetly.config import Config
from meetly.errors import BadInput
from meetly.minutes.rewording import Prompt

#: Bytes of an answer; a paragraph and its JSON stay far below.
LARGEST = 256 * 1024
#: Tokens a model may write about one paragraph.
MOST_TOKENS = 2048
_PIECE = 16 * 1024


class ModelDown(Exception):
    """The model gave no answer; says why in words an operator can use."""


class LanguageModel:
    """A model behind an address such as http://127.0.0.1:11434/v1; BadInput unless it is one."""

    def __init__(self, url: str, model: str, key: str = "", timeout: float = 60.0) -> None:
        """Read the address; nothing is asked yet. `timeout` is in seconds, for a whole answer."""
        self.model, self.timeout = model, timeout
        self._key = key
        self._secure, self.host, self._port, path = _place(url)
        self._path = f"{path}/chat/completions"
        if not model:
            raise BadInput("MEETLY_LLM_URL cần kèm MEETLY_LLM_MODEL: tên mô hình ở máy chủ đó.")
        if not key.isascii() or not key.isprintable():
            raise BadInput("Không đọc được cấu hình MEETLY_LLM_KEY.")

    def ask(self, prompt: Prompt, patience: float | None = None) -> str:
        """Return what the model answers; ModelDown when there is no answer to be had.

        `patience` shortens the time limit, in seconds.
        """
        seconds = self.timeout if patience is None else min(patience, self.timeout)
        connection = self._connection(seconds)
        late, lines = threading.Event(), list[socket.socket]()
        timer = threading.Timer(seconds, _break_off, (connection, lines, late))
        timer.daemon = True
        timer.start()
        try:
            connection.connect()
            lines.append(connection.sock)  # the connection forgets it once the answer begins
            return _content(self._answer(connection, prompt))
        except (OSError, http.client.HTTPException, ValueError, RecursionError) as error:
            why = "no answer in time" if late.is_set() else _why(error)
            raise ModelDown(f"{self.host}: {why}") from error
        finally:
            timer.cancel()
            connection.close()

    def _connection(self, seconds: float) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        return kind(self.host, self._port, timeout=seconds)

    def _answer(self, connection: http.client.HTTPConnection, prompt: Prompt) -> bytes:
        connection.request("POST", self._path, self._question(prompt), self._headers())
        answer = connection.getresponse()
        if answer.status != 200:  # a redirect too: elsewhere may be anywhere
            raise ValueError(f"HTTP {answer.status}")
        found = bytearray()
        while piece := answer.read1(_PIECE):
            found += piece
            if len(found) > LARGEST:
                raise ValueError("the answer is too long")
        if answer.length:  # bytes were promised that never came
            raise ValueError("the answer breaks off")
        return bytes(found)

    def _question(self, prompt: Prompt) -> bytes:
        return json.dumps(
            {
                "model": self.model,
                "messages": [
                    {"role": "system", "content": prompt.task},
                    {"role": "user", "content": prompt.data},
                ],
                "temperature": 0,
                "max_tokens": MOST_TOKENS,
                "response_format": {"type": "json_object"},
                "stream": False,
            }
        ).encode()

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "User-Agent": "Meetly"}
        return {**headers, "Authorization": f"Bearer {self._key}"} if self._key else headers


def configured(config: Config) -> LanguageModel | None:
    """Return the model of these settings, None where there is none; BadInput if they are wrong."""
    if not config.llm_url:
        return None
    return LanguageModel(config.llm_url, config.llm_model, config.llm_key, config.llm_timeout)


def _content(answer: bytes) -> str:
    value: Any = json.loads(answer)
    try:
        content = value["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError) as error:
        raise ValueError("not an answer of a chat") from error
    if not isinstance(content, str):
        raise ValueError("not an answer of a chat")
    return content


def _break_off(
    connection: http.client.HTTPConnection, lines: list[socket.socket], late: threading.Event
) -> None:
    """End a call whose time is up: every read that waits returns at once."""
    late.set()
    for line in lines or [connection.sock]:
        with suppress(OSError, AttributeError):
            line.shutdown(socket.SHUT_RDWR)


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return str(error)[:120] if str(error) else type(error).__name__


def _place(url: str) -> tuple[bool, str, int, str]:
    try:
        parts = urlsplit(url)
        secure = {"http": False, "https": True}[parts.scheme]
        if not (parts.hostname and url.isascii() and url.isprintable() and " " not in url):
            raise ValueError(url)
        if "@" in parts.netloc or parts.query or parts.fragment:
            raise ValueError(url)
        return secure, parts.hostname, parts.port or (443 if secure else 80), parts.path.rstrip("/")
    except (ValueError, KeyError) as error:
        raise BadInput(
            "MEETLY_LLM_URL phải là địa chỉ http:// hoặc https://, như http://127.0.0.1:11434/v1."
        ) from error
