from dataclasses import replace

from crossblock.report import amounts
from crossblock.report.number import THIN
from tests.report.planned import plan


def test_the_dose_picture_says_what_the_wish_takes() -> None:
    figure = amounts.dose_figure(plan())
    assert figure is not None
    assert figure.title.startswith(f"90{THIN}% while ketamine runs in takes 61 mg")
    assert ">50 mg, as planned<" in figure.svg
    assert ">100<" in figure.svg
    assert amounts.dose_figure(replace(plan(), dose=None)) is None


def test_the_dose_table_holds_the_reference_limits() -> None:
    # pharmacology.md, section 2: 25 mg never above 90 %; above 80 % 44/78/98 h; under 5 % 10.7 d
    rows = {r[0]: r for r in amounts.dose_table(plan()).rows}
    assert rows["25"][-3:-1] == ("never", "never")
    assert [float(rows[d][-4]) for d in ("50", "100", "150")] == [43.4, 77.6, 97.5]
    assert rows["50"][-1] == "10.7"


def test_every_scan_is_in_the_table_with_its_misfit() -> None:
    figure = amounts.scan_figure(plan())
    assert figure is not None
    assert len(figure.table.rows) == 12
    assert "5.8 points" in figure.title
    assert "no test of it" in figure.subtitle
    worst = next(r for r in figure.table.rows if r[1] == "15 mg")
    assert worst[3:] == ("61.0", "72.9", "+11.9")
    assert amounts.scan_figure(replace(plan(), scan_curve=None)) is None


def test_ticks_are_round_and_inside() -> None:
    assert amounts.ticks(1.0, 242.0) == (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0)
    assert amounts.ticks(0.003, 0.02) == (0.005, 0.01, 0.02)
    assert amounts.ticks(0.0005, 2.0) == (0.001, 0.01, 0.1, 1.0)
