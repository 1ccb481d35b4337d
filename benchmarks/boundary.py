"""Bounds for five looks: recursive integration beside a multivariate normal root search.

    python benchmarks/boundary.py

Both solve the same O'Brien-Fleming-like spending at five equally spaced looks in the same process,
one thread, CPU time.  The peer asks `scipy.stats.multivariate_normal.cdf` for each look's
probability and searches the bound with `brentq`, as one would without a recursion; its integration
error (default settings) also limits its agreement.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import multivariate_normal, norm

from crossblock.kernels.boundary import spend_upper
from crossblock.kernels.tboundary import spend_t
from crossblock.stats.sequential import Shape, bounds
from crossblock.stats.spending import Family, Spending

LOOKS = np.arange(1, 6) / 5
RULE = Spending(family=Family.OBRIEN_FLEMING_LIKE, alpha=0.025)
Floats = NDArray[np.float64]


def peer(spent: Floats, t: Floats) -> Floats:
    """Solve the bounds one by one from P(no crossing so far) by the multivariate normal."""
    cov = np.sqrt(np.minimum.outer(t, t) / np.maximum.outer(t, t))
    found = [float(norm.isf(spent[0]))]
    for k in range(1, len(t)):

        def lack(c: float, k: int = k) -> float:
            stay = multivariate_normal.cdf([*found, c], np.zeros(k + 1), cov[: k + 1, : k + 1])
            return 1.0 - float(spent[k]) - float(stay)

        found.append(float(brentq(lack, 0.5, 8.0, xtol=1e-6)))
    return np.array(found)


def cpu(call: Callable[[], object], repeats: int) -> list[float]:
    """Return CPU milliseconds of each call, after one to warm up."""
    call()
    out = []
    for _ in range(repeats):
        started = time.process_time()
        call()
        out.append(1e3 * (time.process_time() - started))
    return out


def main() -> None:
    spent = RULE.spent(LOOKS)
    timed = {
        "recursive integration, spending": cpu(lambda: spend_upper(spent, LOOKS), 40),
        "same, with the report's method": cpu(lambda: bounds(RULE, LOOKS), 40),
        "Pocock constant, two-sided": cpu(
            lambda: bounds(Shape(delta=0.5, alpha=0.05), LOOKS, sides=2), 10
        ),
        "exact t bounds, 5 to 25 people": cpu(
            lambda: spend_t(spent, LOOKS, np.array([4, 9, 14, 19, 24])), 10
        ),
        "peer: multivariate normal": cpu(lambda: peer(spent, LOOKS), 3),
    }
    medians = {name: statistics.median(ms) for name, ms in timed.items()}
    ours = medians["recursive integration, spending"]
    for name, ms in medians.items():
        print(f"{name:<36}{ms:>10.2f} ms{ms / ours:>10.1f} x")
    gap = float(np.max(np.abs(peer(spent, LOOKS) - spend_upper(spent, LOOKS))))
    print(f"largest difference of a bound: {gap:.1e}")
    print(json.dumps({"cpu_ms": medians, "largest_difference": gap}))


if __name__ == "__main__":
    main()
