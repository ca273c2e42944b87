"""The worker of gunicorn that serves Meetly: a slow reader's goodbye holds up nobody else."""

from __future__ import annotations

from typing import Any

from gunicorn.workers.gthread import ThreadWorker


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's worker of threads, which parts from a reader in the reader's own thread.

    After the last byte gunicorn waits up to two seconds for the reader to hang up, and does so in
    the one thread that also takes new connections in: 200 sites ending their downloads over slow
    lines shut every page out for minutes.
    """

    def handle(self, conn: Any) -> Any:
        """Answer one request; close the connection here if it is not to be kept."""
        kept = super().handle(conn)
        if kept is False:
            conn.close(graceful=True)
            conn.close = _is_closed
        return kept


def _is_closed(graceful: bool = False) -> None:
    """Do nothing where gunicorn closes once more what is closed."""
