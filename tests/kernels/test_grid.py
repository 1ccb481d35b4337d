"""The time grid: edges and wanted times are step ends, lengths come from a ladder."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossblock.kernels.grid import build, halved, padded

EDGES = {0.0: 1.0, 0.75: 0.25, 0.75 + 2 / 3: 0.25, 24.75: 1.0}


def ends(grid):
    return np.concatenate([grid.start[:1], grid.start + grid.lengths[grid.which]])


def test_every_edge_and_wanted_time_is_a_step_end():
    wanted = [0.0, 4.75, 24.75, 337.0]
    grid = build(EDGES, wanted)
    assert ends(grid)[grid.seen] == pytest.approx(wanted)
    for edge in EDGES:
        assert np.min(np.abs(ends(grid) - edge)) < 1e-9


def test_steps_join_and_grow_from_each_edge():
    grid = build(EDGES, [600.0])
    assert ends(grid)[1:-1] == pytest.approx(grid.start[1:])
    h = grid.lengths[grid.which]
    after = h[np.searchsorted(grid.start, 0.75 + 2 / 3 - 1e-6)]
    assert after == 0.25
    assert h.max() == 48.0


def test_few_lengths_are_distinct():
    grid = build(EDGES, [600.0])
    assert len(grid.lengths) <= 16 < grid.steps / 2


def test_halving_keeps_the_wanted_times():
    grid = build(EDGES, [3.0, 100.0])
    fine = halved(grid)
    assert fine.steps == 2 * grid.steps
    assert ends(fine)[fine.seen] == pytest.approx(ends(grid)[grid.seen])
    assert np.diff(ends(fine)).sum() == pytest.approx(np.diff(ends(grid)).sum())


def test_padding_adds_steps_of_length_zero():
    grid = build(EDGES, [100.0])
    wide = padded(grid, grid.steps + 5, len(grid.lengths) + 3)
    assert wide.lengths[wide.which[-5:]] == pytest.approx(0.0)
    assert ends(wide)[-1] == pytest.approx(ends(grid)[-1])


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.floats(0.0, 700.0), min_size=1, max_size=6),
    st.lists(st.floats(0.0, 700.0), min_size=1, max_size=6),
)
def test_any_times_are_hit(edges, wanted):
    grid = build(dict.fromkeys(edges, 0.25), [*wanted, 701.0])
    assert (grid.lengths[grid.which] > 0).all()
    assert np.abs(ends(grid)[grid.seen] - np.array([*wanted, 701.0])).max() <= 2e-9 * grid.steps
