"""Strokes put together as plain specifications."""

from crossblock.report import compose, layers


def stroke() -> object:
    return layers.base([{"x": 1.0}]).mark_point().encode(x="x:Q")


def test_a_stroke_loses_what_belongs_to_the_page() -> None:
    spec = compose.view(stroke())
    assert set(spec) == {"data", "mark", "encoding"}
    assert spec["data"]["values"] == [{"x": 1.0}]


def test_layers_share_a_size_and_keep_named_scales_apart() -> None:
    spec = compose.layer(stroke(), stroke(), size=(10, 20), own=("color",))
    assert len(spec["layer"]) == 2
    assert (spec["width"], spec["height"]) == (10, 20)
    assert spec["resolve"] == {"scale": {"color": "independent"}}


def test_rows_and_columns_nest() -> None:
    spec = compose.column(compose.row(stroke(), stroke(), spacing=3), stroke(), spacing=5)
    assert len(spec["vconcat"]) == 2
    assert len(spec["vconcat"][0]["hconcat"]) == 2
    assert spec["resolve"]["scale"]["x"] == "independent"
