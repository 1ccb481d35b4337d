import math

import pytest

from crossblock.core.errors import InputError
from crossblock.exposure.effect import drive_scales, effect, reference_treatment
from crossblock.load.compound import compound
from crossblock.load.mechanism import mechanism
from crossblock.simulate.shares import share_of_plasticity, with_fraction


@pytest.mark.parametrize("fraction", [0.0, 0.28, 0.7, 1.0])
@pytest.mark.parametrize("fall", [0.2, 0.52, 0.9])
def test_the_share_is_the_inverse_of_the_link(fraction: float, fall: float) -> None:
    s = share_of_plasticity(fraction, fall)
    needed = -math.log(1 - fall)
    assert 1 - (1 - math.exp(-needed * (1 - s))) / fall == pytest.approx(fraction, abs=1e-12)


@pytest.mark.parametrize("name", ["h3a", "h4-direct", "h4-release"])
@pytest.mark.parametrize("fraction", [0.28, 0.6])
def test_cutting_the_opioid_arrow_removes_just_the_fraction(name: str, fraction: float) -> None:
    """Complete blockade is what is left with the blockable arrow cut."""
    ketamine = compound("ketamine")
    whole = with_fraction(mechanism(name), fraction, ketamine)
    given = reference_treatment(whole, ketamine)
    at = [whole.binding.reference_at_h]
    open_ = effect(whole, given, at, reference=ketamine).fall["exponential"][0, 0]
    assert open_ == pytest.approx(whole["fall"], abs=2e-4)
    if name == "h3a":
        left = -math.log1p(-open_) * (1 - whole["phi"])
    else:
        drive = "aK" if name == "h4-direct" else "aR"
        alone = whole.with_values(**{drive: 0.0, "fall": whole["fall"]})
        ratio = _unit(alone) / _unit(whole)
        left = -math.log1p(-open_) * ratio
    assert 1 - (1 - math.exp(-left)) / open_ == pytest.approx(fraction, abs=2e-3)


def _unit(m: object) -> float:
    """Return plasticity at drives of scale 1: the inverse of the scale that `fall` needs."""

    needed = -math.log1p(-m["fall"])  # type: ignore[index]
    return float(needed / drive_scales(m, compound("ketamine"))["exponential"])


@pytest.mark.parametrize(("name", "only"), [("h1", 0.0), ("h2", 1.0), ("h3b", 1.0)])
def test_a_mechanism_with_one_drive_has_one_fraction(name: str, only: float) -> None:
    ketamine = compound("ketamine")
    assert with_fraction(mechanism(name), only, ketamine).id == name
    with pytest.raises(InputError, match="cannot have this fraction"):
        with_fraction(mechanism(name), 0.28, ketamine)
