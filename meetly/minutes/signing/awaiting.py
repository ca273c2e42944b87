"""Wait for what the signing library only does asynchronously."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


def awaited(work: Coroutine[Any, Any, Result]) -> Result:
    """Do the work in a loop of its own and return what comes of it.

    In a thread of its own too: the one that asks may run a loop already, and Python allows one.
    """
    with ThreadPoolExecutor(max_workers=1) as aside:
        return aside.submit(asyncio.run, work).result()
