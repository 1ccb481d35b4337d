import math
from dataclasses import replace

from crossblock.report import washout
from tests.report.planned import plan


def test_the_band_without_an_end_is_said_under_the_title() -> None:
    w = plan().washout
    assert w is not None
    figure = washout.figure(plan(), w)
    assert "no upper end" in figure.subtitle
    assert ">effect, 4-day half-life (assumed)<" in figure.svg
    assert ">21 d<" in figure.svg


def test_the_axis_holds_a_blockade_that_lasts_longer() -> None:
    w = plan().washout
    assert w is not None
    assert washout.horizon(w) == 42.0
    assert washout.horizon(replace(w, blockade_d=(68.0, 53.0, 86.0))) == 91.0
    assert washout.horizon(replace(w, blockade_d=(68.0, 53.0, math.inf))) == 112.0


def test_the_table_sets_both_decays_beside_each_other() -> None:
    w = plan().washout
    assert w is not None
    rows = {r[0]: r for r in washout.figure(plan(), w).table.rows}
    # pharmacology.md, section 7: a 12-day half-life leaves 30 % at 21 d
    assert rows["21 days"][2].startswith("29.7")
    assert rows["21 days"][2].endswith("to 100)")
    assert rows["14 days"][3] == "8.84"  # 0.5 ** (14 / 4), from the day of the drug
    bare = washout.figure(replace(plan(), illustrative=None), w)
    assert len(bare.table.headers) == 3
