"""Where this analysis stands between the protocol's stopping bounds, in completed pairs.

Information is counted in completers; people in their second period at the look complete all the
same and are shown as under way. z is turned so that blockade of the effect is positive.
"""

from __future__ import annotations

from scipy.special import ndtri, stdtr

from crossblock.domain.analysis import EndpointAnalysis, StoppingAnalysis, StoppingLook
from crossblock.domain.protocol import Protocol
from crossblock.stats.monitoring import watch


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
    t = e.statistic or 0.0
    z = float(ndtri(stdtr(e.df or 1.0, t)))
    return StoppingAnalysis(
        endpoint=found.instrument_name,
        looks=tuple(
            StoppingLook(completers=round(planned * f), efficacy=bound_z, futility=bound.get(f))
            for f, bound_z in zip(efficacy.fractions, efficacy.z, strict=True)
        ),
        completers=e.n,
        under_way=len(found.pairs) - e.n,
        z=z if found.lower_is_better else -z,
        sentences=tuple(w.sentence for w in rules),
        assumed=any(r.boundary.confidence in ("assumed", "memory") for r in protocol.interim.rules),
    )
