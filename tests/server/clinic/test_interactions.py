"""Interactions: found by the words people use, sourced, and without advice."""

import re

import pytest

from crossblock.server.clinic.interactions import every, found, unread
from crossblock.server.clinic.onboard import sentences_for


@pytest.mark.parametrize(
    ("line", "ids"),
    [
        ("naltrexone 50 mg daily", ["opioid-antagonist-oral"]),
        ("Naltrexone depot 380 mg monthly", ["opioid-antagonist-depot"]),
        ("Vivitrol", ["opioid-antagonist-depot"]),
        ("Suboxone 8 mg", ["buprenorphine"]),
        ("methadone 60 mg", ["opioid-agonist"]),
        ("oxycodone", ["opioid-agonist"]),
        ("lorazepam 1 mg", ["benzodiazepine"]),
        ("Lamictal 100 mg", ["lamotrigine"]),
        ("tranylcypromine 20 mg", ["maoi"]),
        ("lisdexamfetamine 30 mg", ["stimulant"]),
        ("sertraline 100 mg", []),
    ],
)
def test_found(line: str, ids: list[str]) -> None:
    assert [h.interaction.id for h in found([line])] == ids


def test_silence_is_not_safety() -> None:
    assert unread(["sertraline", "none", "methadone"]) == ("sertraline",)


def test_every_finding_has_its_source_and_nothing_advises() -> None:
    for one in every():
        assert one.schema_ == "crossblock/interaction/1"
        text = " ".join([one.plain, *(f.says for f in one.found), *one.unknown])
        assert not re.search(
            r"\b(should|must|avoid|stop the|recommend|do not|contraindicat)", text, re.I
        )
        for f in one.found:
            assert f.source in one.sources
            assert f.amber == (f.confidence in ("memory", "assumed"))


def test_the_command_is_safe_to_copy() -> None:
    (hit,) = found(['naltrexone 50 mg"; rm -rf / #'])
    assert hit.command == 'crossblock expose --on-board "naltrexone 50 mg rm -rf / "' or (
        '"' not in hit.command.removeprefix('crossblock expose --on-board "').removesuffix('"')
    )
    assert "#" not in hit.command


def test_one_click_says_what_is_on_board() -> None:
    (answer,) = sentences_for(found(["naltrexone 50 mg daily, last dose 24 h ago"]))
    assert answer.found is not None
    (bad,) = sentences_for(found(["naltrexone whenever I like"]))
    assert bad.found is None
    assert bad.why
