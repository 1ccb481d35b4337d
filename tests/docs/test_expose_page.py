"""docs/expose.md is fresh: every option is explained, and the examples run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from crossblock.cli.expose import command
from tests.cli.running import run

PAGE = (Path(__file__).parents[2] / "docs" / "expose.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^crossblock (expose .*)$", PAGE, re.MULTILINE)
OPTIONS = sorted(o for p in command.params for o in p.opts if o.startswith("-"))


@pytest.mark.parametrize("option", OPTIONS)
def test_every_option_is_explained(option: str) -> None:
    assert re.search(rf"^\|.*`{option}`.*\|", PAGE, re.MULTILINE)


def test_the_page_was_read() -> None:
    assert len(EXAMPLES) >= 10
    assert {"--want", "--on-board", "--csv", "-o"} <= set(OPTIONS)


@pytest.mark.parametrize("line", EXAMPLES)
def test_every_example_runs(
    line: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    words = shlex.split(line)
    ran = run(capsys, *words)
    assert ran.status == 0, ran.err
    for option in ("-o", "--csv"):
        if option in words:
            assert (tmp_path / words[words.index(option) + 1]).stat().st_size > 10_000
