"""The strokes that pictures are made of."""

import altair as alt

from crossblock.report import compose, layers
from crossblock.report.theme import GROUND, INK


def test_haloed_words_stand_on_a_white_edge() -> None:
    spec = layers.haloed([{"text": "a"}], x=alt.value(0), y=alt.value(0))
    under, over = (part["mark"] for part in spec["layer"])
    assert (under["stroke"], under["color"], over["color"]) == (GROUND, GROUND, INK)


def test_a_scale_is_not_rounded_outward() -> None:
    scale = layers.scale(0.3, 9.7).to_dict()
    assert scale["domain"] == [0.3, 9.7]
    assert scale["nice"] is False


def test_y_titles_are_level() -> None:
    assert layers.axis_y("points").to_dict()["titleAngle"] == 0


def test_a_rule_stands_at_its_value() -> None:
    spec = compose.view(layers.rule_at(2.5, axis="y"))
    assert spec["encoding"]["y"] == {"datum": 2.5}


def test_long_words_wrap_at_spaces_only() -> None:
    assert layers.wrapped("one two three", 7 * 7.2) == ["one two", "three"]
    assert layers.wrapped("unbreakable", 10.0) == ["unbreakable"]


def test_percentages_have_a_thin_space() -> None:
    assert "\u202f%" in layers.percent_labels()["labelExpr"]
