"""One session as pulses: the slow system passes through the five states solved in full."""

from dataclasses import replace

import numpy as np
import pytest

from crossblock.domain.adaptation import Loss
from crossblock.domain.dose import Dose, Route
from crossblock.domain.mechanism import Family, Prior
from crossblock.domain.repeated_regimen import Beside
from crossblock.exposure.engine import grid_for, solve
from crossblock.exposure.system import People, potency, system
from crossblock.exposure.treatment import Treatment, Window
from crossblock.forecast.session import session_effect
from crossblock.kernels.adaptation import Pulse, between, decays, fresh, session
from crossblock.kernels.backend import NUMPY
from crossblock.load.mechanism import mechanism
from tests.forecast.settings import COMPOUNDS, SLOW, people, regimen

NALTREXONE = Beside(compound="naltrexone", dose=Dose(start_h=0.0, amount=50.0, route=Route.ORAL))


def whole(pulse):
    """Return everything that a session adds to plasticity, sooner or later."""
    return pulse.d_G + pulse.d_O + pulse.r_G + pulse.r_O


def effect(name, plan=None, crowd=None, factor=1.0):
    return session_effect(
        mechanism(name), plan or regimen(), crowd or people(), SLOW, COMPOUNDS, factor
    )


def in_full(m, sessions, every_h, looks):
    """Solve the five states over the whole course, for one typical person."""
    starts = [k * every_h for k in range(sessions)]
    doses = tuple(
        Dose(start_h=t, amount=0.5, route=Route.IV, duration_h=2 / 3, per_kg=True) for t in starts
    )
    belief = tuple(Window(start_h=t, stop_h=t + m["belief_h"]) for t in starts)
    given = Treatment(drug=COMPOUNDS["ketamine"], drug_doses=doses, belief=belief)
    bound = potency(m, given.drug)
    p = system(m, scale=1.0, drug=bound, blocker=None)
    return solve(p, given, grid_for(given, looks), bound, People(), NUMPY).state


def alike(name):
    """Return the mechanism without prior or spread: everybody is the typical person."""
    m = mechanism(name)
    same = {
        k: replace(p, prior=Prior(family=Family.FIXED), cv=0.0) for k, p in m.parameters.items()
    }
    return replace(m, parameters=same)


@pytest.mark.parametrize(
    ("name", "worst"),
    [("h1", 0.01), ("h2", 0.01), ("h3b", 0.01), ("h4-direct", 0.01), ("h5", 0.03)],
)
def test_twelve_sessions_in_steps_match_the_five_states_in_full(name, worst):
    """Largest gap of plasticity and opponent, a day and more after each of twelve sessions.

    H5 has most carry-over within a session (belief holds a day), and so the largest gap.
    """
    every, n = 84.0, 12
    looks = [24.0 + every * k for k in range(n)] + [n * every + 24.0 * d for d in (1, 4, 10)]
    m = alike(name)
    full = in_full(m, n, every, looks)
    crowd = replace(
        people(1, losses=[Loss.ILLNESS], worlds=1, spread=False),
        weight_kg=np.array([70.0]),
        drive=np.array([1.0]),
    )
    one = session_effect(m, regimen(), crowd, SLOW, COMPOUNDS)
    p = one.slow._replace(
        kR=np.array([m.rate("R")]), kU=np.array([m.rate("U")]), F50=np.array([np.inf])
    )
    s, now, found = fresh(1), 0.0, []
    for t in sorted({*looks, *(every * k for k in range(n))}):
        s = between(decays(p, t - now), s, 1.0, 0.0)
        now = t
        if t in looks:
            found.append((s.R[0], s.O[0]))
        if t % every == 0 and t < n * every:
            s, _ = session(p, s, Pulse(*(np.asarray(x) for x in one.pulse)), np.ones(1))
    R, opponent = np.array(found).T
    # The pulse is scaled to the fall on day 1, the full solution to drive 1: compare the shapes.
    gap = np.max(np.abs(R / R[0] / (full.R[:, 0] / full.R[0, 0]) - 1.0))
    assert gap < worst, gap
    if full.O.max() > 1e-3:
        gap = np.max(np.abs(opponent / full.O[:, 0] - 1.0))
        assert gap < 0.2, gap


def test_the_reference_takes_the_same_share_of_everyone_under_every_mechanism():
    for name in ("h1", "h2", "h3a", "h3b", "h4-release", "h5"):
        found = np.median(whole(effect(name).pulse))
        assert found == pytest.approx(np.median(whole(effect("h1").pulse)), rel=0.1), name


def test_a_blocker_on_board_takes_what_the_mechanism_says():
    crowd = people()
    left = {}
    for name in ("h1", "h2", "h3a"):
        open_, blocked = (
            effect(name, regimen(beside=beside), crowd).pulse for beside in ((), (NALTREXONE,))
        )
        left[name] = np.median(whole(blocked) / whole(open_))
    assert left["h1"] == pytest.approx(1.0, abs=1e-6)
    assert left["h2"] < 0.1 < left["h3a"] < 0.9


def test_an_agonist_without_kinetics_is_said_and_not_invented():
    silent = effect("h1", regimen(beside=(Beside(compound="methadone"),)))
    assert "not computed" in silent.unknown[0]
    stated = effect("h3a", regimen(beside=(Beside(compound="methadone", odds=2.0),)))
    assert any("stated by the user" in line for line in stated.assumed)
    open_ = effect("h3a")
    assert np.median(whole(stated.pulse)) < 0.9 * np.median(whole(open_.pulse))
    assert stated.background is not None


def test_a_route_without_absorption_rate_is_amber():
    for route in (Route.IM, Route.SUBLINGUAL, Route.ORAL):
        dose = Dose(start_h=0.0, amount=1.0, route=route, per_kg=True)
        found = effect("h1", regimen(dose=dose))
        assert any("assumed: no absorption rate was found" in a for a in found.assumed), route
        assert np.all(whole(found.pulse) > 0.0)


def test_nasal_esketamine_uses_its_own_kinetics():
    dose = Dose(start_h=0.0, amount=84.0, route=Route.NASAL)
    found = effect("h1", regimen(dose=dose, drug="esketamine"))
    assert np.all(np.isfinite(found.pulse.d_G))
    assert np.median(found.nmda) > 0.2
    assert not any("no absorption rate" in a for a in found.assumed)


def test_a_larger_dose_does_more_of_everything():
    one, two = effect("h3b"), effect("h3b", factor=2.0)
    assert np.all(whole(two.pulse) > whole(one.pulse))
    for field in ("t", "o", "l_N", "l_O", "v"):
        assert np.all(getattr(two.pulse, field) >= getattr(one.pulse, field)), field
    assert np.all(two.cadss > one.cadss)
