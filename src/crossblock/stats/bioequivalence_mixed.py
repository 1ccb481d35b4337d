"""EMA method B: average bioequivalence with participants as random effects, by REML.

log y = sequence + period + treatment + participant (random) + error.  Unlike method A, a person
seen under one condition only still informs the contrast.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np

from crossblock.domain.result import Method
from crossblock.stats import mixed
from crossblock.stats.bioequivalence import (
    EMA,
    Observation,
    RatioResult,
    both_treatments,
    checked,
    cv_of_variance,
    indicators,
)

#: Degrees of freedom of the guideline's three options: 2 containment, 1 Satterthwaite,
#: 3 Kenward-Roger.
Freedom = Literal["containment", "satterthwaite", "kr"]


def _fit(rows: Sequence[Observation], others: Sequence[str]) -> mixed.MixedFit:
    """Fit the model with one effect for each treatment but the reference, named by it."""
    treatment = np.array([[float(o.treatment == name) for name in others] for o in rows])
    sequence = indicators([o.sequence for o in rows], True)
    period = indicators([o.period for o in rows], True)
    names = [
        "intercept",
        *others,
        *(f"sequence {k}" for k in range(1, sequence.shape[1] + 1)),
        *(f"period {k}" for k in range(1, period.shape[1] + 1)),
    ]
    people = [f"{o.sequence}\x00{o.participant}" for o in rows]
    return mixed.fit(
        np.array([math.log(o.value) for o in rows]),
        np.hstack([np.ones((len(rows), 1)), treatment, sequence, period]),
        names=names,
        random=[mixed.RandomTerm(name="participant", group=people)],
        unit="log ratio",
    )


def random_participants(
    data: Sequence[Observation],
    *,
    test: str = "T",
    reference: str = "R",
    df: Freedom = "kr",
    level: float = 0.90,
) -> RatioResult:
    """Return the test/reference ratio of geometric means with participants random (method B).

    The participants' variance is bounded at 0; `df` names the degrees of freedom.  Raises
    `DesignError` when a treatment is missing or the contrast cannot be estimated.
    """
    rows = checked(data)
    others = [t for t in both_treatments(rows, test, reference) if t != reference]
    fitted = _fit(rows, others)
    found = fitted.contrast({test: 1.0}, df=df, level=level, label=f"{test} - {reference}")
    residual = fitted.parameters[-1].value
    return RatioResult(
        ratio=math.exp(found.value),
        lower=math.exp(found.lower),
        upper=math.exp(found.upper),
        level=level,
        mse=residual,
        df=float(found.df or math.nan),
        cv=cv_of_variance(residual),
        log_estimate=found,
        method=Method(
            name="EMA method B",
            sentence="The ratio of geometric means was estimated by REML on the log scale with "
            "sequence, period and treatment as fixed and participants as random effects.",
            references=(EMA, *(found.method.references if found.method else ())),
        ),
    )
