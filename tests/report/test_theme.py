"""The look holds without color, and every word can be read."""

from itertools import combinations

from crossblock.report import theme


def luminance(color: str) -> float:
    """Return relative luminance (WCAG 2.1) of #rrggbb."""
    parts = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_cells_differ_in_shape_and_in_dash_so_gray_paper_tells_them_apart() -> None:
    for one, other in combinations(theme.CELLS.values(), 2):
        assert one.shape != other.shape
        assert one.dash != other.dash


def test_the_colors_are_those_that_the_look_prescribes() -> None:
    assert {k: v.color for k, v in theme.CELLS.items()} == {
        "open": "#0072B2",
        "blocked": "#D55E00",
        "no_drug": "#8a94a3",
        "blocker_alone": "#CC79A7",
    }


def test_words_have_contrast_on_white() -> None:
    texts = [theme.INK, theme.MUTED, theme.AMBER_TEXT, *map(theme.color_of_text, theme.CELLS)]
    assert min(contrast(c, theme.GROUND) for c in texts) >= 4.5
    assert contrast(theme.INK, theme.AMBER_GROUND) >= 4.5
    assert contrast(theme.MUTED, theme.AMBER_GROUND) >= 4.5


def test_marks_stand_out_from_white_and_from_their_bands() -> None:
    for cell in theme.CELLS.values():
        assert contrast(cell.color, theme.GROUND) >= 2.9
        assert luminance(cell.tint) > luminance(cell.color)


def test_the_configuration_is_a_fresh_value() -> None:
    one = theme.config()
    one["font"] = "changed"
    assert theme.config()["font"] == theme.FONT
