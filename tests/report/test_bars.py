"""Bars with their Monte Carlo error."""

from crossblock.report import bars
from crossblock.report.figure import Figure, Table, Words
from crossblock.report.theme import NARROW, WIDE

WORDS = Words(title="Odds", subtitle="read", description="odds of mechanisms", sentence="O.")
TABLE = Table(headers=("mechanism",), rows=(("one",),))


def odds(**more: object) -> Figure:
    rows = [
        bars.Bar(label="gated", value=0.6, low=0.55, high=0.65, text="60 % (±5)", lead=True),
        bars.Bar(label="expectancy", value=0.4, low=0.35, high=0.45, text="40 % (±5)"),
    ]
    scale = bars.Scale(title="probability", end=1.0, percent=True, **more)  # type: ignore[arg-type]
    return bars.figure(id="odds", bars=rows, scale=scale, words=WORDS, table=TABLE)


def test_labels_and_numbers_stand_beside_every_bar() -> None:
    figure = odds()
    for drawn in (figure.svg, figure.narrow):
        for words in ("gated", "expectancy", "60 % (±5)", "40 % (±5)", "probability"):
            assert f">{words}<" in drawn


def test_error_is_always_drawn() -> None:
    # one white edge and one line over it for each of the two bars
    assert odds().svg.count('stroke-width="1.6"') == 2


def test_a_line_to_compare_with_is_named() -> None:
    assert ">likely<" in odds(line=0.9, line_label="likely").svg


def test_it_fits_the_page() -> None:
    figure = odds(line=0.9, line_label="would be called likely")
    assert f'viewBox="0 0 {WIDE.width} ' in figure.svg
    assert f'viewBox="0 0 {NARROW.width} ' in figure.narrow
