import pytest

from crossblock.core.streams import Stream
from crossblock.domain.dose import Dose, Route
from crossblock.domain.receptor import ReceptorId
from crossblock.exposure.onboard import NO_ADVICE, on_board
from crossblock.load.compound import compound

PEOPLE = Stream(1, "on board")
NALTREXONE = compound("naltrexone")


def test_depot_naltrexone_names_what_is_held_found_and_unknown():
    depot = [Dose(start_h=0.0, amount=380, route=Route.DEPOT)]
    found = on_board(NALTREXONE, depot, 14 * 24.0, stream=PEOPLE)
    mu = next(h for h in found.held if h.receptor is ReceptorId.MU)
    assert mu.low < mu.fraction < mu.high
    assert any("dose_factor" in a for a in found.assumed)
    studies = {s.source.key for s in found.found}
    assert {"yoon-2019", "yoon-2025", "jelen-2025", "williams-2018"} <= studies
    assert found.unknown
    assert NO_ADVICE in found.warnings


def test_a_tablet_over_a_depot_is_allowed_and_said():
    doses = [
        Dose(start_h=0.0, amount=380, route=Route.DEPOT),
        Dose(start_h=14 * 24.0, amount=50, route=Route.ORAL),
    ]
    found = on_board(NALTREXONE, doses, 14 * 24.0 + 1, stream=PEOPLE)
    assert any("overlap" in w for w in found.warnings)


def test_an_agonist_level_becomes_occupancy_with_its_residence_time():
    found = on_board(compound("buprenorphine"), [], 0.0, stream=PEOPLE, nmol_per_l=1e6)
    assert found.held[0].fraction == pytest.approx(1.0, abs=1e-5)
    assert any("40 min" in w for w in found.warnings)


@pytest.mark.parametrize("name", ["methadone", "buprenorphine"])
def test_what_is_unknown_is_not_guessed(name):
    found = on_board(compound(name), [], 0.0, stream=PEOPLE)
    assert found.held == ()
    assert "unknown" in found.sentence
    assert "Not found" in found.sentence
    assert found.found[0].source.key == "marton-2019"


@pytest.mark.parametrize("name", ["naltrexone", "methadone", "buprenorphine"])
def test_texts_give_no_advice_and_claim_no_mechanism(name):
    c = compound(name)
    text = " ".join([*(s.text for s in c.on_board), *c.unknown]).lower()
    for word in ("should", "must", "recommend", "stop taking", "is an opioid"):
        assert word not in text
