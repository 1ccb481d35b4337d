"""What a study of each size could have seen."""

import pytest

from crossblock.domain.analysis import StudyAnalysis
from crossblock.report import detectable


def test_the_studys_own_size_and_marked_sizes_are_named(
    analysis: StudyAnalysis, smallest: dict[int, float]
) -> None:
    figure = detectable.figure(analysis.endpoints[0], smallest, marked=(12, 13))
    # 0.60 and 0.90 SD (statistics.md) times the SD of 9.54 points (evidence.md)
    assert figure.title == "24 people could have seen 5.7 points, 12 people only 8.6"
    assert "estimated here: 6.8" in figure.svg


def test_the_table_holds_both_units(analysis: StudyAnalysis, smallest: dict[int, float]) -> None:
    rows = detectable.figure(analysis.endpoints[0], smallest).table.rows
    row = next(r for r in rows if r[0] == "12")
    assert float(row[2]) == pytest.approx(float(row[1]) * 9.54, abs=0.06)
