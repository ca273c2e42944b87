"""Stretches of a recording decoded once more, to the last sample as they were first cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from meetly.recordings.sound import LONGEST, RATE, Samples, Source, decode


def stretches(
    source: Source, spans: Sequence[tuple[float, float | None]], *, budget: float = LONGEST
) -> Iterator[Samples]:
    """Yield the samples of each span (seconds; no end means to the end of the recording).

    Spans come in order and do not overlap. The recording is decoded once from its beginning:
    jumping into the middle of a compressed file would not give the same samples.
    """
    wanted = [(round(a * RATE), None if b is None else round(b * RATE)) for a, b in spans]
    line, reached = np.zeros(0, np.float32), 0  # the samples kept, and where they begin
    following = 0
    for block in decode(source, longest=budget):
        line = np.concatenate([line, block])
        while following < len(wanted):
            first, last = wanted[following]
            drop = min(max(0, first - reached), len(line))
            line, reached = line[drop:], reached + drop
            if last is None or reached + len(line) < last:
                break
            yield line[: last - first]
            following += 1
        if following == len(wanted):
            return
    if following < len(wanted):
        yield line[wanted[following][0] - reached :]
