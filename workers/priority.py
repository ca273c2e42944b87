"""Letting all others go first: the lowest priority the system offers, asked for politely."""

from __future__ import annotations

import ctypes
import os
import platform
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from typing import TypeVar

T = TypeVar("T")

#: How much a speech process lets all others go first.
NICE = 19
#: Number of the system call ioprio_set, who is meant (this thread), and the class "idle".
_IOPRIO_SET = {"x86_64": 251, "aarch64": 30}
_THIS_PROCESS, _IDLE_CLASS = 1, 3 << 13


def step_back() -> None:
    """Give this process the lowest share of cores and of the disk.

    It still gets its turn when everybody is busy: it may hold a lock others wait for.
    """
    os.nice(NICE)
    number = _IOPRIO_SET.get(platform.machine())
    if number is not None and platform.system() == "Linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).syscall(number, _THIS_PROCESS, 0, _IDLE_CLASS)


def only_when_idle() -> None:
    """Let this thread, and those it starts, run only when nobody else wants the core."""
    with suppress(OSError, AttributeError):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


class Backstage:
    """One thread in which the engine works when nobody else wants the core.

    Only the engine is put there: whoever holds the database for a moment must not be kept from
    letting it go by a busy machine.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "listening", initializer=only_when_idle)

    def run(self, work: Callable[[], T]) -> T:
        """Do this there and return what it returns or raise what it raises."""
        return self._pool.submit(copy_context().run, work).result()
