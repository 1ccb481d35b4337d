"""Draws from what is thought of a mechanism before data: the typical values first, then draws."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossblock.core.streams import Stream
from crossblock.domain.compound import Compound
from crossblock.domain.mechanism import Family, Mechanism
from crossblock.exposure.blockade import BlockadeConstants, sampled, typical
from crossblock.exposure.system import People

Array = NDArray[np.float64]


def drawn(mechanism: Mechanism, count: int, stream: Stream) -> dict[str, Array]:
    """Return every parameter that has a prior, (1 + count,): its value, then `count` draws.

    Each parameter has a stream of its own, so opening an arrow changes no other's draws. Shares of
    kappa and delta that would pass 1 together are scaled back to 1.
    """
    who = np.arange(count)
    found: dict[str, Array] = {}
    for symbol, p in mechanism.parameters.items():
        if p.prior.family is Family.FIXED:
            continue
        own = Stream(stream.seed, f"{stream.purpose}/{symbol}")
        z = own.normal(1, participant=who)[..., 0]
        found[symbol] = np.concatenate([[p.value], p.prior.at(p.value, z)])
    if {"kappa_share", "delta_share"} <= found.keys():
        whole = np.maximum(found["kappa_share"] + found["delta_share"], 1.0)
        for share in ("kappa_share", "delta_share"):
            found[share] = found[share] / whole
    return found


def believed(mechanism: Mechanism, blocker: Compound | None, count: int, stream: Stream) -> People:
    """Return the typical person and `count` more in whom priors and the blocker's fit vary.

    The band of these people is what is not known, not how persons differ.
    """
    blockade: dict[str, BlockadeConstants] = {}
    if blocker is not None:
        for model in blocker.blockades.values():
            own = Stream(stream.seed, f"{stream.purpose}/{blocker.id}/{model.id}")
            blockade[model.id] = _led(typical(model), sampled(model, count, own, "parameters"))
    return People(count=1 + count, blockade=blockade, parameters=drawn(mechanism, count, stream))


def _led(first: BlockadeConstants, rest: BlockadeConstants) -> BlockadeConstants:
    """Put one set of constants before others; what all share stays shared."""
    both: dict[str, Any] = {
        f.name: np.concatenate([np.atleast_1d(a), b]) if np.ndim(b) else a
        for f in fields(first)
        for a, b in [(getattr(first, f.name), getattr(rest, f.name))]
    }
    return replace(first, **both)
