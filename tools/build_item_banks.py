"""Fit the item banks of `catalog/banks`: `python tools/build_item_banks.py`.

HAM-D17: loadings such that every corrected item-total correlation is the published one, and the one
overdispersion that gives the published SD of the total (STAR*D subset; see PROVENANCE.md there). Loss
of insight alone goes against the scale there (-0.12); it is taken as unrelated to it.
MADRS and CADSS: no item statistics were found, so their numbers are assumed and written as such.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from scipy.optimize import brentq

from crossblock.kernels import graded

BANKS = Path(__file__).parents[1] / "src" / "crossblock" / "catalog" / "banks"
STEPS = {**dict.fromkeys(range(1, 18), 2), **dict.fromkeys((1, 2, 3, 7, 8, 9, 10, 11, 15), 4)}
SD = 8.6  # of the HAM-D17 total in the published table


def fitted(mean: np.ndarray, r: np.ndarray, steps: list[int], dispersion: float) -> np.ndarray:
    """Return the loadings whose item-rest correlations are `r`."""
    taus = [graded.thresholds(m, k, dispersion) for m, k in zip(mean, steps, strict=True)]
    loading = r.copy()
    for _ in range(400):
        found = graded.item_rest(graded.moments(loading, taus)[1])
        loading = np.clip(loading + 0.5 * (r - found), 0.0, 0.97)
    return loading


def hamd17() -> str:
    with (BANKS / "hamd17_item_stats_star_d.csv").open(encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: int(row["item"]))
    mean = np.array([float(row["mean"]) for row in rows])
    r = np.array([float(row["item_total_r"]) for row in rows])
    steps = [STEPS[int(row["item"])] for row in rows]

    def excess(dispersion: float) -> float:
        taus = [graded.thresholds(m, k, dispersion) for m, k in zip(mean, steps, strict=True)]
        covariance = graded.moments(fitted(mean, r, steps, dispersion), taus)[1]
        return float(np.sqrt(covariance.sum())) - SD

    dispersion = float(brentq(excess, 0.1, 0.4, xtol=1e-6))
    loading = fitted(mean, r, steps, dispersion)
    head = f"""# Written by tools/build_item_banks.py from hamd17_item_stats_star_d.csv; see PROVENANCE.md.
schema = "crossblock/bank/1"
instrument = "hamd17"
population = "STAR*D subset, scale mean 11.4, SD 8.6, alpha 0.89"
dispersion = {dispersion:.5f}
source = "star-d"
confidence = "computed"
note = "Loadings give the published corrected item-total correlations, the dispersion the published SD; loss of insight, -0.12 there, is taken as unrelated to the rest."

[sources.star-d]
text = "HAM-D17 item means and corrected item-total correlations in a STAR*D subset, PMC2929841, table 3"
"""
    return head + _items([f"item{row['item']}" for row in rows], mean, loading)


def _items(ids: list[str], mean: np.ndarray, loading: np.ndarray) -> str:
    return "".join(
        f'\n[[item]]\nid = "{i}"\nmean = {m:.4g}\nloading = {x:.5f}\n'
        for i, m, x in zip(ids, mean, loading, strict=True)
    )


def assumed(instrument: str, population: str, dispersion: float, means: list[float]) -> str:
    head = f'''# Written by tools/build_item_banks.py: assumed, no item statistics were found.
schema = "crossblock/bank/1"
instrument = "{instrument}"
population = "{population}"
dispersion = {dispersion:g}
source = "house"
confidence = "assumed"
note = "One loading for all items; what is drawn has the wanted expected total whatever they are."

[sources.house]
text = "This project: chosen for order of magnitude, not fitted"
'''
    ids = [f"item{k + 1}" for k in range(len(means))]
    return head + _items(ids, np.array(means), np.full(len(means), 0.75))


if __name__ == "__main__":
    madrs = [2.0, 2.2, 2.0, 2.2, 1.2, 2.0, 1.9, 1.8, 1.5, 0.8]
    files = {
        "hamd17": hamd17(),
        "madrs": assumed("madrs", "as the STAR*D subset, 1.55 points a HAM-D17 point", 0.2, madrs),
        "cadss": assumed("cadss", "during an infusion, mean total 20", 0.5, [20.0 / 23.0] * 23),
    }
    for name, text in files.items():
        (BANKS / f"{name}.toml").write_text(text, encoding="utf-8")
