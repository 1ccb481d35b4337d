import numpy as np

from crossblock.domain.odds import Parted
from crossblock.weigh.separation import candidates, separations
from tests.weigh.test_predict import flat

FOUND = {name: flat(name) for name in ("h1", "h3a", "h5")}


def pair(a: str, b: str, apart: bool = False) -> Parted:
    return Parted(first=a, second=b, log_bayes_factor=0.1, error=0.1, told_apart=apart)


def best(a: str, b: str):  # type: ignore[no-untyped-def]
    return separations(FOUND, [pair(a, b)])[0]


def test_a_placebo_infusion_parts_expectancy_from_the_others() -> None:
    found = best("H1", "H5")
    assert "without ketamine" in found.observable
    assert found.apart > 1.0
    assert found.first_value < found.second_value


def test_the_glutamate_signal_or_mood_parts_the_gate_from_glutamate_alone() -> None:
    ranked = separations(FOUND, [pair("H1", "H3a")])
    assert len(ranked) == len(candidates())
    assert [s.apart for s in ranked] == sorted((s.apart for s in ranked), reverse=True)
    assert any(w in ranked[0].observable for w in ("glutamate", "mood"))
    none = next(s for s in ranked if "without ketamine that is believed" in s.observable)
    assert none.apart < 0.01


def test_pairs_that_are_told_apart_need_nothing() -> None:
    assert separations(FOUND, [pair("H1", "H5", apart=True)]) == ()


def test_distance_is_in_units_of_what_one_study_cannot_see() -> None:
    found = best("H1", "H5")
    c = next(c for c in candidates() if c.observable == found.observable)
    x = [c.value(FOUND[n]) for n in ("h1", "h5")]
    spread = np.sqrt(0.5 * (x[0].var() + x[1].var()) + c.noise**2)
    assert abs(found.apart - abs(x[0].mean() - x[1].mean()) / spread) < 1e-9
