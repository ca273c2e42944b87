"""Places in a recording as people write them: "75", "1:15", "0:01:15"; pure."""

from __future__ import annotations

import re

from meetly.errors import BadInput

_WRITTEN = re.compile(r"(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,6})(?:[.,]\d+)?")


def seconds(written: str) -> float:
    """Return the second a person means; raises BadInput when it cannot be read."""
    found = _WRITTEN.fullmatch(written.strip())
    if not found:
        raise BadInput("Hãy ghi thời điểm như 12:30 hoặc 1:02:30.")
    hours, minutes, rest = (int(part or 0) for part in found.groups())
    return 3600.0 * hours + 60.0 * minutes + rest
