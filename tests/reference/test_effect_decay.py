"""The decay of ketamine's own effect, worked out again from the open ratings and one table.

Plasticity R = -ln(1 - gain / score without the drug); half-life = days ln 2 / ln(R_first / R_last).
"""

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from crossblock.load.catalog import path
from crossblock.load.mechanism import mechanism

HERE = Path(__file__).with_name("pharmacology")
DAYS = 8.0  # from days 2-3 to days 10-11


def table():
    with (HERE / "effect_decay.csv").open(newline="") as file:
        return {r["source"]: r for r in csv.DictReader(file)}


def ratings():
    """MADRS by participant: saline and ketamine, early and late; NaN where one is missing."""
    found = {}
    with (path("ratings", "nimh-ketamine-saline") / "ratings.csv").open(newline="") as file:
        for r in csv.DictReader(file):
            if r["instrument"] == "madrs" and r["condition"] and r["score"]:
                key = (r["condition"], r["visit"])
                found.setdefault(r["participant"], {})[key] = float(r["score"])
    keys = sorted({k for one in found.values() for k in one if k[1] != "baseline"})
    return keys, np.array([[one.get(k, np.nan) for k in keys] for one in found.values()])


def plasticity(keys, people):
    """R against saline at each visit, from people rated in both conditions there."""
    out = []
    for visit in sorted({v for _, v in keys}, key=lambda v: int(v.strip("d").split("-")[0])):
        drug, saline = (keys.index((c, visit)) for c in ("ketamine", "saline"))
        both = people[~np.isnan(people[:, [drug, saline]]).any(axis=1)]
        out.append(math.log(both[:, saline].mean() / both[:, drug].mean()))
    return out


def halving(first, last, days):
    return days * math.log(2.0) / math.log(first / last)


def raw_course(row):
    first, last = (
        -math.log1p(-float(row[f"gain_{x}"]) / float(row[f"score_{x}"])) for x in ("from", "to")
    )
    days = (float(row["scale_to_h"]) - float(row["scale_from_h"])) / 24.0
    return halving(first, last, days), days


def test_the_gain_over_saline_is_the_evidence_notes():
    keys, people = ratings()
    assert len(plasticity(keys, people)) == 2
    row = table()["NIMH ds005917"]
    gains = []
    for visit in sorted({v for _, v in keys}, key=lambda v: int(v.strip("d").split("-")[0])):
        drug, saline = (keys.index((c, visit)) for c in ("ketamine", "saline"))
        gains.append(np.nanmean(people[:, saline] - people[:, drug]))
    assert gains == pytest.approx([float(row["gain_from"]), float(row["gain_to"])], abs=1e-4)


def test_the_half_life_pools_both_sources():
    nimh = halving(*plasticity(*ratings()), DAYS)
    lii, _ = raw_course(table()["Lii 2023"])
    assert (nimh, lii) == pytest.approx((9.6, 16.6), abs=0.05)
    pooled = 24.0 * math.sqrt(nimh * lii)
    assert mechanism("h1")["half_life_R"] == pytest.approx(pooled, rel=0.005)


def test_the_spread_covers_both_sources_and_their_noise():
    keys, people = ratings()
    rng = np.random.default_rng(3)
    rates = []
    for _ in range(2000):
        first, last = plasticity(keys, people[rng.integers(0, len(people), len(people))])
        if last > 0.0:
            rates.append(math.log(first / last) / DAYS)
    own = np.std(rates) / (math.log(2.0) / 9.6)
    # Lii prints means and SDs only; falls are taken to correlate by 0.5 with each other and
    # within persons, which gives a relative error of 0.51 for its rate.
    noise = (own**2 + 0.51**2) / 4.0
    between = (math.log(16.6 / 9.6) / 2.0) ** 2
    assert mechanism("h1").parameter("half_life_R").prior.spread == pytest.approx(
        math.sqrt(noise + between), abs=0.04
    )


@pytest.mark.parametrize(("days", "least", "most"), [(21.0, 0.25, 0.40), (30.0, 0.15, 0.25)])
def test_three_and_four_weeks_do_not_end_the_effect(days, least, most):
    """The evidence note: 30 % left at 21 d and 18 % at 30 d at a half-life of 12 d."""
    p = mechanism("h1").parameter("half_life_R")
    low, middle, high = (0.5 ** (24.0 * days / p.prior.at(p.value, z)) for z in (-1.96, 0.0, 1.96))
    assert least < middle < most
    assert low < 0.05 < 0.5 < high
