import pytest

from crossblock.core.errors import InputError
from crossblock.load.people import truth
from crossblock.load.protocol import read
from crossblock.simulate.world import prepare


def test_the_catalogs_own_share_holds_unless_a_fraction_is_set() -> None:
    plain = prepare(read("williams-2018"), truth()).pharmacology
    told = prepare(read("williams-2018"), truth().with_values({"fraction": 0.0})).pharmacology
    assert plain is not None
    assert told is not None
    assert plain.mechanism["phi"] == 0.7
    assert told.mechanism["phi"] == pytest.approx(0.0, abs=1e-12)


def test_belief_brings_what_the_drug_does_not() -> None:
    told = truth().with_values({"specific": 0.6})
    known = prepare(read("williams-2018"), told).pharmacology
    assert known is not None
    assert known.believed == pytest.approx(0.4 * 0.734, abs=0.001)
    assert known.mechanism["fall"] == pytest.approx(1 - (1 - 0.52) ** 0.6)


@pytest.mark.parametrize("name", ["becker-2023", "krystal-1999"])
def test_what_the_mechanisms_cannot_carry_is_said(name: str) -> None:
    with pytest.raises(InputError, match="no sourced") as refused:
        prepare(read(name), truth())
    assert "gaussian" in refused.value.problems[0].fix


def test_a_response_without_the_drug_is_refused() -> None:
    with pytest.raises(InputError, match="needs the drug"):
        prepare(read("williams-2018"), truth().with_values({"specific": 0.0}))
