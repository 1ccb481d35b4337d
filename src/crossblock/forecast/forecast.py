"""A forecast: one regimen under every mechanism still alive, with the parts of its spread apart.

Nothing here is advice. A forecast says what would follow if a mechanism and a cause of loss were
true; how probable a mechanism is comes from outside as weights, and equal weights are said to be
equal and not evidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crossblock.domain.repeated_regimen import Regimen
from crossblock.forecast.course import follow, plan
from crossblock.forecast.dependence import Index, Reference, index
from crossblock.forecast.outcomes import OUTCOMES, Outcome
from crossblock.forecast.people import Cohort
from crossblock.forecast.sessions import Sessions
from crossblock.forecast.setup import Setup
from crossblock.forecast.spread import Spread, spread
from crossblock.forecast.track import Track

DAY = 24.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Forecast:
    """One regimen: tracks, controls and dependence index by mechanism, outcomes summed up."""

    regimen: Regimen
    setup: Setup
    people: Cohort
    tracks: Mapping[str, Track]
    controls: Mapping[str, Reference]
    indices: Mapping[str, Index]
    outcomes: Mapping[str, Spread]

    @property
    def flags(self) -> tuple[str, ...]:
        """Return what stands out: doses above the usual range, compounds not computed."""
        unknown = [x for t in self.tracks.values() for x in t.unknown]
        return tuple(dict.fromkeys([*self.regimen.flags, *unknown]))

    @property
    def assumed(self) -> tuple[str, ...]:
        every = [x for t in self.tracks.values() for x in t.assumed]
        return tuple(dict.fromkeys([*self.setup.adaptation.amber, *every]))


def forecast(regimen: Regimen, on: Setup, shared: Sessions | None = None) -> Forecast:
    """Return the forecast of one regimen; equal seeds give equal people under every regimen.

    `shared` keeps the sessions that other regimens of the same setup have solved already.

    Raises `InputError` for a regimen that cannot be given, `CatalogError` for a drug or route
    without numbers.
    """
    solved = shared or Sessions(on)
    people = solved.people
    where = plan(people, regimen, on.days * DAY)
    tracks, controls, indices = {}, {}, {}
    for m in on.mechanisms:
        effects = [solved.effect(m, regimen, factor) for factor in regimen.rules.escalate]
        tracks[m.id] = follow(regimen, effects, where, on.adaptation)
        controls[m.id] = solved.control(m, regimen)
        indices[m.id] = index(tracks[m.id], controls[m.id])
    return Forecast(
        regimen=regimen,
        setup=on,
        people=people,
        tracks=tracks,
        controls=controls,
        indices=indices,
        outcomes={o.id: summed(o, tracks, indices, on, people) for o in OUTCOMES},
    )


def summed(
    o: Outcome,
    tracks: Mapping[str, Track],
    indices: Mapping[str, Index],
    on: Setup,
    people: Cohort,
) -> Spread:
    """Return one outcome with the parts of its spread."""
    return spread({m: o.value(tracks[m], indices[m]) for m in tracks}, on.weights, people)
