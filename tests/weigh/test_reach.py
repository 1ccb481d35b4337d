import numpy as np
import pytest
from numpy.typing import NDArray

from crossblock.exposure.effect import effect
from crossblock.kernels.link import fall_exponential, needed_exponential
from crossblock.load.mechanism import mechanism
from crossblock.weigh.bank import NODES
from crossblock.weigh.particles import draw
from crossblock.weigh.people import nodes
from crossblock.weigh.reach import Model, push, reference_plasticity, treatment
from tests.weigh.small import bank, model, regimens, rival


def test_one_typical_person_falls_as_the_effect_of_the_mechanism_says() -> None:
    """The bank and `exposure.effect` are two ways to one number."""
    h3a = rival("h3a").mechanism
    m = model()
    typical = Model(reference=m.reference, compounds=m.compounds, nodes=np.zeros((1, 6)))
    particles = draw(h3a, 3, 7)
    wanted = regimens("ketamine", "ketamine-naltrexone")
    found = push(h3a, particles, wanted, typical)
    for regimen in wanted:
        for k in range(3):
            values = {s: float(particles[s][k]) for s in particles.symbols if s in h3a.parameters}
            if regimen.blocker:
                continue  # the blocker's constants differ by particle; the open course is compared
            said = effect(
                h3a.with_values(**values),
                treatment(h3a, regimen, m),
                [24.0, 336.0],
                reference=m.reference,
            ).fall["exponential"][0]
            R = needed_exponential(values["fall"]) * found.relative[regimen.id][k, 0]
            fall = fall_exponential(R)
            assert abs(fall[0] - said[0]) < 2e-4
            assert abs(fall[-1] - said[1]) < 2e-4


def test_the_reference_dose_gives_the_fall_of_each_particle() -> None:
    h1 = rival("h1").mechanism
    particles = draw(h1, 4, 1)
    m = model()
    typical = Model(reference=m.reference, compounds=m.compounds, nodes=np.zeros((1, 6)))
    found = push(h1, particles, regimens("ketamine"), typical)
    assert np.allclose(found.at("ketamine", 24.0), 1.0, rtol=1e-6)
    assert np.all(reference_plasticity(h1, particles, m) > 0)


def test_without_an_opioid_part_the_blocker_changes_nothing() -> None:
    reach = bank().rivals["h1"].reach
    open_, blocked = reach.at("ketamine", 24.0), reach.at("ketamine-naltrexone", 24.0)
    assert np.allclose(open_, blocked, rtol=1e-6)
    assert np.allclose(reach.glx["ketamine"], reach.glx["ketamine-naltrexone"], rtol=1e-6)


def test_a_gated_surge_is_smaller_under_the_blocker_and_expectancy_lifts_without_the_drug() -> None:
    gated, expected = bank().rivals["h3a"].reach, bank().rivals["h5"].reach
    assert np.all(gated.glx["ketamine-naltrexone"] <= gated.glx["ketamine"] + 1e-12)
    assert gated.glx["ketamine-naltrexone"].mean() < 0.9 * gated.glx["ketamine"].mean()
    placebo, held = expected.at("placebo", 24.0), expected.at("placebo-naltrexone", 24.0)
    assert placebo is not None
    assert held is not None
    assert placebo.mean() > 0.05
    assert held.mean() < 0.5 * placebo.mean()


def test_a_time_that_is_not_looked_at_is_none() -> None:
    reach = bank().rivals["h1"].reach
    assert reach.at("placebo-naltrexone", 72.0) is None
    taken = reach.take(np.array([1, 1]), ["ketamine"])
    assert taken.relative["ketamine"].shape[0] == 2
    with pytest.raises(KeyError):
        taken.at("placebo", 24.0)
    assert taken.blocked == {"ketamine-naltrexone", "placebo-naltrexone", "ketamine-naltrexone-150"}


@pytest.mark.parametrize("name", ["h1", "h2", "h3a", "h5"])
def test_few_people_stand_for_many(name: str) -> None:
    """The nodes of the bank against 512: mean within 4 %, spread within 15 %, with and without."""
    mechanism_ = rival(name).mechanism if name != "h2" else mechanism("h2")
    particles = draw(mechanism_, 6, 31)
    wanted = regimens("ketamine", "ketamine-naltrexone")

    def reached(count: int) -> dict[str, NDArray[np.float64]]:
        m = Model(reference=model().reference, compounds=model().compounds, nodes=nodes(count))
        return dict(push(mechanism_, particles, wanted, m).relative)

    few, many = reached(NODES), reached(512)
    for id, R in many.items():
        mean = few[id].mean(axis=1) / R.mean(axis=1)
        spread = few[id].std(axis=1) / R.std(axis=1)
        assert np.all(np.abs(mean - 1.0) < 0.04), (id, mean)
        assert np.all(np.abs(spread - 1.0) < 0.15), (id, spread)
