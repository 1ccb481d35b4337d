"""Laws of kinetics and binding: what must hold whatever the numbers are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossblock.domain.dose import Dose, Route
from crossblock.domain.receptor import ReceptorId
from crossblock.exposure.blockade import blockade_curve
from crossblock.exposure.compartments import build
from crossblock.exposure.occupancy import occupancy
from crossblock.exposure.plasma import plasma
from crossblock.kernels.binding import (
    binding_odds,
    competitive_occupancy,
    dose_ratio,
    equilibrium_occupancy,
    slow_occupancy,
)
from crossblock.kernels.kinetics import (
    after_absorption,
    after_bolus,
    after_infusion,
    divided_decay,
    effect_amount,
    mammillary_modes,
)
from crossblock.kernels.propagate import Input, solve, transition
from crossblock.load.compound import compound

KETAMINE, ESKETAMINE = compound("ketamine"), compound("esketamine")
NALTREXONE = compound("naltrexone")
size = st.floats(0.5, 500.0)
rate = st.floats(0.05, 300.0)
drug = st.integers(1, 3).flatmap(
    lambda n: st.tuples(
        st.lists(size, min_size=n, max_size=n), rate, st.lists(rate, min_size=n - 1, max_size=n - 1)
    )
)


def modes(parts):
    V, CL, Q = parts
    return mammillary_modes(np.array(V), np.array(CL), np.array(Q))


@given(drug)
def test_area_is_dose_over_clearance_for_every_route(parts):
    lam, w = modes(parts)
    CL = parts[1]
    assert (w >= 0).all()
    assert (lam > 0).all()
    assert w.sum() == pytest.approx(1 / parts[0][0], rel=1e-9)
    assert (w / lam).sum() == pytest.approx(1 / CL, rel=1e-7)


@given(drug, st.floats(0.01, 5.0), st.floats(0.05, 10.0))
@settings(max_examples=30)
def test_area_under_infusion_and_absorption_is_the_same(parts, duration, ka):
    lam, w = modes(parts)
    end = 60.0 / min(lam.min(), ka)
    t = np.concatenate([[0.0], np.geomspace(1e-5, end, 20001)])
    for here in (
        after_infusion(lam, w, t, np.asarray(duration)),
        after_absorption(lam, w, t, np.asarray(ka)),
    ):
        assert np.trapezoid(here, t) == pytest.approx(1 / parts[1], rel=5e-3)


@given(drug, st.floats(0.05, 4.0), st.floats(0.05, 0.95), st.floats(0.0, 30.0))
def test_an_infusion_split_in_two_is_one_infusion(parts, duration, cut, t):
    lam, w = modes(parts)
    times = np.array([t])
    first = duration * cut
    whole = after_infusion(lam, w, times, np.asarray(duration))
    one = cut * after_infusion(lam, w, times, np.asarray(first))
    two = (1 - cut) * after_infusion(lam, w, times - first, np.asarray(duration - first))
    assert one + two == pytest.approx(whole, rel=1e-9, abs=1e-15)


@given(drug, st.floats(1e-9, 1e-5))
def test_a_very_short_infusion_is_a_bolus(parts, duration):
    lam, w = modes(parts)
    t = np.array([5.0])
    here = after_infusion(lam, w, t, np.asarray(duration))
    assert here == pytest.approx(after_bolus(lam, w, t), rel=2 * duration * lam.max() + 1e-9)


@given(drug, st.lists(st.tuples(st.floats(0, 20), st.floats(0.1, 100)), min_size=1, max_size=4))
def test_doses_superpose(parts, doses):
    lam, w = modes(parts)
    t = np.linspace(0.0, 40.0, 9)
    together = sum(a * after_bolus(lam, w, t - s) for s, a in doses)
    doubled = sum(2 * a * after_bolus(lam, w, t - s) for s, a in doses)
    assert doubled == pytest.approx(2 * together, rel=1e-12)


@given(st.floats(1e-6, 1e3), st.floats(-1e-9, 1e-9), st.floats(0.0, 100.0))
def test_coinciding_rates_are_continuous(a, shift, t):
    apart = divided_decay(a, a * (1 + shift), t)
    limit = t * np.exp(-a * t)
    assert np.isfinite(apart)
    assert apart == pytest.approx(limit, rel=1e-6 + 2 * abs(shift) * a * t, abs=1e-300)


@given(st.floats(0.01, 10), st.floats(0.001, 10), st.floats(0.0, 1e3))
def test_depot_and_effect_site_never_hold_more_than_was_given(ka, ke, t):
    depot, effect = effect_amount(np.array([t]), 50.0, ka, ke)
    assert depot[0] >= 0
    assert effect[0] >= 0
    assert depot[0] + effect[0] <= 50.0 * (1 + 1e-12)


@given(st.integers(2, 5), st.integers(0, 2**32 - 1), st.floats(0.0, 50.0))
def test_a_closed_system_keeps_its_mass(n, seed, h):
    K = np.random.default_rng(seed).gamma(0.5, 2.0, (n, n))
    np.fill_diagonal(K, 0.0)
    np.fill_diagonal(K, -K.sum(axis=0))
    E = transition(K, h)
    assert (E >= 0).all()
    assert E.sum(axis=0) == pytest.approx(np.ones(n), rel=1e-10)


@given(st.integers(0, 2**32 - 1), st.floats(0.01, 10.0), st.floats(0.01, 10.0))
def test_two_steps_are_one_step(seed, a, b):
    K = np.random.default_rng(seed).gamma(0.5, 2.0, (4, 4))
    np.fill_diagonal(K, -K.sum(axis=0) - 0.1)
    assert transition(K, a) @ transition(K, b) == pytest.approx(transition(K, a + b), rel=1e-9)


@pytest.mark.parametrize("set_id", ["fanta-2015", "simons-2022", "perez-ruixo-2021"])
def test_mass_balance_of_shipped_chains(set_id):
    """What was given is in the body or was cleared: d(total)/dt is minus the outflow."""
    system = build(ESKETAMINE.kinetic_set(set_id), 70.0, {}, {})
    n = len(system.place)
    sink = np.zeros((n + 1, n + 1))
    sink[:n, :n] = system.K
    sink[n, :n] = -system.K.sum(axis=0)
    given_in = [Input(compartment=system.place["central"], start=0.0, amount=35.0, duration=0.7)]
    x = solve(sink, [0.35, 0.7, 5.0, 300.0], given_in)
    assert x.sum(axis=-1) == pytest.approx([17.5, 35.0, 35.0, 35.0], rel=1e-10)


odds_of = st.floats(0.0, 1e6)


@given(st.lists(odds_of, min_size=1, max_size=5))
def test_occupancy_lies_between_nothing_and_everything(b):
    here = competitive_occupancy(np.array(b))
    assert (here >= 0).all()
    assert here.sum() < 1.0


@given(odds_of, odds_of, st.floats(1e-3, 1e3))
def test_occupancy_rises_with_the_agonist_and_falls_with_the_blocker(a, x, more):
    here = competitive_occupancy(np.array([a, x]))[0]
    assert competitive_occupancy(np.array([a + more, x]))[0] >= here
    assert competitive_occupancy(np.array([a, x + more]))[0] <= here


@given(st.floats(1e-6, 1e4), st.floats(0.0, 1e4))
def test_schild_shift_is_one_plus_the_odds(a, x):
    alone = competitive_occupancy(np.array([a]))[0]
    shifted = competitive_occupancy(np.array([a * dose_ratio(x), x]))[0]
    assert shifted == pytest.approx(alone, rel=1e-9)


@given(st.floats(0.01, 100), st.floats(0.01, 100), st.integers(0, 2**32 - 1))
def test_equilibrium_and_kinetics_agree_in_the_end(C1, C2, seed):
    draw = np.random.default_rng(seed)
    kon, koff = draw.uniform(0.1, 5.0, 2), draw.uniform(0.1, 5.0, 2)
    C = np.array([[C1, C2]])
    end = slow_occupancy(C, np.array([2000.0]), kon, koff)[0]
    theta = equilibrium_occupancy(C[0], (koff / kon)[:, None])[:, 0]
    assert end == pytest.approx(theta, rel=1e-6)
    assert competitive_occupancy(binding_odds(C[0], koff / kon)) == pytest.approx(theta)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25)
def test_slow_binding_never_leaves_its_range(seed):
    draw = np.random.default_rng(seed)
    C, h = draw.gamma(0.3, 10.0, (6, 3)), draw.gamma(0.5, 1.0, 6)
    r = slow_occupancy(C, h, draw.uniform(0.01, 9, 3), draw.uniform(0.01, 200, 3))
    assert (r >= 0).all()
    assert (r.sum(axis=-1) <= 1 + 1e-9).all()


@given(st.floats(0.0, 400.0), st.floats(0.1, 336.0))
def test_blockade_rises_with_dose_and_no_dose_blocks_nothing(mg, t):
    def at(amount):
        dose = Dose(start_h=0.0, amount=amount, route=Route.ORAL)
        return blockade_curve(NALTREXONE, [dose], [t]).fraction[0]

    assert 0 <= at(mg) < 1
    assert at(mg) <= at(mg + 1.0)
    assert at(0.0) == 0.0


@given(st.floats(0.0, 1e5))
def test_a_blocker_dose_of_zero_leaves_the_ratio_at_one(level):
    none = blockade_curve(NALTREXONE, [Dose(start_h=0, amount=0.0, route=Route.ORAL)], [2.0])
    here = occupancy(
        KETAMINE,
        {"ketamine": level},
        ReceptorId.MU,
        affinity_set="hirota-1999",
        blocker_odds=none.odds,
    )
    assert np.array_equal(np.broadcast_to(here.alone, here.with_blocker.shape), here.with_blocker)


@given(
    st.floats(1.0, 500.0), st.floats(30.0, 150.0), st.sampled_from(["fanta-2015", "clements-1981"])
)
@settings(max_examples=25)
def test_two_infusions_end_to_end_are_one_in_plasma(mg, weight, set_id):
    t = [0.2, 0.5, 1.0, 6.0]
    whole = Dose(start_h=0, amount=mg, route=Route.IV, duration_h=0.8)
    halves = [Dose(start_h=s, amount=mg / 2, route=Route.IV, duration_h=0.4) for s in (0.0, 0.4)]
    one = plasma(KETAMINE, [whole], t, set_id=set_id, weight_kg=weight).mg_per_l["ketamine"]
    two = plasma(KETAMINE, halves, t, set_id=set_id, weight_kg=weight).mg_per_l["ketamine"]
    assert two == pytest.approx(one, rel=1e-10)
