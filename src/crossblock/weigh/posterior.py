"""From a bank and evidence to posteriors and marginal likelihoods, mechanism by mechanism.

Calibration is slow and shared: the posterior of the calibrating studies is a cloud of equally
weighted particles, kept with the bank. What a further study says of every particle of the cloud is
computed once (`Standing.says`); every question (a blockade study, one left out, a study of the
user's) is a reweighting by sums of these columns. Where fewer than 500 particles stay effective,
tempering takes over.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from crossblock.domain.weighed import Outcomes, WeighedStudy
from crossblock.weigh.bank import Bank, Rival, Say
from crossblock.weigh.store import code, load, save
from crossblock.weigh.tempering import EACH, ISLANDS, SWEEPS, Cloud, Known, ess, posterior, temper
from crossblock.weigh.terms import Tables, log_likelihood

Array = NDArray[np.float64]
CALIBRATION_SWEEPS = 8  # kept with the bank, so it may take longer than a question
MAKERS = (
    "particles",
    "people",
    "moments",
    "terms",
    "atoms",
    "proposal",
    "tempering",
)  # modules a cloud rests on
ENOUGH = 500.0  # effective particles below which reweighting gives way to tempering


@dataclass(frozen=True, kw_only=True, eq=False)
class Posterior:
    """One mechanism after all fitted evidence.

    `rival` holds its particles, `weight` (N,) sums to 1; `log_marginal` is log p(evidence) with
    its Monte Carlo standard error `error`; `effective` particles; `tempered` when reweighting was
    not enough; `each` the log marginal contribution of every study weighed on top.
    """

    rival: Rival
    weight: Array
    log_marginal: float
    error: float
    effective: float
    tempered: bool
    each: Mapping[str, float]

    def mean(self, values: Array) -> float:
        """Return the posterior mean of something that every particle has, (N,)."""
        return float(self.weight @ values)

    def quantiles(self, values: Array, levels: Sequence[float]) -> tuple[float, ...]:
        """Return weighted quantiles of something that every particle has, (N,)."""
        order = np.argsort(values)
        places = np.cumsum(self.weight[order]) - self.weight[order] / 2.0
        return tuple(float(x) for x in np.interp(levels, places, values[order]))

    def draw(self, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Return the rows of `count` particles drawn by weight."""
        return np.asarray(rng.choice(len(self.weight), size=count, p=self.weight))


def total(rival: Rival, studies: Sequence[WeighedStudy], found: Outcomes, tables: Tables) -> Array:
    """Return the summed log-likelihood (P,) of several studies."""
    parts = [log_likelihood(s, found[s.id], rival, tables) for s in studies]
    return np.sum(parts, axis=0) if parts else np.zeros(rival.particles.count)


def calibrate(
    bank: Bank,
    studies: Sequence[WeighedStudy],
    found: Outcomes,
    tables: Tables,
    *,
    seed: int = 1,
    each: int = EACH,
    sweeps: int = CALIBRATION_SWEEPS,
    islands: int = ISLANDS,
    folder: Path | None = None,
    say: Say = lambda words: None,
) -> dict[str, Cloud]:
    """Return each mechanism's cloud under the calibrating studies; kept in `folder`."""
    clouds: dict[str, Cloud] = {}
    for id, rival in bank.rivals.items():
        key = _key(bank, id, studies, found, (seed, each, sweeps, islands))
        kept = load(folder, key)
        if kept is None:
            say(f"{rival.mechanism.label}, calibrating on {len(studies)} studies")
            cloud = temper(
                rival,
                lambda r: total(r, studies, found, tables),
                regimens=regimens(studies),
                seed=seed,
                each=each,
                sweeps=sweeps,
                islands=islands,
            )
            save(folder, key, _arrays(cloud))
        else:
            cloud = _cloud(kept)
        clouds[id] = cloud
    return clouds


def regimens(studies: Sequence[WeighedStudy]) -> tuple[str, ...]:
    """Return the regimens that the likelihood of some studies looks at."""
    named = [a.regimen for s in studies for a in s.arms]
    return tuple(dict.fromkeys((*named, "placebo")))


@dataclass(frozen=True, kw_only=True, eq=False)
class Standing:
    """One mechanism's cloud as a rival, and what each study says of its particles.

    `says` maps a study to log p(its outcome | particle), (N,); it fills as studies are weighed.
    """

    cloud: Cloud
    rival: Rival
    says: dict[str, Array] = field(default_factory=dict)

    def of(self, study: WeighedStudy, found: Outcomes, tables: Tables) -> Array:
        """Return the log-likelihood (N,) of one study, computed once."""
        if study.id not in self.says:
            self.says[study.id] = log_likelihood(study, found[study.id], self.rival, tables)
        return self.says[study.id]


