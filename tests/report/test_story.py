"""The shape of a story."""

import pytest

from crossblock.report.story import Run, Story, Tile, paragraph, strong


def test_a_first_screen_carries_three_numbers_at_most() -> None:
    tiles = tuple(Tile(value=str(k), words="n") for k in range(4))
    with pytest.raises(ValueError, match="at most three"):
        Story(kicker="", question="", answer=(), tiles=tiles)


def test_paragraphs_mix_plain_and_strong_words() -> None:
    assert paragraph("a ", strong("b")) == (Run(text="a "), Run(text="b", strong=True))


def test_figures_are_those_of_all_sections(story: Story) -> None:
    assert [f.id for f in story.figures][:3] == ["schedule", "drugs", "flow"]
