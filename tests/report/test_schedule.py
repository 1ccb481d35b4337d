"""The schedule of any protocol on two axes."""

import pytest

from crossblock.domain.protocol import Protocol
from crossblock.load import protocol as load
from crossblock.report import schedule
from crossblock.report.theme import NARROW, WIDE


def test_a_crossover_names_conditions_washout_and_memory(nimh: Protocol) -> None:
    figure = schedule.figure(nimh)
    assert figure.title == (
        "Each person receives both conditions, 14 days apart, in one order or the other"
    )
    assert "washout 14 days (from memory)" in figure.svg
    assert "ketamine infusion 0.5 mg/kg over 40\u202fmin (from memory)" in figure.svg


def test_the_table_says_when_and_how_known(nimh: Protocol) -> None:
    rows = schedule.figure(nimh).table.rows
    assert ("every condition", "rating: days 2–3", "2.5 days after the drug", "sourced") in rows
    assert ("saline", "saline infusion over 40\u202fmin", "0\u202fh", "assumed") in rows


def test_blocker_and_placebo_are_drawn_apart(williams: Protocol) -> None:
    figure = schedule.figure(williams)
    assert "naltrexone capsule 50 mg" in figure.svg
    assert "placebo capsule" in figure.svg
    assert "minutes from naltrexone intake" in figure.svg


@pytest.mark.parametrize("name", ["becker-2023", "krystal-1999", "williams-2018"])
def test_other_designs_fit_the_page(name: str) -> None:
    figure = schedule.figure(load.read(name))
    assert f'viewBox="0 0 {WIDE.width} ' in figure.svg
    assert f'viewBox="0 0 {NARROW.width} ' in figure.narrow
