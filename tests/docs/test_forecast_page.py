"""docs/forecast.md is fresh: every option is explained, and what it names exists."""

import re
from pathlib import Path

import pytest

from crossblock.cli.forecast import command
from crossblock.domain.target import Use
from crossblock.forecast.run import ALIVE
from crossblock.load.repeated_regimen import policy_names, regimen_names
from crossblock.load.target import targets

PAGE = (Path(__file__).parents[2] / "docs" / "forecast.md").read_text(encoding="utf-8")
OPTIONS = sorted(o for p in command.params for o in p.opts if o.startswith("-"))


@pytest.mark.parametrize("option", OPTIONS)
def test_every_option_is_explained(option):
    assert re.search(rf"^\|.*`{option}`.*\|", PAGE, re.MULTILINE)


def test_its_examples_name_what_is_shipped():
    lines = re.findall(r"^    crossblock forecast (.*)$", PAGE, re.MULTILINE)
    assert len(lines) >= 6
    for line in lines:
        words = line.split()
        assert words[0].startswith("--") or words[0] in regimen_names(), line
        for k, word in enumerate(words):
            if word == "--policy":
                assert words[k + 1] in policy_names()


def test_mechanisms_and_figures_are_counted_right():
    for name in ALIVE:
        assert f"`{name}`" in PAGE
    every = targets()
    assert f"for {len(every)} published figures" in PAGE
    assert sum(t.use is Use.FIT for t in every) == 16
    assert sum(t.use is Use.HELD_OUT for t in every) == 17
