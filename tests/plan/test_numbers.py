import math

import pytest

from crossblock.core.errors import InputError
from crossblock.load.evidence import shipped
from crossblock.load.people import truth
from crossblock.plan import numbers


@pytest.mark.parametrize("scale", numbers.known_scales())
def test_open_data_give_back_the_paired_sd_of_their_row(scale: str) -> None:
    found = numbers.from_evidence(shipped(), scale)
    by = {v.name.rpartition(": ")[2]: v for v in found.values}
    assert found.sd_difference(0.28) == pytest.approx(by["paired difference sd"].value)
    assert found.sd_difference(1.0) == pytest.approx(by["paired difference sd"].value)
    assert found.drug == pytest.approx(-by["paired mean difference"].value)
    assert found.drug_se == pytest.approx(by["paired difference sd"].value / math.sqrt(24))
    assert all(v.source and not v.amber for v in found.values)


def test_the_textbook_model_is_that_of_the_virtual_trials() -> None:
    found = numbers.from_truth(truth(), "hamd17")
    assert found.open_sd == pytest.approx(truth()["fall_sd"])
    share = found.var_drug / (found.var_drug + found.var_session)
    assert share == pytest.approx(truth()["icc"])
    assert all(v.amber for v in found.values)  # assumed, and said so
    per = truth()["madrs_per_point"]
    assert numbers.from_truth(truth(), "madrs").drug == pytest.approx(per * found.drug)


def test_the_prior_of_the_fraction_has_the_stated_moments_and_is_amber() -> None:
    found = numbers.fraction_prior(shipped())
    loss = found.values[0]
    assert found.mean == pytest.approx(loss.value)
    assert found.sd == pytest.approx(2.0 * loss.value / math.sqrt(found.values[1].value))
    assert loss.confidence == "secondary"
    assert found.values[-1].amber


def test_a_scale_without_numbers_is_refused() -> None:
    with pytest.raises(InputError, match="no planning numbers"):
        numbers.from_evidence(shipped(), "cadss")
