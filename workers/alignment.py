"""When each token was heard, from where the decoder looked while it wrote; pure.

Source: openai-whisper's `timing.py`: cross-attention of chosen heads, normalised over the tokens,
smoothed over time, and the cheapest monotonic path through it (dynamic time warping). Worked out
here along anti-diagonals, because compiling a loop takes longer than most recordings.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Frames over which a head's attention is smoothed.
_SMOOTHED = 7


def token_starts(attention: NDArray[np.float32]) -> NDArray[np.intp]:
    """Tell at which frame each token begins.

    `attention` has the shape (heads, tokens, frames), weights of each token summing to one.
    """
    mean = attention.mean(axis=1, keepdims=True)
    spread = attention.std(axis=1, keepdims=True) + 1e-9
    looked = _smoothed((attention - mean) / spread).mean(axis=0)
    return _path(-looked)


def _smoothed(weights: NDArray[np.float32]) -> NDArray[np.float32]:
    margin = _SMOOTHED // 2
    if weights.shape[-1] <= margin:
        return weights
    padded = np.pad(weights, ((0, 0), (0, 0), (margin, margin)), mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, _SMOOTHED, axis=-1)
    smoothed: NDArray[np.float32] = np.median(windows, axis=-1)
    return smoothed


def _path(cost: NDArray[np.float32]) -> NDArray[np.intp]:
    """Return the first frame of each row on the cheapest path from corner to corner."""
    rows, columns = cost.shape
    skewed = np.full((rows + columns - 1, rows), np.inf)
    row, column = np.indices(cost.shape)
    skewed[row + column, row] = cost
    total = np.full((rows + columns, rows + 1), np.inf)  # by anti-diagonal and row, one ahead
    total[0, 0] = 0.0
    came = np.zeros((rows + columns - 1, rows), np.int8)
    for diagonal in range(rows + columns - 1):
        # from the row above one frame earlier, from the row above, from the frame before
        before = total[diagonal - 1, :-1] if diagonal else np.where(np.arange(rows), np.inf, 0.0)
        choices = np.stack([before, total[diagonal, :-1], total[diagonal, 1:]])
        if not diagonal:
            choices[1:] = np.inf
        came[diagonal] = choices.argmin(axis=0)
        total[diagonal + 1, 1:] = choices.min(axis=0) + skewed[diagonal]
        if not diagonal:
            total[0] = np.inf
    starts = np.zeros(rows, np.intp)
    i, j = rows - 1, columns - 1
    while i >= 0 and j >= 0:
        starts[i] = j
        step = came[i + j, i]
        i, j = (i - 1, j - 1) if step == 0 else (i - 1, j) if step == 1 else (i, j - 1)
    return starts
