import numpy as np
import pytest

from crossblock.simulate.cohort import Draws, cohort
from crossblock.simulate.world import World


def many(world: World, trials: int = 100, people: int = 50) -> object:
    return cohort(world, Draws(seed=3, trials=np.arange(trials), people=people))


def test_people_are_as_the_truth_describes_them(pharmacy: object) -> None:
    world: World = pharmacy()  # type: ignore[operator]
    found = many(world)
    women = found.woman
    assert abs(women.mean() - 0.6) < 4 * np.sqrt(0.24 / women.size)
    assert np.median(found.weight_kg[women]) == pytest.approx(74, rel=0.02)
    assert np.median(found.weight_kg[~women]) == pytest.approx(86, rel=0.02)
    assert found.baseline.mean() == pytest.approx(26, abs=0.15)
    assert found.baseline.std() == pytest.approx(2.7, rel=0.05)
    r = np.corrcoef(found.baseline[..., 0].ravel(), found.baseline[..., 1].ravel())[0, 1]
    assert r == pytest.approx(0.5, abs=0.05)
    assert found.session.mean() == pytest.approx(1.0, abs=0.02)
    assert found.failures.min() >= 4
    assert (np.diff(found.entered_h, axis=-1) >= 0).all()
    assert np.diff(found.entered_h, axis=-1).mean() == pytest.approx(730.5, rel=0.05)


def test_clearance_goes_with_the_response_as_told(pharmacy: object) -> None:
    world: World = pharmacy(kinetics_response_r=-0.6, nonresponders=0)  # type: ignore[operator]
    found = many(world)
    if "CL" not in found.factors:
        pytest.fail("the default kinetic set has no spread of clearance")
    r = np.corrcoef(np.log(found.drive).ravel(), np.log(found.factors["CL"]).ravel())[0, 1]
    assert r == pytest.approx(-0.6, abs=0.03)


def test_weak_responders_are_a_share_of_all(pharmacy: object) -> None:
    world: World = pharmacy(nonresponders=0.3, nonresponder_drive=0.0)  # type: ignore[operator]
    assert (many(world).drive == 0).mean() == pytest.approx(0.3, abs=0.02)


def test_more_people_or_trials_change_nobody(pharmacy: object) -> None:
    world: World = pharmacy()  # type: ignore[operator]
    small = cohort(world, Draws(seed=3, trials=np.array([5]), people=4))
    large = cohort(world, Draws(seed=3, trials=np.arange(8), people=9))
    for name in ("weight_kg", "drive", "failures"):
        assert (getattr(small, name)[0] == getattr(large, name)[5, :4]).all(), name
    assert (small.baseline[0] == large.baseline[5, :4]).all()


def test_failed_treatments_wear_the_response_when_told(pharmacy: object) -> None:
    told: World = pharmacy(failed_treatments=8, failure_effect=-0.1)  # type: ignore[operator]
    found = many(told)
    few, lots = found.failures <= 6, found.failures >= 10
    assert found.drive[lots].mean() < found.drive[few].mean()
