"""A course: a cohort taken through a regimen under one mechanism, session by session.

Between sessions every state moves exactly (`kernels.adaptation`); at each clinic slot the rules
decide who gets a session. The cost is one step for each slot, whatever the length of the past.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossblock.domain.adaptation import Adaptation
from crossblock.domain.repeated_regimen import Regimen, check
from crossblock.forecast.disease import Illness
from crossblock.forecast.people import Cohort
from crossblock.forecast.schedule import Clinic
from crossblock.forecast.session import SessionEffect
from crossblock.forecast.track import Track
from crossblock.forecast.weather import WEEK, Weather, weather
from crossblock.kernels.adaptation import (
    Background,
    Decays,
    Pulse,
    Slow,
    between,
    decays,
    fresh,
    gains,
    held,
    session,
)
from crossblock.kernels.link import fall_capped

Array = NDArray[np.float64]
HIGHEST = 60.0  # MADRS
BLOCKED_ODDS = 18.0  # naltrexone 50 mg at its strongest, for precipitated withdrawal
SAME = 1e-6  # h


@dataclass(frozen=True, kw_only=True, eq=False)
class Plan:
    """What a course is run on: people, their weather, and the moments of the clinic in h."""

    people: Cohort
    weather: Weather
    horizon_h: float
    moments: tuple[float, ...]
    slots: frozenset[float]
    looks: frozenset[float]


def plan(people: Cohort, regimen: Regimen, horizon_h: float, look_h: float = WEEK) -> Plan:
    """Return slots of the clinic and looks at the people until `horizon_h`.

    Raises `InputError` for a regimen that cannot be given.
    """
    check(regimen)
    slot = regimen.slot_h
    slots = [round(k * slot, 6) for k in range(int((horizon_h + SAME) // slot) + 1)]
    looks = [round(k * look_h, 6) for k in range(int((horizon_h + SAME) // look_h) + 1)]
    return Plan(
        people=people,
        weather=weather(people, horizon_h, len(slots)),
        horizon_h=horizon_h,
        moments=tuple(sorted({*slots, *looks})),
        slots=frozenset(slots),
        looks=frozenset(looks),
    )


def follow(
    regimen: Regimen, effects: Sequence[SessionEffect], on: Plan, adaptation: Adaptation
) -> Track:
    """Return what happens to `on.people` under `regimen`; one of `effects` for each dose factor.

    Every person has one rating at each look, before the session of that moment.
    """
    walk = _Walk(regimen, effects, on, adaptation)
    before = 0.0
    for moment in on.moments:
        walk.pass_time(moment - before, moment)
        if moment in on.looks:
            walk.look(moment)
        if moment in on.slots:
            walk.visit(moment)
        before = moment
    return walk.track()


class _Walk:
    """The state of one course while it is carried forward."""

    def __init__(
        self, regimen: Regimen, effects: Sequence[SessionEffect], on: Plan, adaptation: Adaptation
    ) -> None:
        self.regimen, self.effects, self.on = regimen, effects, on
        self.people = on.people
        n = self.people.count
        self.noise_sd = adaptation["rating_sd"]
        self.p = effects[0].slow
        self.state: Slow = fresh(n)
        self.other = np.zeros(n)  # wanting that would have been learned without opioids
        self.clinic = Clinic(regimen, n, on.weather.missing)
        self.illness = Illness(self.people, on.weather)
        self.pulses = Pulse(
            *(
                np.stack([np.broadcast_to(getattr(e.pulse, f), n) for e in effects])
                for f in Pulse._fields
            )
        )
        self.tables: dict[float, Decays] = {}
        self.below_h = np.zeros(n)
        self.since = 0.0
        self.mg = np.zeros(n)
        self.cadss = np.zeros(n)
        self.pressure = np.zeros(n)
        self.benefit = np.zeros(n)
        self.rows: dict[str, list[NDArray[np.float32]]] = {}
        self.times: list[float] = []
        self.rated = self.people.baseline

    # --- time -------------------------------------------------------------------------------

    def pass_time(self, h: float, now: float) -> None:
        if h <= 0.0:
            return
        key = round(h, 6)
        table = self.tables.setdefault(key, decays(self.p, h))
        after = between(table, self.state, self.illness.target, self.people.care)
        base = self.effects[0].background
        if base is not None:
            kept = held(self.p, Background(*base), self.state, h)
            after = after._replace(T=kept.T, O=kept.O, R=kept.R)
        self.state = after
        self.other = self.other * table.C
        self.illness.pass_time(h, self._remits())
        self.below_h += self._below(h, now)
        self.since += h

    def _fall(self, R: Array) -> Array:
        return np.asarray(fall_capped(R, self.people.cap, 1.0), dtype=float)

    def _severity(self, now: float) -> Array:
        """Return the score without drug, in points."""
        swing = self.on.weather.swing(now)
        s = self.people.baseline * np.maximum(0.0, self.state.L * (1.0 + swing))
        return np.asarray(s * (1.0 - self.state.B))

    def score(self, now: float) -> Array:
        """Return the true score in points, 0 to 60."""
        drug = self._severity(now) * (1.0 - self._fall(self.state.R))
        low = self.people.values["low"] * self.withdrawal() * self.people.baseline
        return np.asarray(np.clip(drug + low, 0.0, HIGHEST))

    def withdrawal(self, blocked: float = 0.0) -> Array:
        """Return max(0, O + M0 - S) less what the same receptors would give without an opponent.

        S is the activation at rest with what is on board; `blocked` are the odds of an antagonist
        that is given now.
        """
        M0, S = self.effects[0].M0, self._felt(blocked)
        return np.asarray(np.maximum(0.0, self.state.O + M0 - S) - np.maximum(0.0, M0 - S))

    def _felt(self, blocked: float) -> Array:
        e = self.effects[0]
        above = e.resting - e.M0
        q = self.p.T50 / (self.p.T50 + self.state.T)
        S = e.M0 + np.where(above > 0.0, above * q, above)
        E0 = e.M0 / (1.0 - e.M0)
        free = (1.0 + E0) / (1.0 + E0 + blocked)
        return np.asarray(S * free)

    def _remits(self) -> NDArray[np.bool_]:
        return np.asarray(self.rated <= 12.0)

    def _below(self, h: float, now: float) -> Array:
        """Return the hours of the last step at half the baseline or below.

        R fades from the start of the step; severity is taken at its end. The threshold is crossed
        where R(t) = R*, so the time is ln(R0 / R*) / kR, cut to the step.
        """
        severity = self._severity(now)
        half = 0.5 * self.people.baseline
        need = np.clip(1.0 - half / np.maximum(severity, 1e-9), 0.0, 0.999)
        cap = self.people.cap
        never = need >= cap
        level = np.where(never, np.inf, need / np.where(never, 1.0, cap - need))
        first = self.state.R * np.exp(self.p.kR * h)
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.log(first / level) / self.p.kR
        t = np.where(level <= 0.0, h, np.where(first > 0.0, t, 0.0))
        return np.where(never, 0.0, np.clip(np.nan_to_num(t, nan=0.0), 0.0, h))

    # --- people -----------------------------------------------------------------------------

    def look(self, now: float) -> None:
        """Rate everybody and write down where they stand."""
        true = self.score(now)
        week = min(round(now / WEEK), len(self.on.weather.noise) - 1)
        noise = self.on.weather.noise[week] * self.noise_sd
        rated = np.clip(np.round(true + noise), 0.0, HIGHEST)
        self.rated = rated if now > 0.0 else self.people.baseline
        self.times.append(now)
        self.clinic.look(now, self.rated, self.people.baseline)
        for name, value in {
            "rated": self.rated,
            "true": true,
            "above": self.below_h / max(self.since, SAME),
            "sessions": self.clinic.total,
            "mg": self.mg,
            "cadss": self.cadss,
            "pressure": self.pressure,
            "wanting": self.state.C,
            "wanting_other": self.other,
            "opponent": self.state.O,
            "withdrawal": self.withdrawal(),
            "precipitated": self.withdrawal(BLOCKED_ODDS),
            "bladder": self.state.V,
            "benefit": self.benefit,
            "in_episode": self.illness.ill,
            "stopped": self.clinic.stopped,
        }.items():
            self.rows.setdefault(name, []).append(np.array(value, dtype=np.float32))
        self.below_h = np.zeros(self.people.count)
        self.since = 0.0

    def visit(self, now: float) -> None:
        """Give a session to whom it is due."""
        given = self.clinic.due(now, self.rated, self.people.baseline)
        if not given.any():
            return
        level, who = self.clinic.level, np.arange(self.people.count)
        pulse = Pulse(*(x[level, who] for x in self.pulses))
        felt = gains(self.p, self.state, pulse)
        on = given.astype(float)
        added = felt.g * (pulse.d_G + pulse.r_G + felt.q * (pulse.d_O + pulse.r_O))
        gain = (self._fall(self.state.R + added) - self._fall(self.state.R)) * self._severity(now)
        alone = pulse.n * pulse.l_N
        self.other += on * alone * (1.0 + self.p.s * self.state.S)
        self.state, _ = session(self.p, self.state, pulse, on)
        peak = np.stack([e.cadss for e in self.effects])[level, who] * felt.g_D
        rise = np.stack([e.pressure for e in self.effects])[level, who]
        self.cadss = np.where(given, peak, self.cadss)
        self.pressure = np.where(given, rise, self.pressure)
        self.benefit = np.where(given, gain, self.benefit)
        self.mg += on * pulse.v

    def track(self) -> Track:
        stacked: dict[str, Any] = {k: np.stack(v) for k, v in self.rows.items()}
        flags: dict[str, Any] = {k: stacked.pop(k) > 0.5 for k in ("in_episode", "stopped")}
        every = [x for e in self.effects for x in e.assumed]
        unknown = [x for e in self.effects for x in e.unknown]
        return Track(
            mechanism=self.effects[0].mechanism,
            regimen=self.regimen.id,
            people=self.people,
            times_h=np.asarray(self.times),
            assumed=tuple(dict.fromkeys(every)),
            unknown=tuple(dict.fromkeys(unknown)),
            **stacked,
            **flags,
        )
