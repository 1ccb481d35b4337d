"""A published trial repeated: what it would have found, had the truth been 0, 28 or 100 %.

The virtual trials are those of `simulate`, read by the very analysis that reads real ones; the
numbers carry their Monte Carlo error.
"""

from __future__ import annotations

from collections.abc import Sequence

from crossblock.domain.protocol import Protocol
from crossblock.domain.trial_plan import Truths
from crossblock.domain.truth import Truth
from crossblock.simulate.batch import run
from crossblock.simulate.chunk import job
from crossblock.simulate.world import prepare

WHOLE = {
    "dropout_first": 0.0,
    "dropout_later": 0.0,
    "missing_visit": 0.0,
    "missing_item": 0.0,
    "blocker_skipped": 0.0,
}
"""Nobody leaves: the people of the trial are its completers."""


def repeated(
    protocol: Protocol,
    truth: Truth,
    fractions: Sequence[float],
    *,
    people: int,
    trials: int,
    seed: int,
    endpoint: str | None = None,
) -> tuple[Truths, ...]:
    """Return what `trials` virtual trials of `people` completers find under each fraction."""
    return tuple(
        _one(
            protocol, truth.with_values({"fraction": f, **WHOLE}), f, people, trials, seed, endpoint
        )
        for f in fractions
    )


def _one(
    protocol: Protocol,
    truth: Truth,
    fraction: float,
    people: int,
    trials: int,
    seed: int,
    endpoint: str | None,
) -> Truths:
    world = prepare(protocol, truth, people)
    found = run(job(world, trials=trials, seed=seed, endpoint=endpoint))
    everyone = found.group("all")
    chosen = next((g for g in found.groups if g.group == "responders"), None)
    f = everyone.fraction
    return Truths(
        fraction=fraction,
        n=people,
        significant=everyone.significant.value,
        significant_se=everyone.significant.se,
        responders_only=None if chosen is None else chosen.significant.value,
        low=f.low if f else float("nan"),
        high=f.high if f else float("nan"),
        mean=f.mean.value if f else float("nan"),
        trials=trials,
    )
