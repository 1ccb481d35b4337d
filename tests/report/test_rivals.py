import re

from crossblock.domain.prediction import Measurement, Predicted, Prediction, Predictions
from crossblock.report import rivals


def predictions() -> Predictions:
    rows = tuple(
        Prediction(
            mechanism=f"h{k}", label=f"H{k}", title="", claim="", error=0.0,
            cells={
                Measurement.RATIO: Predicted(value=v, low=v / 2, high=min(1.0, 2 * v), capped=c),
                Measurement.PLACEBO: Predicted(value=0.0, low=0.0, high=0.0),
            },
        )
        for k, (v, c) in enumerate([(0.2, 0.3), (0.8, 0.8)], start=1)
    )  # fmt: skip
    return Predictions(asked=(), rows=rows, parted={})


def test_the_twin_table_has_each_value_with_its_band_and_the_capped_link() -> None:
    table = rivals.figure(predictions()).table
    cells = [re.sub(r"\s", " ", c) for c in table.rows[0]]
    assert cells == ["H1", "20 % (10 to 40); 30 %", "0 % (0 to 0)"]
    assert "80" in table.rows[1][1]
    assert ";" not in table.rows[1][1]


def test_a_diamond_stands_only_where_the_links_differ() -> None:
    drawn = rivals.figure(predictions()).svg
    hollow = re.findall(r'<path[^>]*fill="#ffffff"[^>]*stroke="#1b2430"', drawn)
    assert len(hollow) == 1


def test_both_widths_name_every_rival_and_both_units() -> None:
    found = rivals.figure(predictions())
    for drawn in (found.svg, found.narrow):
        assert "H1" in drawn
        assert "H2" in drawn
        assert "% of the baseline score" in drawn
    assert "20" in found.title
    assert "80" in found.title
