# ruff: noqa: N815 - fields keep the letters of the equations
"""One session under one mechanism: what it adds to the slow states of every person.

The five-state response is solved once over three days after a session, for every person with
kinetics and mechanism constants of their own. What is left then is turned into what a session adds
at its start: a prompt and a lingering part of induction such that R is met at 24 h and at 72 h,
T(72 h) = t exp(-kT 72 h), O(72 h) = o exp(-kO 72 h). The slow system then passes through the solved
states from there on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from crossblock.core.streams import Stream
from crossblock.domain.adaptation import Adaptation
from crossblock.domain.compound import Compound
from crossblock.domain.mechanism import LN2, Mechanism
from crossblock.domain.repeated_regimen import Regimen, Setting
from crossblock.exposure.effect import reference_treatment
from crossblock.exposure.engine import Solved, grid_for, modal, solve
from crossblock.exposure.people import draw
from crossblock.exposure.system import People, potency, system
from crossblock.exposure.treatment import Treatment
from crossblock.forecast.giving import AFTER_H, entry
from crossblock.forecast.people import Cohort, drawn
from crossblock.kernels.adaptation import Pulse, Slowness
from crossblock.kernels.backend import NUMPY
from crossblock.kernels.drive import occupied
from crossblock.kernels.kinetics import divided_decay
from crossblock.kernels.link import needed_capped
from crossblock.kernels.response import System, observe

Array = NDArray[np.float64]
LOOKS_H = (0.25, 0.5, 2 / 3, 1.0, 1.5, 2.0, 3.0, 4.0, 24.0, AFTER_H)
# constants of a mechanism that people or worlds differ in
OWN = (
    *("E0", "sN", "sX", "phi", "rho", "aK", "aR", "eps", "half_life_E", "half_life_T", "T50"),
    *("half_life_O", "w", "dissociation_share"),
)
LINGERS = LN2 / 7.5  # 1/h, the lingering part of induction, as in the slow system
LEAST_ROOM = 0.1  # of severity, between the day-1 fall and the limit
PANEL = 10  # people a world whose absorption is solved where no closed form serves all


@dataclass(frozen=True, kw_only=True, eq=False)
class SessionEffect:
    """What one session does, each (people,) unless said.

    `pulse` feeds the slow states. `cadss` peak in points before adaptation, `pressure` peak
    systolic rise in mmHg, `opioid` and `nmda` peaks 0 to 1; `resting` opioid activation between
    sessions with what is on board, `M0` without it.
    """

    mechanism: str
    pulse: Pulse
    slow: Slowness
    cadss: Array
    pressure: Array
    opioid: Array
    nmda: Array
    resting: Array
    M0: Array
    background: tuple[Array, Array] | None
    assumed: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Raw:
    """Pulses at unit drive and peaks, people last; plasticity without and with an opioid part."""

    d_G: Array
    d_O: Array
    r_G: Array
    r_O: Array
    t: Array
    o: Array
    nmda: Array
    opioid: Array
    dissociation: Array


def session_effect(
    mechanism: Mechanism,
    regimen: Regimen,
    people: Cohort,
    adaptation: Adaptation,
    compounds: Mapping[str, Compound],
    factor: float = 1.0,
) -> SessionEffect:
    """Return what a session of `regimen` at `factor` times its dose adds for every person.

    The drive is scaled, in each world of uncertain constants, so that the reference infusion takes
    `fall` of the baseline from the typical responder on day 1 under every mechanism alike.
    """
    who = _Crowd(mechanism, people)
    given = entry(regimen, mechanism, compounds, factor)
    reference = compounds[mechanism.binding.reference]
    standard = _raw(mechanism, reference_treatment(mechanism, reference), who, None)
    here = _raw(mechanism, given.treatment, who, given.resting if given.resting.agonist else None)
    n = people.count
    E0 = who.values["E0"][:n]
    scale = _scale(standard, people, adaptation)
    pulse = _pulse(standard, here, scale, regimen, people, _full_agonist(adaptation, E0))
    dose = np.asarray(given.mg.mg(people.weight_kg), dtype=float)
    at_rest, background = _rest(mechanism, given.resting, who, scale, people)
    slow = people.slow._replace(
        T50=who.values["T50"][:n],
        w=who.values["w"][:n],
        kT=LN2 / who.values["half_life_T"][:n],
        kO=LN2 / who.values["half_life_O"][:n],
    )
    return SessionEffect(
        mechanism=mechanism.id,
        pulse=pulse._replace(v=np.broadcast_to(dose, (n,))),
        slow=slow,
        cadss=people.values["kd"] * here.dissociation[:n],
        pressure=people.values["pressure"] * here.nmda[:n] / _typical(standard.nmda, people),
        opioid=here.opioid[:n],
        nmda=here.nmda[:n],
        resting=at_rest,
        M0=occupied(E0),
        background=background,
        assumed=(*given.assumed, *mechanism.amber),
        unknown=given.unknown,
    )


def _typical(x: Array, people: Cohort) -> Array:
    """Return the value of each person's world's typical person, who stand after the people."""
    return x[people.count :][people.world]


def _scale(standard: _Raw, people: Cohort, adaptation: Adaptation) -> Array:
    """Return the drive that gives the typical responder of each world the wanted day-1 fall."""
    prompt, lingering = (_reach(adaptation, state) for state in ("U", "P"))
    unit = prompt * (standard.d_G + standard.d_O) + lingering * (standard.r_G + standard.r_O)
    return np.asarray(_needed(people) / _typical(unit, people))


def _pulse(
    standard: _Raw, here: _Raw, scale: Array, regimen: Regimen, people: Cohort, full: Array
) -> Pulse:
    """Return what a session adds; sizes count in sessions of the reference (`standard`).

    Liking without opioids is 1 - (1 - l)^x, x the NMDA peak over that of the reference, so that
    the reference is liked at l; the opioid path likewise with the control's full agonist.
    """
    n, v = people.count, people.values
    drives = [x[:n] for x in (here.d_G, here.d_O, here.r_G, here.r_O)]
    mine = [people.drive * scale * x for x in drives]
    whole = _typical(standard.d_G + standard.d_O + standard.r_G + standard.r_O, people)
    level = here.nmda[:n] / _typical(standard.nmda, people)
    return Pulse(
        d_G=mine[0],
        d_O=mine[1],
        r_G=mine[2],
        r_O=mine[3],
        t=here.t[:n],
        o=here.o[:n],
        e=np.sum(drives, axis=0) / whole,
        z=here.dissociation[:n] / _typical(standard.dissociation, people),
        l_N=1.0 - (1.0 - v["liking"]) ** level,
        l_O=1.0 - (1.0 - v["liking_opioid"]) ** (here.opioid[:n] / full),
        n=v["learned_clinic"] if regimen.setting is Setting.CLINIC else np.ones(n),
        v=np.zeros(n),
    )


class _Crowd:
    """The people of a cohort, followed by one typical person for each world."""

    def __init__(self, mechanism: Mechanism, people: Cohort) -> None:
        n, worlds = people.count, people.worlds
        self.people, self.count = people, n + worlds
        every = np.arange(worlds)
        self.values: dict[str, Array] = {}
        for symbol in OWN:
            p = mechanism.parameter(symbol)
            own = drawn(p, people.seed, people.world, np.arange(n))
            typical = drawn(replace(p, cv=0.0), people.seed, every, every)
            self.values[symbol] = np.concatenate([own, typical])
        # A share above 1 has no meaning; people differ around their world's share up to there.
        for symbol in ("phi", "rho", "eps", "dissociation_share"):
            self.values[symbol] = np.minimum(self.values[symbol], 1.0)
        self.weight_kg = np.concatenate([people.weight_kg, np.full(worlds, 70.0)])

    def engine(self, treatment: Treatment, pick: NDArray[np.int64], **more: Array) -> People:
        n = self.people.count
        factors = {}
        if treatment.drug is not None:
            kinetic = treatment.drug.kinetic_set()
            own = draw(kinetic, np.arange(n), Stream(self.people.seed, "forecast/kinetics"))
            ones = np.ones(self.count - n)
            factors = {k: np.concatenate([x, ones])[pick] for k, x in own.items()}
        values = {k: x[pick] for k, x in {**self.values, **more}.items()}
        return People(
            count=len(pick), weight_kg=self.weight_kg[pick], factors=factors, parameters=values
        )

    def panel(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return some people of each world and the typical ones, and who stands for whom."""
        n, worlds = self.people.count, self.people.worlds
        size = min(n, PANEL * worlds)
        pick = np.concatenate([np.arange(size), np.arange(n, self.count)])
        stands = np.concatenate([np.arange(n) % size, size + np.arange(worlds)])
        return pick, stands


