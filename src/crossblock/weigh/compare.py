"""Odds over the rival mechanisms, their Monte Carlo error, and what they depend on.

Rivals are compared by their marginal likelihoods under stated prior odds. Nothing here names a
winner: pairs whose Bayes factor is below 3 are said not to be told apart.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from crossblock.domain.odds import Odds, OddsRow, Parted, ShareShift
from crossblock.weigh.posterior import Posterior

Array = NDArray[np.float64]
TOLD_APART = math.log(3.0)  # |log Bayes factor| below which two rivals are not told apart
ERROR_DRAWS = 4000
# label -> variants of the catalog; each label has equal prior odds, shared by its variants
LABELS: dict[str, tuple[str, ...]] = {
    "H1": ("h1",),
    "H2": ("h2", "h2-linked"),
    "H3a": ("h3a",),
    "H3b": ("h3b",),
    "H4": ("h4-direct", "h4-release"),
    "H5": ("h5",),
}
HYPOTHESES = ("H1", "H2", "H3", "H4", "H5")


def priors() -> dict[str, dict[str, float]]:
    """Return the prior odds that are tried: name -> label -> probability."""
    even = dict.fromkeys(LABELS, 0.2) | {"H3a": 0.1, "H3b": 0.1}
    doubtful = {label: 0.5 * p / 0.8 for label, p in even.items()} | {"H1": 0.5}
    # at 0.5 mg/kg ketamine holds 0.5 to 1.8 % of mu receptors: far below what an agonist needs
    bound = even | {"H2": even["H2"] / 10.0}
    return {
        "H1 to H5 alike": even,
        "six accounts alike": {label: 1.0 / len(LABELS) for label in LABELS},
        "half on H1": doubtful,
        "H2 at a tenth, for its low occupancy": bound,
    }


def log_evidence(found: Mapping[str, Posterior]) -> dict[str, tuple[float, float]]:
    """Return (log marginal likelihood, Monte Carlo error) of each label, its variants averaged."""
    out: dict[str, tuple[float, float]] = {}
    for label, variants in LABELS.items():
        mine = [found[v] for v in variants if v in found]
        if not mine:
            continue
        Z = np.array([p.log_marginal for p in mine])
        share = np.exp(Z - logsumexp(Z))
        error = math.sqrt(float(np.sum((share * np.array([p.error for p in mine])) ** 2)))
        out[label] = (float(logsumexp(Z) - math.log(len(Z))), error)
    return out


def odds(
    evidence: Mapping[str, tuple[float, float]], prior: Mapping[str, float], seed: int = 1
) -> Odds:
    """Return posterior probabilities with the 95 % range of their Monte Carlo error."""
    labels = [label for label in LABELS if label in evidence]
    Z = np.array([evidence[label][0] for label in labels])
    error = np.array([evidence[label][1] for label in labels])
    start = np.log([prior[label] for label in labels])
    rng = np.random.Generator(np.random.Philox(key=seed))
    noisy = Z + error * rng.standard_normal((ERROR_DRAWS, len(labels)))
    draws = _probabilities(noisy + start)
    middle = _probabilities((Z + start)[None])[0]
    low, high = np.quantile(draws, (0.025, 0.975), axis=0)
    norm = float(np.exp(start).sum())
    rows = tuple(
        OddsRow(
            label=label,
            prior=prior[label] / norm,
            probability=float(middle[k]),
            low=float(low[k]),
            high=float(high[k]),
            log_evidence=float(Z[k]),
            error=float(error[k]),
        )
        for k, label in enumerate(labels)
    )
    return Odds(rows=rows)


def _probabilities(log: Array) -> Array:
    return np.asarray(np.exp(log - logsumexp(log, axis=1, keepdims=True)))


def parted(evidence: Mapping[str, tuple[float, float]]) -> tuple[Parted, ...]:
    """Return every pair of labels with its log Bayes factor and whether it tells them apart."""
    labels = list(evidence)
    return tuple(
        Parted(
            first=a,
            second=b,
            log_bayes_factor=evidence[a][0] - evidence[b][0],
            error=math.hypot(evidence[a][1], evidence[b][1]),
            told_apart=abs(evidence[a][0] - evidence[b][0]) >= TOLD_APART,
        )
        for i, a in enumerate(labels)
        for b in labels[i + 1 :]
    )


def blockade_share(p: Posterior, open_: str, blocked: str, time_h: float) -> Array:
    """Return the share of the drug's effect (N,) that the blocker removes, in a typical study.

    1 - mean fall with the blocker / mean fall without, over people, no fall without drug counted.
    """
    size = -np.log1p(-p.rival.particles["fall"])[:, None]
    falls = []
    for regimen in (open_, blocked):
        R = p.rival.reach.at(regimen, time_h)
        assert R is not None
        falls.append(-np.expm1(-size * R).mean(axis=1))
    return np.asarray(1.0 - falls[1] / falls[0])


def receptor_shares(
    found: Mapping[str, Posterior], prior: Mapping[str, Array], symbols: Sequence[str]
) -> tuple[ShareShift, ...]:
    """Return how far each receptor share moved from its prior, mechanism by mechanism.

    `prior` holds prior draws of each symbol. A share whose mean moved by less than half of its
    prior SD, and whose SD shrank by less than a third, is called not distinguished.
    """
    out = []
    for p in found.values():
        for symbol in symbols:
            if symbol not in p.rival.particles.values:
                continue
            values = p.rival.particles[symbol]
            mean = p.mean(values)
            sd = math.sqrt(max(p.mean((values - mean) ** 2), 0.0))
            first, spread = float(prior[symbol].mean()), float(prior[symbol].std())
            moved = abs(mean - first) > 0.5 * spread or sd < 0.67 * spread
            out.append(
                ShareShift(
                    mechanism=p.rival.mechanism.label,
                    symbol=symbol,
                    prior_mean=first,
                    prior_sd=spread,
                    mean=mean,
                    sd=sd,
                    distinguished=moved,
                )
            )
    return tuple(out)
