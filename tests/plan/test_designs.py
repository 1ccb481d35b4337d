import numpy as np
import pytest

from crossblock.domain.response import ALONE, ALONE_HIGHER, BLOCKED, HIGHER, NONE, OPEN
from crossblock.load.people import truth
from crossblock.load.protocol import read
from crossblock.plan import designs, numbers
from crossblock.stats.designs import balance, constants

RESPONSE = numbers.from_truth(truth(), "hamd17")


@pytest.mark.parametrize("name", ["2x2", "williams-3", "williams-4", "two-doses"])
def test_whole_crossovers_have_the_closed_form(name: str) -> None:
    design = designs.candidate(name)
    V = designs.cell_covariance(design, RESPONSE, 0.28, 24)
    assert pytest.approx(RESPONSE.covariance(design.cells, 0.28) / 24) == V
    assert balance(design.sequences).uniform
    assert balance(design.sequences).balanced


@pytest.mark.parametrize(
    ("name", "constant"),
    [("2x2", "2x2"), ("williams-3", "3x6x3"), ("williams-4", "4x4"), ("parallel", "parallel")],
)
def test_design_constants_are_those_of_bioequivalence(name: str, constant: str) -> None:
    """Var(T - R) = bk sigma_w^2 / n; in a parallel study sigma is the whole spread."""
    flat = numbers.stated("hamd17", drug=10.0, other=0.0, sd_difference=6.0)
    sigma2 = flat.var_session + (flat.var_person if name == "parallel" else 0.0)
    se = designs.contrast_se(designs.candidate(name), flat, 0.28, 24, OPEN, BLOCKED)
    assert se**2 == pytest.approx(constants(constant).bk * sigma2 / 24)


def test_a_cell_more_in_the_same_periods_costs_precision() -> None:
    se = [
        designs.contrast_se(designs.candidate(d), RESPONSE, 0.28, 24, OPEN, BLOCKED)
        for d in ("2x2", "2x2-no-drug", "2x2-blocker-alone")
    ]
    assert se == sorted(se)


def test_the_open_effect_reads_the_cells_that_are_there() -> None:
    open_data = numbers.stated("hamd17", drug=5.0, other=1.0, sd_difference=6.0)
    two, _ = designs.effects(designs.candidate("2x2"), open_data, 0.28, 24)
    four, V = designs.effects(designs.candidate("williams-4"), open_data, 0.28, 24)
    assert two == pytest.approx([0.72 * 5.0 + 1.0, 6.0])
    assert four == pytest.approx([0.72 * 5.0, 5.0])
    assert np.linalg.eigvalsh(V).min() > 0


def test_every_candidate_holds_the_two_cells_a_fraction_needs() -> None:
    found = designs.candidates()
    assert len({c.id for c in found}) == len(found) == 11
    for c in found:
        assert {OPEN, BLOCKED} <= set(c.cells)
    assert {ALONE, NONE} <= set(designs.candidate("factorial").cells)
    assert not designs.candidate("factorial").crossover


def test_the_settling_trial_is_read_as_its_own_design() -> None:
    found = designs.own(read("settling-trial"))
    assert found is not None
    assert (found.periods, found.extra, len(found.sequences)) == (4, 1, 8)
    assert set(found.cells) == {OPEN, BLOCKED, NONE, ALONE, HIGHER, ALONE_HIGHER}
    a, V = designs.effects(found, RESPONSE, 0.28, 80)
    # half of the people carry the first dose: between the whole design and one of half its size
    whole = designs.candidate("williams-4")
    assert designs.effects(whole, RESPONSE, 0.28, 80)[1][0, 0] < V[0, 0]
    assert V[0, 0] < designs.effects(whole, RESPONSE, 0.28, 40)[1][0, 0]
    assert a == pytest.approx(designs.effects(whole, RESPONSE, 0.28, 80)[0])


def test_a_design_among_the_candidates_is_not_listed_twice() -> None:
    assert designs.own(read("williams-2018")) is None
    assert designs.own(read("yoon-2025")) is not None  # three parallel groups