def _raw(
    mechanism: Mechanism, treatment: Treatment, who: _Crowd, resting: Treatment | None
) -> _Raw:
    """Solve one session for everyone; for a panel where the drug's absorption has no closed form.

    Plasticity is linear in the drives, so the part without opioids is a second solution with the
    opioid drives closed, where both kinds are open.
    """
    everyone = np.arange(who.count)
    pick, stands = (everyone, everyone) if modal(treatment) else who.panel()
    whole = _solved(mechanism, treatment, who, pick)
    opioid = mechanism["aK"] > 0.0 or mechanism["aR"] > 0.0
    other = {k: np.zeros(len(pick)) for k in ("d", "r")}
    if not opioid:
        other = whole.pulses
    elif mechanism["aG"] > 0.0:
        closed = np.zeros(who.count)
        other = _solved(mechanism, treatment, who, pick, aK=closed, aR=closed).pulses
    base = None if resting is None else _solved(mechanism, resting, who, pick).pulses
    found = {k: x - (0.0 if base is None else base[k]) for k, x in whole.pulses.items()}
    rest = {k: np.maximum(found[k] - other[k], 0.0) for k in ("d", "r")}
    return _Raw(
        d_G=np.maximum(other["d"], 0.0)[stands],
        d_O=rest["d"][stands],
        r_G=np.maximum(other["r"], 0.0)[stands],
        r_O=rest["r"][stands],
        t=np.maximum(found["t"], 0.0)[stands],
        o=np.maximum(found["o"], 0.0)[stands],
        nmda=whole.nmda[stands],
        opioid=whole.opioid[stands],
        dissociation=whole.dissociation[stands],
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Seen:
    pulses: dict[str, Array]
    nmda: Array
    opioid: Array
    dissociation: Array


def _solved(
    mechanism: Mechanism,
    treatment: Treatment,
    who: _Crowd,
    pick: NDArray[np.int64],
    **more: Array,
) -> _Seen:
    people = who.engine(treatment, pick, **more)
    bound = potency(mechanism, treatment.drug)
    p = system(
        mechanism,
        scale=1.0,
        drug=bound,
        blocker=treatment.blocker,
        parameters=people.parameters,
    )
    looks = sorted({*LOOKS_H, *(d.start_h + d.duration_h for d in treatment.drug_doses)})
    found: Solved = solve(p, treatment, grid_for(treatment, looks), bound, people, NUMPY)
    seen = observe(p, found.state, found.odds, people.parameters["dissociation_share"], np)
    return _Seen(
        pulses=_pulses(p, found, looks),
        nmda=seen.nmda.max(axis=0),
        opioid=seen.opioid_like.max(axis=0),
        dissociation=seen.dissociation.max(axis=0),
    )


def _pulses(p: System, found: Solved, looks: list[float]) -> dict[str, Array]:
    """Return the prompt part d and the lingering part r of induction, t and o, each (people,).

    R(24 h) = d f_U(24) + r f_P(24) and R(72 h) likewise, f_x(h) = kx (e^-kR h - e^-kx h)/(kx - kR).
    Where no r >= 0 does that, the prompt part alone meets R(72 h).
    """
    s, day_1 = found.state, looks.index(24.0)
    times = np.array([24.0, AFTER_H])[:, None]
    f, g = (k * divided_decay(k, p.kR, times) for k in (p.kU, np.full_like(p.kU, LINGERS)))
    R1, R3 = s.R[day_1], s.R[-1]
    r = np.maximum((R3 * f[0] - R1 * f[1]) / (g[1] * f[0] - g[0] * f[1]), 0.0)
    r = np.minimum(r, R3 / g[1])
    return {
        "d": (R3 - r * g[1]) / f[1],
        "r": r,
        "t": s.T[-1] * np.exp(p.kT * AFTER_H),
        "o": s.O[-1] * np.exp(p.kO * AFTER_H),
    }


def _reach(adaptation: Adaptation, state: str) -> float:
    """Return the plasticity on day 1 of a unit pulse into U or P."""
    k, kR = adaptation.rate(state), adaptation.rate("R")
    return float(k * divided_decay(k, kR, 24.0))


def _needed(people: Cohort) -> Array:
    """Return the plasticity on day 1 that the reference infusion gives a typical responder.

    R = fall / (cap - fall). A limit just above the fall would need no end of plasticity: those who
    cannot be taken so far get what takes the typical responder there, and then less of a fall.
    """
    cap = np.maximum(people.cap, people.fall + LEAST_ROOM)
    return np.asarray(needed_capped(people.fall, cap, 1.0))


def _full_agonist(adaptation: Adaptation, E0: Array) -> Array:
    """Return the activation above rest of the control's full agonist."""
    b = adaptation["control_odds"]
    return np.asarray((E0 + b) / (1.0 + E0 + b) - occupied(E0))


def _rest(
    mechanism: Mechanism, resting: Treatment, who: _Crowd, scale: Array, people: Cohort
) -> tuple[Array, tuple[Array, Array] | None]:
    """Return opioid activation between sessions, and the background of an agonist on board."""
    n = people.count
    E0 = who.values["E0"][:n]
    odds = sum(w.level for w in resting.agonist)
    b_X: Array | float = 0.0
    if resting.blocker is not None and resting.blocker_doses:
        pick = np.arange(1)
        bound = potency(mechanism, None)
        one = who.engine(resting, pick)
        p = system(mechanism, scale=1.0, drug=bound, blocker=resting.blocker)
        found = solve(p, resting, grid_for(resting, [0.0, 24.0]), bound, one, NUMPY)
        b_X = float(np.mean(found.odds.b_X))
    den = 1.0 + E0 + odds + b_X
    M = (E0 + odds) / den
    if not odds:
        return M, None
    M0 = occupied(E0)
    drive = scale * who.values["aK"][:n] * mechanism["amplitude"] * odds / den * people.drive
    return M, (np.maximum(M - M0, 0.0), drive)