def standings(bank: Bank, clouds: Mapping[str, Cloud]) -> dict[str, Standing]:
    """Return every mechanism's cloud under all regimens of the bank."""
    return {
        id: Standing(cloud=clouds[id], rival=posterior(rival, clouds[id]))
        for id, rival in bank.rivals.items()
    }


def weigh(
    bank: Bank,
    stand: Mapping[str, Standing],
    calibrating: Sequence[WeighedStudy],
    extra: Sequence[WeighedStudy],
    found: Outcomes,
    tables: Tables,
    *,
    seed: int = 1,
    enough: float = ENOUGH,
    sweeps: int = SWEEPS,
    islands: int = ISLANDS,
) -> dict[str, Posterior]:
    """Return each mechanism's posterior after `extra` studies on top of the calibration."""
    out: dict[str, Posterior] = {}
    for id, rival in bank.rivals.items():
        here = stand[id]
        parts = {s.id: here.of(s, found, tables) for s in extra}
        log_w = np.sum(list(parts.values()), axis=0) if parts else np.zeros(len(here.cloud.atoms))
        each = {s: _log_mean(L) for s, L in parts.items()}
        if ess(log_w) >= min(enough, 0.9 * len(log_w)):
            out[id] = _reweighted(here, log_w, each, islands)
            continue
        known = Known(
            cloud=here.cloud, log_likelihood=lambda r: total(r, calibrating, found, tables)
        )
        new = temper(
            rival,
            lambda r: total(r, extra, found, tables),
            regimens=regimens((*calibrating, *extra)),
            seed=seed,
            each=max(64, len(here.cloud.atoms) // islands),
            sweeps=sweeps,
            islands=islands,
            known=known,
        )
        out[id] = _tempered(posterior(rival, new), new, each)
    return out


def _reweighted(here: Standing, log_w: Array, each: Mapping[str, float], islands: int) -> Posterior:
    return Posterior(
        rival=here.rival,
        weight=np.exp(log_w - logsumexp(log_w)),
        log_marginal=here.cloud.log_evidence + _log_mean(log_w),
        error=error_of(here.cloud, log_w, islands),
        effective=ess(log_w),
        tempered=False,
        each=each,
    )


def error_of(cloud: Cloud, log_w: Array, islands: int = ISLANDS) -> float:
    """Return the Monte Carlo error of a log marginal: the larger of two estimates.

    From the spread of the islands' own estimates, which knows that particles share ancestors and
    atoms; and from the weights, sqrt(1 / ESS - 1 / N), beside the error of the cloud.
    """
    N = len(log_w)
    by_weights = math.hypot(cloud.error, math.sqrt(max(0.0, 1.0 / ess(log_w) - 1.0 / N)))
    if islands < 2:
        return by_weights
    w = np.exp(log_w - log_w.max())
    own = np.array([w[cloud.island == k].sum() for k in range(islands)]) * islands / N
    between = float(own.std(ddof=1) / own.mean()) / math.sqrt(islands)
    return max(between, by_weights)


def _tempered(rival: Rival, new: Cloud, each: Mapping[str, float]) -> Posterior:
    N = len(new.atoms)
    return Posterior(
        rival=rival,
        weight=np.full(N, 1.0 / N),
        log_marginal=new.log_evidence,
        error=new.error,
        effective=min(float(N), new.effective),
        tempered=True,
        each=each,
    )


def _log_mean(L: Array) -> float:
    return float(logsumexp(L) - math.log(len(L)))


def _arrays(cloud: Cloud) -> dict[str, Array]:
    return {
        "atoms": cloud.atoms.astype(float),
        "z": cloud.z,
        "island": cloud.island.astype(float),
        "evidence": np.array([cloud.log_evidence, cloud.error, cloud.effective, cloud.accepted]),
        "powers": np.array(cloud.powers),
    }


def _cloud(kept: Mapping[str, Array]) -> Cloud:
    log_evidence, error, effective, accepted = (float(x) for x in kept["evidence"])
    return Cloud(
        atoms=kept["atoms"].astype(np.int64),
        z=kept["z"],
        island=kept["island"].astype(np.int64),
        log_evidence=log_evidence,
        error=error,
        effective=effective,
        powers=tuple(kept["powers"].tolist()),
        accepted=accepted,
    )


def _key(
    bank: Bank,
    id: str,
    studies: Sequence[WeighedStudy],
    found: Outcomes,
    effort: tuple[int, int, int, int],
) -> str:
    data = [
        (s.id, repr(s.arms), s.times_h, found[s.id].value.tolist(), found[s.id].se.tolist(),
         None if (y := found[s.id].ratings) is None else np.nan_to_num(y, nan=-9.0).tolist())
        for s in studies
    ]  # fmt: skip
    parts = repr((bank.keys[id], data, effort, code(*MAKERS)))
    digest = hashlib.sha256(parts.encode()).hexdigest()[:16]
    return f"{id}-cloud-{digest}"
