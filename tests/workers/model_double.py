"""A language model on this machine that answers well or misbehaves, each way by its name."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: What it answers to one question, by the draft paragraph it was shown.
Answer = Callable[[str], Any]


def draft_of(data: str) -> str:
    """Return the draft paragraph inside the fence."""
    return data.partition("Đoạn nháp:\n")[2].rpartition("\n===")[0]


def content(text: str) -> bytes:
    """Return an answer in the form of the endpoint."""
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode()


def sentences(*texts: str) -> bytes:
    """Return the answer that was asked for."""
    return content(json.dumps({"sentences": list(texts)}, ensure_ascii=False))


@dataclass
class ModelDouble:
    """What it does, and what it was asked."""

    url: str
    answer: Answer
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    #: seconds before the first byte, and between two bytes
    silence: float = 0.0
    drip: float = 0.0
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    #: called while somebody waits for the answer
    meanwhile: Callable[[], None] = lambda: None


@contextmanager
def serving(answer: Answer, **ways: Any) -> Iterator[ModelDouble]:
    """Serve until the block ends."""
    double = ModelDouble("", answer, **ways)
    stopped = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            double.asked.append(question)
            double.keys.append(self.headers.get("Authorization", ""))
            double.meanwhile()
            with suppress(OSError):
                self._reply(double.answer(draft_of(question["messages"][1]["content"])))

        def _reply(self, body: bytes) -> None:
            stopped.wait(double.silence)
            self.send_response(double.status)
            for name, value in double.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if not double.drip:
                self.wfile.write(body)
                return
            for byte in body:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                if stopped.wait(double.drip):
                    return

        def log_message(self, *_given: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    double.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield double
    finally:
        stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()


def seconds(work: Callable[[], Any]) -> float:
    """Return how long something took."""
    begun = time.monotonic()
    work()
    return time.monotonic() - begun
