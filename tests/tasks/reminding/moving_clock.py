"""A clock that somebody else moves: 32 bytes of a file that several processes have open.

The processes read the moment at which they are; whoever moves it gives each moment a number, and
learns from each process up to which number everything was told.
"""

from __future__ import annotations

import mmap
import struct
from datetime import UTC, datetime
from pathlib import Path

_MOMENT, _NUMBER, _DONE = 0, 8, 16
SLOTS = 2


class MovingClock:
    """The moment, its number, and how far each of two schedulers is."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(_DONE + 8 * SLOTS))
        with path.open("r+b") as opened:
            self._bytes = mmap.mmap(opened.fileno(), 0)

    def now(self) -> datetime:
        """Return the moment it is."""
        [seconds] = struct.unpack_from("<d", self._bytes, _MOMENT)
        return datetime.fromtimestamp(seconds, UTC)

    @property
    def number(self) -> int:
        """How often the clock was set."""
        return self._int(_NUMBER)

    def set(self, moment: datetime) -> int:
        """Move the clock; return the number of this moment."""
        struct.pack_into("<d", self._bytes, _MOMENT, moment.timestamp())
        number = self.number + 1
        struct.pack_into("<q", self._bytes, _NUMBER, number)
        return number

    def done(self, slot: int, number: int) -> None:
        """Say that a scheduler told everything there was at this moment."""
        struct.pack_into("<q", self._bytes, _DONE + 8 * slot, number)

    def is_done(self, number: int) -> bool:
        """Tell whether any scheduler said so since the clock was set to this moment."""
        return any(self._int(_DONE + 8 * slot) >= number for slot in range(SLOTS))

    def _int(self, at: int) -> int:
        found: int = struct.unpack_from("<q", self._bytes, at)[0]
        return found
