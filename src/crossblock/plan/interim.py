"""One look at half the completers: what its bounds are, how often it stops, what it saves.

Spending of O'Brien-Fleming type is advised because it asks for overwhelming evidence early: a
crossover that stops at 12 on p < 0.05 reports half as much again as is true.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from crossblock.domain.candidate import Candidate
from crossblock.domain.response import Response
from crossblock.domain.trial_plan import InterimAdvice
from crossblock.plan import designs
from crossblock.stats.interim import t_bounds
from crossblock.stats.sequential import bounds, characteristics
from crossblock.stats.spending import Family, Spending

ALPHA = 0.05  # two-sided
LEAST = 8  # completers below which a look tells nothing


def advice(
    design: Candidate, response: Response, n: int, fractions: Sequence[float]
) -> InterimAdvice | None:
    """Return the advised look of a design with n completers; None where the study is too small."""
    S = len(design.sequences)
    first = S * round(n / 2 / S)
    if first < max(LEAST, S + 2) or first >= n:
        return None
    boundary = bounds(
        Spending(family=Family.OBRIEN_FLEMING_LIKE, alpha=ALPHA), (first / n, 1.0), sides=2
    )
    exact = t_bounds(boundary, [designs.degrees(design, first), designs.degrees(design, n)])
    stop, size = {}, {}
    for f in fractions:
        se = designs.contrast_se(design, response, f, n, "open", "blocked")
        seen = characteristics(boundary, f * response.drug / se)
        early = float(np.sum(seen.stop_efficacy[:1]))
        stop[f], size[f] = early, n - early * (n - first)
    p = tuple(2.0 * x for x in boundary.nominal_p)
    return InterimAdvice(
        looks=(first, n),
        bounds=tuple(float(x) for x in exact.t),
        nominal_p=p,
        stop=stop,
        expected_n=size,
        sentence=(
            f"Look once, when {first} of {n} people have completed every period: stop for "
            f"efficacy only if |t| exceeds {exact.t[0]:.2f} (two-sided level {p[0]:.4f}); at "
            f"the end {exact.t[1]:.2f}. Analyze everybody who completed, never responders "
            "only: no bound repairs a choice of people by the outcome."
        ),
    )
