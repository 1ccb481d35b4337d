import pytest

from crossblock.report import competition
from tests.report.planned import plan


def test_the_shift_is_drawn_and_said() -> None:
    figure = competition.figure(plan())
    assert "8.4 times its level" in figure.title
    assert ">no blocker<" in figure.svg
    assert ">with naltrexone<" in figure.svg


def test_the_table_follows_the_law_of_mass_action() -> None:
    rows = {r[0]: r for r in competition.figure(plan()).table.rows}
    assert rows["1 times"][1] == "50"
    ratio = plan().shift.dose_ratio[0]
    middle = float(rows["10 times"][2].split(" ")[0])
    assert middle == pytest.approx(100 * 10 / (10 + ratio), abs=0.05)
