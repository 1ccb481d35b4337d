from dataclasses import replace

import pytest

from crossblock.core.errors import InputError
from crossblock.domain.evidence import Evidence, EvidenceRow, Use, contradictions, together
from crossblock.domain.fact import Confidence
from crossblock.domain.statistic import parse


def row(word: str = "mean", value: float = 20.0, **fields: object) -> EvidenceRow:
    statistic = parse(word)
    assert statistic is not None
    plain = EvidenceRow(
        study="A 2020",
        statistic=statistic,
        value=value,
        words="",
        endpoint="MADRS",
        units="points",
        confidence=Confidence.READ,
        source="table 1",
        drug="ketamine",
        n=20,
        file="mine.csv",
        line=2,
    )
    return replace(plain, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("confidence", "use"),
    [
        (Confidence.READ, Use.CALIBRATION),
        (Confidence.OPEN_DATA, Use.CALIBRATION),
        (Confidence.SECONDARY, Use.SENSITIVITY),
        (Confidence.MEMORY, Use.DISPLAY),
        (Confidence.ASSUMED, Use.DISPLAY),
    ],
)
def test_how_a_row_was_met_decides_its_use(confidence: Confidence, use: Use) -> None:
    assert row(confidence=confidence).use is use


def test_rows_from_memory_never_fit_and_secondary_ones_only_when_said() -> None:
    remembered, second = row(confidence=Confidence.MEMORY), row(confidence=Confidence.SECONDARY)
    everything = Evidence(rows=(remembered, second, row()))
    everything.fit_for([row()])
    everything.fit_for([second], secondary=True)
    with pytest.raises(InputError, match="secondary source"):
        everything.fit_for([second])
    with pytest.raises(InputError, match="nobody read this number"):
        everything.fit_for([remembered], secondary=True)


def test_two_values_of_one_figure_contradict_each_other() -> None:
    low, high = row(value=20.0), row(value=24.0, line=3)
    later = row(value=24.0, time_h=72.0, line=4)
    assert list(contradictions([low, high, later])) == [(low, high)]
    assert list(contradictions([low, row(line=3)])) == []


def test_a_count_that_is_not_its_rate_contradicts() -> None:
    count, rate = row("responders", 7, n=12), row("response_rate", 0.5833, n=12, line=3)
    assert list(contradictions([count, rate])) == []
    assert list(contradictions([count, replace(rate, value=0.65)]))


def test_contradictions_between_files_are_flagged_and_never_fitted() -> None:
    mine = Evidence(rows=(row(),), sources=("mine.csv",))
    other = row(value=30.0, file="yours.csv")
    both = together(mine, Evidence(rows=(other,), sources=("yours.csv",)))
    assert both.contested == {"mine.csv, line 2", "yours.csv, line 2"}
    assert "mine.csv, line 2: mean 20; yours.csv, line 2: mean 30" in str(both.flags[0])
    with pytest.raises(InputError, match="states the figure otherwise"):
        both.fit_for([other])


def test_rows_are_found_by_study_and_fields() -> None:
    everything = Evidence(rows=(row(), row(time_h=24.0, line=3)))
    assert [r.line for r in everything.of("A 2020", statistic="mean", time_h=24.0)] == [3]
    assert everything.of("B") == ()
    assert everything.studies == ("A 2020",)
