"""Where this analysis stands between the protocol's stopping bounds, in completed pairs.

Information is counted in completers; people in their second period at the look complete all the
same and are shown as under way. z is turned so that blockade of the effect is positive.
"""

from __future__ import annotations

from collections.abc import Sequence

from scipy.special import ndtri, stdtr

from crossblock.core.errors import InputError, Problem
from crossblock.domain.analysis import (
    EndpointAnalysis,
    InterimLook,
    StoppingAnalysis,
    StoppingLook,
)
from crossblock.domain.interim import Interim
from crossblock.domain.protocol import Protocol
from crossblock.stats.interim import Decision
from crossblock.stats.monitoring import Watched, watch


def stopping(protocol: Protocol, found: EndpointAnalysis) -> StoppingAnalysis | None:
    """Return the stopping picture of the protocol's efficacy rule; None where there is none."""
    if protocol.interim is None or protocol.participants.planned is None:
        return None
    planned = protocol.participants.planned.value
    rules = watch(protocol.interim, planned)
    efficacy = next((w for w in rules if w.purpose == "efficacy" and w.z), None)
    if efficacy is None:
        return None
    futility = next((w for w in rules if w.purpose == "futility" and w.z), None)
    bound = dict(zip(futility.fractions, futility.z, strict=False)) if futility else {}
    e = found.primary
    return StoppingAnalysis(
        endpoint=found.instrument_name,
        looks=tuple(
            StoppingLook(completers=round(planned * f), efficacy=bound_z, futility=bound.get(f))
            for f, bound_z in zip(efficacy.fractions, efficacy.z, strict=True)
        ),
        completers=e.n,
        under_way=len(found.pairs) - e.n,
        z=z_of(found),
        sentences=tuple(w.sentence for w in rules),
        assumed=_assumed(protocol.interim),
    )


def z_of(found: EndpointAnalysis) -> float:
    """Return the z of an endpoint's primary estimate, positive where the blocker takes away."""
    z = float(ndtri(stdtr(found.primary.df or 1.0, found.primary.statistic or 0.0)))
    return z if found.lower_is_better else -z


def _assumed(interim: Interim) -> bool:
    return any(r.boundary.confidence in ("assumed", "memory") for r in interim.rules)


def at_look(protocol: Protocol, endpoints: Sequence[EndpointAnalysis], look: int) -> InterimLook:
    """Apply the protocol's boundary at a look (counted from 1) to what there is by then.

    A spending rule gives its bound at the completers that there are; looks before this one count
    as they were planned. Raises `InputError` where the protocol plans no such look.
    """
    interim, planned = protocol.interim, protocol.participants.planned
    looks = interim.looks if interim is not None else ()
    if interim is None or planned is None or not 1 <= look <= len(looks):
        raise InputError(
            Problem(
                what="the protocol plans no such look",
                where="--look",
                value=str(look),
                why=f"looks planned: {len(looks)}; a look that was not planned has no bound",
                fix="name a look of the protocol, or wait for the end",
            )
        )
    found = _watched(protocol, endpoints)
    n = found.primary.n
    earlier = looks[: look - 1]
    if n >= planned.value or any(n <= e.value for e in earlier):
        raise InputError(
            Problem(
                what="the people who have completed do not fit this look",
                value=f"{n} completed of {planned.value} planned",
                why="it lies before an earlier look, or is the end",
                fix="name the look that it is; the end is analyzed after the lock",
            )
        )
    now = looks[look - 1].model_copy(update={"value": n})
    rules = watch(interim.model_copy(update={"looks": (*earlier, now)}), planned.value)
    efficacy, futility = (_bound(rules, p, look) for p in ("efficacy", "futility"))
    z = z_of(found)
    return InterimLook(
        endpoint=found.instrument,
        visit=found.visit,
        look=look,
        planned_at=looks[look - 1].value,
        completers=n,
        under_way=len(found.pairs) - n,
        z=z,
        efficacy=efficacy,
        futility=futility,
        decision=str(_decided(z, efficacy, futility)),
        sentences=tuple(w.sentence for w in rules),
        warnings=tuple(dict.fromkeys(words for w in rules for words in w.warnings)),
        assumed=_assumed(interim),
    )


def _watched(protocol: Protocol, endpoints: Sequence[EndpointAnalysis]) -> EndpointAnalysis:
    """Return the endpoint that the efficacy rule names."""
    rules = protocol.interim.rules if protocol.interim is not None else ()
    wanted = next((r.endpoint for r in rules if r.purpose == "efficacy"), "")
    found = next((e for e in endpoints if e.instrument == wanted), None)
    if found is None:
        raise InputError(
            Problem(
                what="the endpoint of the interim rule cannot be analyzed yet",
                value=wanted or "no efficacy rule",
                why="too few have completed every period, or the protocol has no efficacy rule",
                fix="wait for more completers",
            )
        )
    return found


def _bound(rules: Sequence[Watched], purpose: str, look: int) -> float | None:
    mine = next((w for w in rules if w.purpose == purpose and len(w.z) >= look), None)
    return mine.z[look - 1] if mine is not None else None


def _decided(z: float, efficacy: float | None, futility: float | None) -> Decision:
    if efficacy is not None and z >= efficacy:
        return Decision.EFFICACY
    if futility is not None and z <= futility:
        return Decision.FUTILITY
    return Decision.CONTINUE
