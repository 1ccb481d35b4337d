import pytest

from crossblock.domain.odds import Odds, OddsRow


def row(label: str, p: float) -> OddsRow:
    return OddsRow(
        label=label, prior=0.5, probability=p, low=p, high=p, log_evidence=0.0, error=0.1
    )


def test_odds_are_found_by_label_and_know_the_most_probable() -> None:
    both = Odds(rows=(row("H1", 0.2), row("H5", 0.8)))
    assert both.of("H1").probability == 0.2
    assert both.most.label == "H5"
    with pytest.raises(StopIteration):
        both.of("H9")
