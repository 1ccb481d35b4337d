"""The page on planning names every option of the verb and every file of the kit."""

from pathlib import Path

from crossblock.cli.plan import command
from crossblock.plan.questions import questions

PAGE = (Path(__file__).parents[2] / "docs" / "plan.md").read_text(encoding="utf-8")


def test_every_option_is_explained() -> None:
    for parameter in command.params:
        for name in parameter.opts:
            if name.startswith("--"):
                assert name in PAGE, name


def test_the_files_of_the_kit_are_named() -> None:
    for name in ("protocol.toml", "protocol.md", "analysis-plan.md", "tables.md", "sample-size.md"):
        assert f"`{name}`" in PAGE


def test_what_each_question_needs_is_said() -> None:
    for q in questions(0.28):
        assert q.needs in PAGE, q.needs
