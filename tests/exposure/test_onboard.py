import pytest

from crossblock.core.errors import InputError
from crossblock.core.quantity import parse
from crossblock.core.streams import Stream
from crossblock.domain.dose import Dose, Route
from crossblock.domain.onboard import Medication
from crossblock.domain.receptor import ReceptorId
from crossblock.exposure.onboard import NO_ADVICE, on_board, on_boards
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


def test_entries_of_one_compound_are_added_and_what_was_filled_in_is_said():
    depot = Medication(
        compound="naltrexone",
        doses=(Dose(start_h=-14 * 24.0, amount=380, route=Route.DEPOT),),
        said="depot 380 mg, 14 d ago",
        taken=("one injection",),
    )
    tablet = Medication(
        compound="naltrexone", doses=(Dose(start_h=-24.0, amount=50, route=Route.ORAL),)
    )
    (both,) = on_boards([depot, tablet], {"naltrexone": NALTREXONE}, stream=PEOPLE)
    (alone,) = on_boards([depot], {"naltrexone": NALTREXONE}, stream=PEOPLE)
    assert both.held[0].fraction > alone.held[0].fraction
    assert both.assumed[0] == "one injection"
    assert any("overlap" in w for w in both.warnings)
    at_session = both.course.value[both.course.time_h == 0.0]
    assert at_session == pytest.approx(100 * both.held[0].fraction)


def test_a_measured_level_is_converted_and_its_reach_is_said():
    level = parse("2.1 ng/mL", dimension="concentration")
    taken = [Medication(compound="buprenorphine", level=level)]
    (found,) = on_boards(taken, {"buprenorphine": compound("buprenorphine")}, stream=PEOPLE)
    C = 2.1 / 467.64 * 1000  # nmol/L
    yassen, volpe = 0.0172 / 0.09493, 0.22  # nmol/L: koff / kon, and Ki
    assert found.held[0].high == pytest.approx(C / (C + yassen))
    assert found.held[0].low == pytest.approx(C / (C + volpe))
    assert any("taken as the level at the receptor" in w for w in found.warnings)


def test_a_level_of_a_compound_without_molar_mass_is_refused():
    level = parse("300 ng/mL", dimension="concentration")
    taken = [Medication(compound="methadone", level=level)]
    with pytest.raises(InputError, match="no molar mass"):
        on_boards(taken, {"methadone": compound("methadone")}, stream=PEOPLE)
