"""The HAM-D17 bank gives back the published item statistics it was fitted to."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from crossblock.kernels import graded
from crossblock.load import catalog
from crossblock.load.bank import bank

PUBLISHED = catalog.ROOT / "banks" / "hamd17_item_stats_star_d.csv"
SD, ALPHA, MEAN = 8.6, 0.89, 11.4  # of the scale, in the same table


def published() -> dict[str, tuple[float, float]]:
    with PUBLISHED.open(encoding="utf-8") as file:
        return {
            f"item{row['item']}": (float(row["mean"]), float(row["item_total_r"]))
            for row in csv.DictReader(file)
        }


def test_item_means_and_item_rest_correlations_are_the_published_ones() -> None:
    b = bank("hamd17")
    mean, covariance = graded.moments(b.loadings, b.thresholds)
    r = graded.item_rest(covariance)
    for item, m, found in zip(b.items, mean, r, strict=True):
        wanted_mean, wanted_r = published()[item.id]
        assert m == pytest.approx(wanted_mean, abs=1e-6)
        if item.id != "item17":  # loss of insight goes against the scale there; unrelated here
            assert found == pytest.approx(wanted_r, abs=0.01), item.id
    assert mean.sum() == pytest.approx(MEAN, abs=0.05)
    assert np.sqrt(covariance.sum()) == pytest.approx(SD, abs=0.05)
    assert graded.alpha(covariance) == pytest.approx(ALPHA, abs=0.01)


@pytest.mark.parametrize("name", ["hamd17", "madrs", "cadss"])
def test_the_expected_total_is_the_wanted_one(name: str) -> None:
    b = bank(name)
    for total in (1.0, 10.0, 26.0, 40.0):
        assert b.expected(total) == pytest.approx(total, abs=0.005)


def test_part_of_a_scale_is_expected_with_it() -> None:
    b = bank("hamd17")
    six = ("item1", "item2", "item7", "item8", "item10", "item13")
    shares = [b.expected(t, six) / t for t in (5.0, 15.0, 26.0)]
    assert shares == sorted(shares)
    assert 0.3 < shares[0] < shares[-1] < 0.6


def test_edges_rise_with_the_total_and_fall_with_the_step() -> None:
    edges = bank("hamd17").edges.astype(np.float64)
    first = edges[:, 0, :]
    assert (np.diff(first, axis=0) >= 0).all()
    assert (np.diff(first, axis=1) < 0).all()
    assert np.isneginf(edges[:, 3, 2:]).all()  # item 4 has two steps
