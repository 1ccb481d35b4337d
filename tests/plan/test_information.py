import math

import numpy as np
import pytest

from crossblock.core.errors import InputError
from crossblock.domain.response import ALONE, ALONE_HIGHER, BLOCKED, HIGHER, NONE, OPEN
from crossblock.plan import designs, numbers
from crossblock.plan.information import information, observables
from crossblock.plan.mechanisms import DRAWS, Prediction

RESPONSE = numbers.stated("hamd17", drug=5.0, other=1.0, sd_difference=6.0)
ONES = np.ones(DRAWS)


def rival(name: str, left: float, alone: float = 0.0, glx: float = 1.0) -> Prediction:
    fall = {OPEN: 1.0, BLOCKED: left, HIGHER: left, ALONE: alone, ALONE_HIGHER: alone, NONE: 0.0}
    surge = {OPEN: 1.0, BLOCKED: glx, HIGHER: glx, ALONE: 0.0, NONE: 0.0}
    return Prediction(
        id=name,
        label=name,
        title=name,
        fall={c: x * ONES for c, x in fall.items()},
        glx={c: x * ONES for c, x in surge.items()},
        assumed=(),
    )


def bits(design: str, rivals: list[Prediction], n: int = 24) -> float:
    return information(designs.candidate(design), RESPONSE, rivals, n).bits


def test_two_normal_rivals_by_the_textbook_integral() -> None:
    """One dimension that matters: compare with numerical integration of the mixture entropy."""
    a, b = rival("a", 1.0), rival("b", 0.0)
    design = designs.candidate("2x2")
    one, two = (observables(design, RESPONSE, r, 24) for r in (a, b))
    shift = one.mean - two.mean
    d = math.sqrt(shift @ np.linalg.solve(one.covariance, shift))
    x = np.linspace(-12.0, 12.0 + d, 200_001)
    p, q = (np.exp(-0.5 * (x - m) ** 2) / math.sqrt(2 * math.pi) for m in (0.0, d))
    mixed = 0.5 * (p + q)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(p > 0, p * np.log2(p / mixed), 0.0)
    exact = np.trapezoid(terms, x)
    found = information(design, RESPONSE, [a, b], 24)
    assert found.bits == pytest.approx(exact, abs=0.01)
    # equal covariance: the better one is chosen with probability Phi(d / 2)
    right = 0.5 * math.erfc(-d / 2 / math.sqrt(2))
    assert found.pairs["a", "b"] == pytest.approx(right, abs=0.01)


def test_information_lies_between_nothing_and_the_entropy_of_the_label() -> None:
    same = [rival("a", 0.5), rival("b", 0.5), rival("c", 0.5)]
    found = information(designs.candidate("williams-4"), RESPONSE, same, 24)
    assert found.bits == pytest.approx(0.0, abs=1e-9)
    assert found.pairs["a", "b"] == 0.5
    far = [rival("a", 1.0), rival("b", 0.0)]
    assert bits("williams-4", far, 40_000) == pytest.approx(1.0, abs=1e-6)


def test_more_people_and_more_measured_tell_more() -> None:
    rivals = [
        rival("a", 1.0),
        rival("b", 0.6),
        rival("c", 0.6, alone=-0.4),
        rival("d", 0.6, glx=0.0),
    ]
    assert bits("2x2", rivals, 24) < bits("2x2", rivals, 60) < bits("2x2", rivals, 200)
    assert bits("2x2", rivals) < bits("2x2-glx", rivals)
    assert bits("williams-3", rivals) < bits("williams-4", rivals) < bits("williams-4-glx", rivals)


def test_what_a_design_cannot_see_tells_nothing() -> None:
    only_alone = [rival("a", 0.6), rival("b", 0.6, alone=-0.5)]
    assert bits("williams-3", only_alone) == pytest.approx(0.0, abs=1e-9)
    assert bits("williams-4", only_alone) > 0.05
    only_glx = [rival("a", 0.6), rival("b", 0.6, glx=0.0)]
    assert bits("2x2", only_glx) == pytest.approx(0.0, abs=1e-9)
    assert bits("2x2-glx", only_glx) > 0.3


def test_per_participant_is_a_share_of_the_whole() -> None:
    found = information(designs.candidate("2x2"), RESPONSE, [rival("a", 1.0), rival("b", 0.0)], 24)
    assert found.per_participant == pytest.approx(found.bits / 24)
    with pytest.raises(InputError, match="no rival"):
        information(designs.candidate("2x2"), RESPONSE, [rival("a", 1.0)], 24)
