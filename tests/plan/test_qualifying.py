import dataclasses
import math

import numpy as np
import pytest

from crossblock.load.people import truth
from crossblock.plan import numbers
from crossblock.plan.qualifying import qualified, share


def test_moments_of_those_who_qualify_are_those_of_drawn_people() -> None:
    response = dataclasses.replace(numbers.from_truth(truth(), "hamd17"), other=2.0, var_person=9.0)
    draw = np.random.default_rng(7)
    n = 400_000
    p = draw.normal(2.0, 3.0, n)
    m = draw.normal(13.5, math.sqrt(response.var_drug), n)
    y = p + m + draw.normal(0.0, math.sqrt(response.var_session), n)
    passed = y > response.responder
    found = qualified(response)
    assert share(response) == pytest.approx(passed.mean(), abs=0.003)
    assert found.drug == pytest.approx(m[passed].mean(), abs=0.03)
    assert found.other == pytest.approx(p[passed].mean(), abs=0.03)
    assert found.var_drug == pytest.approx(m[passed].var(), rel=0.01)
    assert found.var_person == pytest.approx(p[passed].var(), rel=0.01)


def test_without_a_responder_line_everybody_goes_on() -> None:
    response = numbers.stated("hamd17", drug=5.0, other=1.0, sd_difference=6.0)
    assert share(response) == 1.0
    assert qualified(response) == response
