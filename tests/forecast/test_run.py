"""From names and files to forecasts: defaults, stated odds, refusals, plain values."""

import json

import pytest

from crossblock.cli.output import plain
from crossblock.core.errors import CatalogError, InputError
from crossblock.forecast.run import (
    ALIVE,
    Ask,
    names_of,
    run_forecast,
    run_person,
    summary,
)

SMALL = {"days": 56.0, "people": 80}


def test_six_mechanisms_are_alive_unless_some_are_named():
    found = run_forecast(Ask(regimen="ketamine-twice-weekly", **SMALL)).forecast
    assert tuple(found.tracks) == ALIVE
    one = run_forecast(Ask(regimen="ketamine-twice-weekly", mechanisms=("h1",), **SMALL))
    assert tuple(one.forecast.tracks) == ("h1",)


def test_weights_of_the_user_are_said_to_be_theirs():
    ask = Ask(regimen="ketamine-twice-weekly", weights={"h1": 1.0, "h3b": 3.0}, **SMALL)
    found = run_forecast(ask).forecast
    assert found.setup.weights_from == "the user"
    assert found.setup.weights == {"h1": 0.25, "h3b": 0.75}


def test_policies_bend_the_regimen_that_was_asked_for():
    ask = Ask(regimen="esketamine-nasal", policies=("weekly",), mechanisms=("h1",), **SMALL)
    found = run_forecast(ask).comparison
    assert found.forecasts["weekly"].regimen.drug == "esketamine"


def test_stated_odds_are_computed_and_stay_amber():
    ask = Ask(
        regimen="ketamine-on-methadone", odds={"methadone": 2.0}, mechanisms=("h3a",), **SMALL
    )
    found = run_forecast(ask).forecast
    assert not any("not computed" in f for f in found.flags)
    assert any("stated by the user" in a for a in found.assumed)


@pytest.mark.parametrize("odds", [{"morphine": 1.0}, {"methadone": -1.0}])
def test_odds_that_make_no_sense_are_refused(odds):
    with pytest.raises(InputError, match="odds at the receptor"):
        run_forecast(Ask(regimen="ketamine-on-methadone", odds=odds, **SMALL))


def test_unknown_names_are_refused():
    with pytest.raises(CatalogError, match="regimens"):
        run_forecast(Ask(regimen="nothing", **SMALL))
    with pytest.raises(InputError, match="pair"):
        names_of(["h1"])
    assert names_of(["h1=0.3", "h2 = 1"]) == {"h1": 0.3, "h2": 1.0}


def test_a_summary_is_json_without_numbers_that_are_none():
    found = run_forecast(Ask(regimen="mu-agonist-twice-weekly", mechanisms=("h1",), **SMALL))
    text = json.dumps(plain(summary(found.forecast)), allow_nan=False)
    assert "not a probability" in text


def test_a_person_from_a_file(tmp_path):
    file = tmp_path / "p.csv"
    file.write_text("day,score,dose\n0,,0.5 mg/kg\n1,20,\n7,18,0.5 mg/kg\n8,15,\n")
    found, history = run_person(file, baseline=33.0)
    assert len(history.sessions) == 2
    assert found.next_day == 9.0


def test_a_dose_above_the_usual_range_is_kept_and_said(tmp_path):
    file = tmp_path / "p.csv"
    rows = "0,,0.5 mg/kg,iv\n7,18,112.5 mg,iv\n14,18,150 mg,im\n21,17,168 mg,nasal\n"
    file.write_text(f"day,score,dose,route\n{rows}")
    found, history = run_person(file, baseline=33.0, weight_kg=75.0)
    assert [s.dose.amount for s in history.sessions] == [0.5, 112.5, 150.0, 168.0]
    said = [n for n in found.notes if "above the usual range" in n]
    assert said == [
        "1 of 4 doses (up to 112.5 mg) are above the usual range of 7.5 to 75 mg: they are kept "
        "and computed",
        "1 of 4 doses (up to 168 mg) are above the usual range of 0 to 84 mg: they are kept and "
        "computed",
    ]
