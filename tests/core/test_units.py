import re
from fractions import Fraction
from itertools import product

import pint
import pytest

from crossblock.core import units
from crossblock.core.quantity import DIMENSIONS

PEER = pint.UnitRegistry(str(units.TABLE))
NAMES = [n for n in units.table() if n != "%"]
WRITTEN = [
    *NAMES,
    *(f"1/{n}" for n in NAMES),
    *(f"{a}/{b}" for a, b in product(NAMES, NAMES)),
    *(f"{a}/{b}/{c}" for a, b, c in product(("mL", "L", "ug"), ("kg", "nmol", "ng"), ("min", "h"))),
]


def test_every_name_of_the_file_is_known() -> None:
    text = units.TABLE.read_text(encoding="utf-8")
    defined = re.findall(r"^(\w+) = ", text, flags=re.MULTILINE)
    assert defined
    assert set(defined) <= set(units.table())
    assert "_" not in units.table()


def test_factors_are_exact() -> None:
    assert units.unit("min").factor == Fraction(1, 60)
    assert units.unit("lb").factor == Fraction("0.45359237")
    assert units.unit("mL/nmol/min").factor == Fraction(60, 1000)


def test_body_mass_and_drug_mass_stay_apart() -> None:
    assert units.converted(1.0, units.unit("mg"), units.unit("kg")) is None
    assert units.unit("mg/kg").powers == {"[drug_mass]": 1, "[body_mass]": -1}


@pytest.mark.parametrize("canonical", sorted({c for c, _ in DIMENSIONS.values()}))
def test_a_public_unit_library_agrees_on_every_product(canonical: str) -> None:
    """pint reads the same file: the same units are compatible, with factors equal to 2e-15."""
    wanted, there = units.unit(canonical), PEER.Quantity(1.0, canonical)
    seen = 0
    for text in WRITTEN:
        here = units.converted(1.0, units.unit(text), wanted)
        other = PEER.Quantity(1.0, text)
        assert (here is not None) == other.is_compatible_with(there), text
        if here is not None:
            assert here == pytest.approx(float(other.to(canonical).magnitude), rel=2e-15), text
            seen += 1
    assert seen


def test_what_is_beyond_a_float_is_said() -> None:
    with pytest.raises(OverflowError):
        units.converted(1e308, units.unit("wk"), units.unit("h"))


def test_an_unknown_name_is_not_guessed() -> None:
    with pytest.raises(KeyError):
        units.unit("hours")
