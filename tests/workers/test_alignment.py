"""Tokens begin where the decoder looked, whatever path is cheapest."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.alignment import token_starts


def looking(starts: list[int], frames: int, heads: int = 2) -> np.ndarray:
    """Attention that rests on each token from its start to the next one's."""
    attention: np.ndarray = np.full((heads, len(starts), frames), 1e-4, np.float32)
    for token, (first, last) in enumerate(zip(starts, [*starts[1:], frames], strict=True)):
        attention[:, token, first:last] = 1.0
    attention /= attention.sum(-1, keepdims=True)
    return attention


def test_each_token_begins_where_it_was_looked_at() -> None:
    starts = [0, 20, 45, 46 + 30, 120]
    found = token_starts(looking(starts, 160))
    assert np.abs(found - np.array(starts)).max() <= 4


def test_a_head_that_looks_anywhere_does_not_mislead_the_others() -> None:
    starts = [0, 30, 70]
    lost = np.random.default_rng(1).random((1, 3, 100)).astype(np.float32)
    attention = np.concatenate([looking(starts, 100, 4), lost / lost.sum(-1, keepdims=True)])
    assert np.abs(token_starts(attention) - np.array(starts)).max() <= 4


@settings(max_examples=40)
@given(st.integers(1, 12), st.integers(1, 60), st.integers(0, 10_000))
def test_starts_never_go_back_and_stay_inside(tokens: int, frames: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    starts = token_starts(chance.random((2, tokens, frames)).astype(np.float32))
    assert starts[0] == 0 or frames < tokens
    assert (np.diff(starts) >= 0).all()
    assert starts.min() >= 0 and starts.max() < frames


def cheapest(cost: np.ndarray) -> float:
    """The plain way to find the cheapest monotonic path, cell by cell."""
    total = np.full((cost.shape[0] + 1, cost.shape[1] + 1), np.inf)
    total[0, 0] = 0
    for i in range(cost.shape[0]):
        for j in range(cost.shape[1]):
            total[i + 1, j + 1] = cost[i, j] + min(total[i, j], total[i, j + 1], total[i + 1, j])
    return float(total[-1, -1])


@settings(max_examples=40)
@given(st.integers(1, 8), st.integers(8, 30), st.integers(0, 10_000))
def test_the_path_is_as_cheap_as_the_plain_way_finds(rows: int, columns: int, seed: int) -> None:
    from workers.alignment import _path

    cost = np.random.default_rng(seed).normal(size=(rows, columns)).astype(np.float32)
    starts = [*_path(cost).tolist(), columns]
    # the path leaves a row where the next begins; at the corner it may step straight down
    spent = 0.0
    for row in range(rows):
        spent += float(cost[row, starts[row] : max(starts[row + 1], starts[row] + 1)].sum())
    best = cheapest(cost)
    assert spent >= best - 1e-3 and spent <= best + np.abs(cost).max() * rows
