"""Effect of a treatment: its error is measured, links agree at the reference, refusals speak."""

import numpy as np
import pytest

from crossblock.core.errors import ConvergenceError, InputError
from crossblock.exposure.effect import (
    drive_scales,
    effect,
    reference_treatment,
    without_blocker,
    without_drug,
)
from crossblock.exposure.system import People
from crossblock.load.mechanism import mechanism, mechanism_names
from tests.exposure.arms import DAY_1, KETAMINE, arm


def look(name, treatment, times=(DAY_1,), **more):
    m = mechanism(name) if isinstance(name, str) else name
    return effect(m, treatment, list(times), reference=KETAMINE, **more)


@pytest.mark.parametrize("name", mechanism_names())
def test_both_links_start_from_the_same_reference_fall(name):
    m = mechanism(name)
    found = look(m, reference_treatment(m, KETAMINE), [m.binding.reference_at_h])
    assert found.fall["exponential"][0, 0] == pytest.approx(m["fall"], abs=1e-6)
    assert found.fall["capped"][0, 0] == pytest.approx(m["fall"], abs=1e-6)


def test_the_reported_error_is_below_the_tolerance_and_above_the_truth():
    found = look("h5", arm(50.0), [5.0, DAY_1, 300.0])
    exact = look("h5", arm(50.0), [5.0, DAY_1, 300.0], tolerance=1e-11)
    gap = np.abs(found.fall["exponential"] - exact.fall["exponential"]).max()
    assert gap <= found.error[0] < 1e-4
    assert exact.steps > found.steps


def test_a_fast_person_refines_the_grid():
    quick = mechanism("h3b").with_values(half_life_E=1e-4)
    assert look(quick, arm(5.0), tolerance=1e-8).halvings > 1


def test_what_cannot_be_solved_is_said():
    with pytest.raises(ConvergenceError, match="tolerance"):
        look("h5", arm(5.0), tolerance=1e-18)


def test_the_score_falls_from_its_baseline():
    found = look("h1", arm(), [-1.0, DAY_1])
    assert found.score(28.0)[0] == pytest.approx([28.0, 14.0], abs=0.5)


def test_a_cap_below_the_fall_leaves_the_capped_link_out():
    m = mechanism("h1").with_values(fall=0.9)
    assert set(drive_scales(m, KETAMINE)) == {"exponential"}
    assert set(look(m, arm()).fall) == {"exponential"}


def test_a_mechanism_without_a_drive_is_refused():
    with pytest.raises(InputError, match="cannot produce the wanted fall"):
        drive_scales(mechanism("h1").with_values(aG=0.0), KETAMINE)


def test_a_person_without_a_number_is_named():
    odd = People(count=3, parameters={"E0": np.array([0.2, np.nan, 0.2])})
    with pytest.raises(InputError, match="person 2 of 3"):
        look("h5", arm(50.0), people=odd)


@pytest.mark.parametrize("times", [[], [float("nan")], [float("inf")]])
def test_times_must_be_finite(times):
    with pytest.raises(InputError, match="no times"):
        look("h1", arm(), times)


def test_placebo_arms_keep_belief():
    both = arm(50.0)
    assert without_drug(both).belief == both.belief
    assert [d.amount for d in without_drug(both).drug_doses] == [0.0]
    assert [d.amount for d in without_blocker(both).blocker_doses] == [0.0]
    assert without_blocker(both).drug_doses == both.drug_doses


def test_dissociation_peaks_with_the_infusion():
    found = look("h1", arm(), [0.5, 0.75 + 2 / 3, 6.0])
    assert found.dissociation[0, 0] == 0.0
    assert found.dissociation[0, 1] > 5 * found.dissociation[0, 2] > 0.0


def test_assumed_numbers_travel_with_the_effect():
    said = " ".join(look("h5", arm()).assumed)
    assert "sX" in said
    assert "Ki" in said
