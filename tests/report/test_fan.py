"""Fans of trajectories."""

from crossblock.report import curves, fan


def test_medians_are_named_and_the_widest_band_is_tabled() -> None:
    x = (0.0, 7.0, 14.0)
    middle = (30.0, 20.0, 18.0)
    wide = (0.9, (25.0, 12.0, 10.0), (35.0, 28.0, 27.0))
    tight = (0.5, (28.0, 17.0, 15.0), (32.0, 23.0, 21.0))
    fans = [fan.Fan(label="gated", x=x, middle=middle, bands=(tight, wide), cell="blocked")]
    figure = fan.figure(
        id="fan",
        fans=fans,
        axes=curves.Axes(x="days", y="MADRS, points"),
        title="It fades",
        sentence="It fades after a week.",
        levels=[curves.Level(value=12.0, label="remission")],
    )
    assert (
        figure.subtitle == "Line: the median. Bands: the middle 50\u202f% and 90\u202f% of people."
    )
    assert figure.table.headers[-1] == "90\u202f% of people"
    assert figure.table.rows[1] == ("gated", "7", "20.0", "12.0 to 28.0")
    assert ">gated<" in figure.svg
    assert ">remission<" in figure.narrow
