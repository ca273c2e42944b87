"""What the signing library does asynchronously is waited for, whoever asks."""

from __future__ import annotations

import asyncio

from meetly.minutes.signing.awaiting import awaited


async def twice(number: int) -> int:
    await asyncio.sleep(0)
    return 2 * number


def test_a_loop_that_runs_already_is_in_nobodys_way() -> None:
    async def asked_from_a_loop() -> int:
        return awaited(twice(21))

    assert awaited(twice(21)) == awaited(asked_from_a_loop()) == 42
