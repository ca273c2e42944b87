"""A heartbeat beside long work: lengthens the lease while the engine is busy."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from types import TracebackType

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from meetly.config import settings
from meetly.extensions import db

log = logging.getLogger(__name__)

#: Beats in the length of one lease.
BEATS = 4
#: Seconds after which work counts as hung: the process ends and its claim counts as failed.
PATIENCE = 30 * 60.0
#: Exit status of a process that gave itself up (EX_SOFTWARE).
HUNG = 70


class Heart:
    """Beats while the `with` block runs; `is_lost` tells that somebody else owns the work now.

    What the block wants to keep it commits itself: the rest is rolled back at its end.
    """

    def __init__(self, beat: Callable[[], bool]) -> None:
        self._beat = beat
        self._done = threading.Event()
        self._app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        self._pause = settings().chunk_lease / BEATS
        self._thread = threading.Thread(target=self._run, name="heart", daemon=True)
        self.is_lost = False

    def __enter__(self) -> Heart:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()
        # What was to be kept is committed by now. A transaction that is still open may hold the
        # very lock a beat is waiting for: the two would wait for each other.
        db.session.rollback()
        self._thread.join()

    def _run(self) -> None:
        begun = time.monotonic()
        with self._app.app_context():
            while not self._done.wait(self._pause) and not self.is_lost:
                if time.monotonic() - begun > PATIENCE:
                    log.error("no end after %.0f minutes: giving up this process", PATIENCE / 60)
                    os._exit(HUNG)
                self._beat_once()

    def _beat_once(self) -> None:
        try:
            self.is_lost = not self._beat()
            db.session.commit()
        except SQLAlchemyError as error:  # the lease outlives some missed beats
            log.warning("heartbeat missed: %s", error)
            db.session.rollback()
        finally:
            db.session.remove()
