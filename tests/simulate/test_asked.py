import pytest

from crossblock.core.errors import InputError, ProtocolError
from crossblock.load.people import truth
from crossblock.load.protocol import read
from crossblock.simulate.asked import asked
from crossblock.simulate.world import prepare


def of(name: str, endpoint: str | None = None) -> object:
    return asked(prepare(read(name), truth(), 20), endpoint)


def test_the_primary_question_of_a_blockade_crossover() -> None:
    q = of("williams-2018")
    assert (q.score, q.visit, q.baseline) == ("hamd6", "d1", "baseline")
    assert (q.test, q.reference, q.sign) == ("blocked", "open", 1.0)
    assert q.cells == (("open", "open"), ("blocked", "blocked"))
    assert q.response == ("hamd17", 0.5)
    assert q.harm == "hamd17.item3"


def test_four_cells_pair_the_blocker_alone_by_its_dose() -> None:
    q = of("settling-trial")
    assert q.cells == (
        ("open", "open"),
        ("blocked", "blocked-50"),
        ("blocker_alone", "alone-50"),
        ("no_drug", "neither"),
    )
    assert q.qualifying == "qualifying"


def test_drug_against_saline_claims_the_other_direction() -> None:
    q = of("nimh-ketamine-saline")
    assert q.sign == -1.0
    assert q.cells == ()
    assert q.response is None


def test_arms_have_no_responders_to_the_other_arm() -> None:
    assert of("yoon-2025").response is None


def test_another_endpoint_may_be_asked() -> None:
    assert of("williams-2018", "madrs").score == "madrs"
    with pytest.raises(ProtocolError, match="no endpoint"):
        of("williams-2018", "hamd")
    with pytest.raises((InputError, ProtocolError)):
        of("williams-2018", "") and of("williams-2018", "nowhere")
