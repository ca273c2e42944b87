"""Several workers that run one job at the same moment."""

from __future__ import annotations

import threading

from flask import Flask

from workers.timetable import run_job


def many_workers(app: Flask, job: str, count: int = 4) -> int:
    """Let workers run a job at once; return how much they say they did in all."""
    ready = threading.Barrier(count)
    done: list[int] = []

    def run() -> None:
        ready.wait()
        done.append(run_job(app, job))

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done)
