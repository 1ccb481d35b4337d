"""The blockade fraction that one study alone leaves possible, whatever the mechanism.

Under the blocker plasticity is (1 - f) of what it is without; f is uniform a priori, everything
else is as the calibrating studies leave it. The likelihood is that of the study's own report, its
selection of responders included, so that a fraction is corrected for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from crossblock.domain.weighed import Kind, Outcome, WeighedStudy
from crossblock.weigh.bank import Rival
from crossblock.weigh.moments import grid, plasticity, summaries, told
from crossblock.weigh.tables import Event
from crossblock.weigh.terms import Tables

Array = NDArray[np.float64]
FRACTIONS = np.linspace(0.0, 1.0, 41)


@dataclass(frozen=True, kw_only=True, eq=False)
class FractionCurve:
    """log p(report | f) at each of `fractions`; what follows under a uniform prior."""

    study: str
    fractions: Array
    log_likelihood: Array

    @property
    def density(self) -> Array:
        """Return posterior weights at the fractions, summing to 1."""
        return np.asarray(np.exp(self.log_likelihood - logsumexp(self.log_likelihood)))

    def quantiles(self, levels: tuple[float, ...] = (0.025, 0.5, 0.975)) -> tuple[float, ...]:
        """Return quantiles of the fraction under a uniform prior."""
        places = np.cumsum(self.density) - self.density / 2.0
        return tuple(float(x) for x in np.interp(levels, places, self.fractions))

    @property
    def most(self) -> float:
        """Return the fraction under which the report is most likely."""
        return float(self.fractions[int(np.argmax(self.log_likelihood))])

    def times(self, other: FractionCurve) -> FractionCurve:
        """Return the curve of both studies together, one fraction for both."""
        return FractionCurve(
            study=f"{self.study} and {other.study}",
            fractions=self.fractions,
            log_likelihood=self.log_likelihood + other.log_likelihood,
        )


def fraction_curve(
    study: WeighedStudy, found: Outcome, rival: Rival, tables: Tables, *, selected: bool = True
) -> FractionCurve:
    """Return the curve of a crossover that reports an event or a test.

    `rival`: a mechanism without any opioid part, at its calibrated particles. Without `selected`
    the responders are treated as if they had been chosen beforehand: the naive reading.
    """
    g = grid(rival.particles, rival.amplitude_cv)
    open_ = plasticity(rival.reach, rival.particles, study.arms[0], study.times_h[0])
    lost = [told(rival.reach, rival.particles, a) for a in study.arms]
    out = np.empty(len(FRACTIONS))
    for k, f in enumerate(FRACTIONS):
        pair = summaries([open_, (1.0 - f) * open_], study.arms, rival.particles, g, lost).pair()
        each = _log_report(study, found, pair, tables, selected)
        L = logsumexp(each + g.log_weight, axis=(1, 2))
        out[k] = logsumexp(L) - np.log(len(L))
    return FractionCurve(study=study.title, fractions=FRACTIONS, log_likelihood=out)


def _log_report(
    study: WeighedStudy,
    found: Outcome,
    pair: tuple[Array, ...],
    tables: Tables,
    selected: bool,
) -> Array:
    if study.kind is Kind.EVENT:
        responders = int(found.value)
        if selected:
            event = Event(responders=responders, among_responders=True, everybody=True)
            return tables.event[study.id].log_probability(event, pair)
        # chosen beforehand: a plain crossover of as many people as responded
        return tables.event[f"{study.id} naive"].log_probability(Event(everybody=True), pair)
    mean, sd = tables.test[study.id].at(pair)
    off = float(found.value) - mean
    return np.asarray(-0.5 * (off / sd) ** 2 - np.log(sd))
