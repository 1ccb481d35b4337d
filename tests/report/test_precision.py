from dataclasses import replace

from crossblock.report.precision import figure, judged, known
from tests.report.simulated import found


def test_ranges_and_coverage_stand_in_the_table() -> None:
    drawn = figure(found())
    assert known(found())
    assert drawn.title.startswith("The design tells 0")
    assert len(drawn.table.rows) == 6
    f = found()[0].group("all").fraction
    assert f is not None
    assert f"{100 * f.coverage.value:.1f}" in drawn.table.rows[0][4]


def test_the_judgment_follows_coverage_and_bounds() -> None:
    f = found()[0].group("all").fraction
    assert f is not None
    at = {c: judged(replace(f, coverage=replace(f.coverage, value=c))) for c in (0.95, 0.9, 0.99)}
    assert at[0.95] == "covers as promised"
    assert at[0.9].startswith("covers less")
    assert at[0.99].startswith("covers more")
    assert "unbounded" in judged(replace(f, bounded=replace(f.bounded, value=0.2)))
