"""Published courses, run on virtual people: what the model says each study should have seen.

Every function returns one number for each world of uncertain constants, so that a prediction comes
with its band. Days count from the first session. What a paper does not give (length of follow-up,
how often people were seen) is stated here and in docs/derivations/forecast.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossblock.core.streams import Stream
from crossblock.domain.adaptation import Adaptation, Loss
from crossblock.domain.compound import Compound
from crossblock.domain.dose import Dose, Route
from crossblock.domain.mechanism import Mechanism
from crossblock.domain.repeated_regimen import Phase, Regimen, Rules
from crossblock.forecast.course import follow, plan
from crossblock.forecast.people import Cohort, cohort
from crossblock.forecast.session import session_effect
from crossblock.forecast.survival import hazard_ratio, median_time, relapse_time
from crossblock.forecast.track import Track

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Worlds = dict[str, Array]
DAY, WEEK = 24.0, 168.0
INFUSION = Dose(start_h=0.0, amount=0.5, route=Route.IV, duration_h=2 / 3, per_kg=True)
SPRAYS = Dose(start_h=0.0, amount=84.0, route=Route.NASAL)  # 56 or 84 mg in the trials
RELAPSE_AT = 22.0  # MADRS points twice in a row (SUSTAIN-1; the rule is remembered)
FOLLOW_W = (0.0, 72.0)  # weeks of follow-up after randomization, evenly spread (assumed)


@dataclass(frozen=True, kw_only=True, eq=False)
class Bench:
    """What a published course is run on."""

    mechanism: Mechanism
    adaptation: Adaptation
    compounds: Mapping[str, Compound]
    people: Cohort

    def run(self, regimen: Regimen, days: float, look_d: float = 7.0) -> Track:
        e = session_effect(self.mechanism, regimen, self.people, self.adaptation, self.compounds)
        on = plan(self.people, regimen, days * DAY, look_d * DAY)
        return follow(regimen, [e], on, self.adaptation)

    def by_world(self, value: Callable[[Flags], float]) -> Array:
        """Return `value` of the people of each world, (worlds,)."""
        return np.array(
            [value(self.people.world == w) for w in range(self.people.worlds)], dtype=float
        )

    def mean(self, x: Array | Flags, among: Flags | None = None) -> Array:
        """Return the mean of each world, (worlds,); NaN in a world where nobody is `among`."""
        return self.by_world(lambda w: _mean(x[w if among is None else w & among]))

    def sd(self, x: Array) -> Array:
        """Return the standard deviation of each world, (worlds,)."""
        return self.by_world(lambda w: float(x[w].std()))


def bench(
    mechanism: Mechanism,
    adaptation: Adaptation,
    compounds: Mapping[str, Compound],
    *,
    count: int,
    seed: int,
    losses: tuple[Loss, ...] = tuple(Loss),
    spread: bool = True,
    worlds: int = 40,
) -> Bench:
    """Return the virtual people of the published courses."""
    people = cohort(adaptation, count, seed=seed, losses=losses, worlds=worlds, spread=spread)
    return Bench(mechanism=mechanism, adaptation=adaptation, compounds=compounds, people=people)


def _regimen(
    name: str, *phases: Phase, dose: Dose = INFUSION, rules: Rules | None = None
) -> Regimen:
    drug = "esketamine" if dose.route is Route.NASAL else "ketamine"
    return Regimen(
        id=name,
        title=name,
        summary="",
        drug=drug,
        dose=dose,
        phases=phases,
        rules=rules or Rules(),
    )


def _days(every: float, sessions: int, name: str = "") -> Phase:
    return Phase(name=name or f"every {every:g} d", every_h=every * DAY, sessions=sessions)


def _mean(x: Array | Flags) -> float:
    return float(np.mean(x)) if x.size else math.nan


def single(b: Bench) -> Worlds:
    """One infusion: response and remission on days 1, 3 and 7 (meta-analysis of nine trials)."""
    track = b.run(_regimen("once", _days(7.0, 1)), 7.0, 1.0)
    found = {}
    for day in (1, 3, 7):
        for name, flags in (("response", track.responds), ("remission", track.remits)):
            found[f"single-{name}-{day}"] = b.mean(flags[day])
    return found


def singh(b: Bench) -> Worlds:
    """Two or three infusions a week, change of MADRS on day 15, with and without the drug."""
    found = {}
    arms = {"twice": (3.5, 4, 0.0), "thrice": (7 / 3, 6, 0.0), "none": (3.5, 1, 0.999999)}
    for name, (every, count, missed) in arms.items():
        track = b.run(_regimen(name, _days(every, count), rules=Rules(missed=missed)), 14.0, 1.0)
        change = track.rated[14] - b.people.baseline
        found[f"singh-{name}-mean"] = b.mean(change)
        found[f"singh-{name}-sd"] = b.sd(change)
        if name == "twice":
            early = track.rated[3] - b.people.baseline
            found["singh-open-mean"] = b.mean(early)
            found["singh-open-sd"] = b.sd(early)
    return found


def murrough(b: Bench) -> Worlds:
    """Six infusions in twelve days: response a day later, then days until relapse, seen twice a
    week for 83 days."""
    track = b.run(_regimen("six", _days(7 / 3, 6)), 101.5, 3.5 / 3)
    end = int(np.argmin(np.abs(track.days - 12.8)))
    responds = track.responds[end]
    seen = slice(end, None, 3)
    bad = ~track.responds[seen]
    days = track.days[seen]
    time = relapse_time(bad, days, 0)
    event = np.isfinite(time)
    last = float(days[-1] - days[0])
    time = np.minimum(time, last)
    # The end of the course is 1.1 days after the last infusion.
    gap = float(track.days[end] - 5 * 7 / 3)
    return {
        "murrough-response": b.mean(responds),
        "murrough-relapse-days": b.by_world(
            lambda w: median_time(time[w & responds], event[w & responds]) + gap
        ),
    }


def phillips(b: Bench) -> Worlds:
    """Six infusions in two weeks: response, infusions until it; then four weekly infusions."""
    track = b.run(_regimen("phillips", _days(7 / 3, 6), _days(7.0, 4)), 42.0, 7 / 6)
    end = int(np.argmin(np.abs(track.days - 12.8)))
    after = [int(np.argmin(np.abs(track.days - (k * 7 / 3 + 7 / 6)))) for k in range(6)]
    each = track.responds[after]
    responds = each[-1]
    ever = each.any(axis=0)
    needed = np.argmax(each, axis=0) + 1
    last = int(np.argmin(np.abs(track.days - (14.0 + 21.0 + 7 / 6))))
    change = track.rated[last] - track.rated[end]
    return {
        "phillips-response": b.mean(responds),
        "phillips-needed": b.by_world(lambda w: float(np.median(needed[w & ever]))),
        "phillips-maintenance": b.mean(change, responds),
    }


def sustain_1(b: Bench) -> tuple[Worlds, dict[str, Track]]:
    """Sixteen weeks on the nasal drug, then stable remitters go on or stop.

    Relapse: 22 MADRS points or more twice in a row. Stable remission: 12 points or less at three
    of the last four weekly ratings (rules remembered).
    """
    induction = (_days(3.5, 8, "induction"), _days(7.0, 12, "weekly"))
    ladder = Rules(ladder_h=(WEEK, 2 * WEEK), restart_at=RELAPSE_AT)
    stops = Rules(restart_at=RELAPSE_AT)
    weeks = 16 + FOLLOW_W[1] + 53.0
    on = b.run(_regimen("stays on", *induction, dose=SPRAYS, rules=ladder), weeks * 7.0)
    off = b.run(_regimen("stops", *induction, dose=SPRAYS, rules=stops), weeks * 7.0)
    stable = on.remits[13:17].sum(axis=0) >= 3
    time, event, treated, people = [], [], [], []
    who = np.arange(b.people.count)
    u = Stream(b.people.seed, "forecast/follow-up").uniform(1, participant=who)[:, 0]
    until = FOLLOW_W[0] + u * (FOLLOW_W[1] - FOLLOW_W[0])
    for arm, track in ((True, on), (False, off)):
        t = relapse_time(track.rated >= RELAPSE_AT, track.times_h / WEEK, 16)
        event.append(t <= until)
        time.append(np.minimum(t, until))
        treated.append(np.full(len(t), arm))
        people.append(who)
    T, E, A, P = (np.concatenate(x) for x in (time, event, treated, people))
    chosen = stable[P]

    def _shares(x: Flags, among: Flags) -> Array:
        return b.by_world(lambda w: _mean(x[among & w[P]]))

    def ratio(w: Flags) -> float:
        pick = chosen & w[P]
        return hazard_ratio(T[pick], E[pick], A[pick])

    found = {
        "sustain-1-relapse-on": _shares(E, chosen & A),
        "sustain-1-relapse-off": _shares(E, chosen & ~A),
        "sustain-1-hazard-ratio": b.by_world(ratio),
        "sustain-1-median-off-days": b.by_world(
            lambda w: 7.0 * median_time(T[chosen & w[P] & ~A], E[chosen & w[P] & ~A])
        ),
        "sustain-3-remission-start": b.mean(on.remits[4]),
    }
    return found, {"on": on, "off": off}


def sustain_3(b: Bench, tracks: Mapping[str, Track]) -> Worlds:
    """Those who relapsed, induced again: response after 4, 28 and 56 weeks, on against off.

    Response is half of the score at the relapse. Weeks 24 and 52 count from the end of induction.
    """
    stable = tracks["on"].remits[13:17].sum(axis=0) >= 3
    found: Worlds = {}
    for arm in ("on", "off"):
        track = tracks[arm]
        t = relapse_time(track.rated >= RELAPSE_AT, track.times_h / WEEK, 16)
        inside = stable & (t <= FOLLOW_W[1] - 5.0)
        begin = np.where(inside, 17 + np.where(np.isfinite(t), t, 0.0), 0).astype(np.int64)
        who = np.arange(b.people.count)
        start = track.rated[begin, who]
        for week in (4, 28, 56):
            row = np.minimum(begin + week, track.rated.shape[0] - 1)
            flags = track.rated[row, who] <= 0.5 * start
            seen = inside & (begin + week < track.rated.shape[0])
            label = {4: "induction", 28: "week-24", 56: "week-52"}[week]
            found[f"sustain-3-{arm}-{label}"] = b.mean(flags, seen)
    return found


def sustain_2(b: Bench) -> Worlds:
    """A year at clinic spacing, then stopped: change of PWC-20 one, two and four weeks later."""
    phases = (_days(3.5, 8), _days(7.0, 4), _days(14.0, 22))
    track = b.run(_regimen("a year", *phases, dose=SPRAYS), 52.0 * 7 + 35.0)
    last = int(np.argmax(track.sessions[:, 0] >= track.sessions[-1, 0]))
    pwc = b.people.values["pwc"]
    found = {}
    for week in (1, 2, 4):
        change = pwc * (track.withdrawal[last + week] - track.withdrawal[last])
        found[f"sustain-2-pwc-{week}"] = b.mean(change)
    return found


def fitted(b: Bench) -> Worlds:
    """Return the predictions of all courses that the constants were fitted to."""
    return {**single(b), **singh(b), **murrough(b)}


def held_out(b: Bench) -> Worlds:
    """Return the predictions of all courses that nothing was fitted to."""
    first, tracks = sustain_1(b)
    return {**phillips(b), **first, **sustain_3(b, tracks), **sustain_2(b)}
