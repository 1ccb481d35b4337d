import re

import pytest

from crossblock.domain.protocol import Protocol
from crossblock.domain.trial_plan import TrialPlan
from crossblock.load.protocol import parse, read
from crossblock.plan.kit import plan_kit
from crossblock.plan.kit_protocol import SECTIONS
from crossblock.plan.study import Ask, plan_study


@pytest.fixture(scope="module")
def williams() -> Protocol:
    return read("williams-2018")


@pytest.fixture(scope="module")
def plan(williams: Protocol) -> TrialPlan:
    return plan_study(williams, Ask(endpoint="hamd17", trials=0, mechanisms=("h1", "h3a")))


@pytest.fixture(scope="module")
def kit(williams: Protocol, plan: TrialPlan) -> dict[str, str]:
    return plan_kit(williams, plan)


def test_the_kit_holds_its_five_files(kit: dict[str, str]) -> None:
    assert sorted(kit) == [
        "analysis-plan.md",
        "protocol.md",
        "protocol.toml",
        "sample-size.md",
        "tables.md",
    ]
    study = parse(kit["protocol.toml"].encode(), "protocol.toml")
    for name in ("analysis-plan.md", "protocol.md"):
        assert study.sha256 in kit[name]


def test_every_section_stands_once_and_in_order(kit: dict[str, str]) -> None:
    found = re.findall(r"^##+ (.+)$", kit["protocol.md"], re.MULTILINE)
    assert found == [title for title, _ in SECTIONS]


def test_every_estimand_has_its_five_attributes(kit: dict[str, str]) -> None:
    study = parse(kit["protocol.toml"].encode(), "protocol.toml")
    for attribute in (
        "Treatment",
        "Population",
        "Variable",
        "Intercurrent events",
        "Population-level summary",
    ):
        rows = [r for r in kit["analysis-plan.md"].splitlines() if r.startswith(f"| {attribute} |")]
        assert len(rows) == len(study.estimands)


def test_what_is_assumed_is_marked_and_listed(kit: dict[str, str], plan: TrialPlan) -> None:
    assert "ASSUMED" in kit["protocol.md"]
    for value in plan.values:
        assert value.name in kit["sample-size.md"]
        assert (f"| {value.name} |" in kit["analysis-plan.md"]) is value.amber


def test_the_paragraph_says_the_computed_numbers(kit: dict[str, str], plan: TrialPlan) -> None:
    said, best = kit["sample-size.md"], plan.advised
    assert f"randomizes {best.budget.randomized} participants" in said
    assert f"{best.budget.completers} complete every period" in said
    assert f"is {100 * best.power[0.28]:.0f} % if the blocker removes 28 %" in said


def test_open_lines_say_what_people_must_write(kit: dict[str, str]) -> None:
    assert kit["protocol.md"].count("[to be written: ") > 8
    assert "[to be written: ]" not in kit["protocol.md"]


def test_tables_have_as_many_cells_as_heads(kit: dict[str, str]) -> None:
    for name in ("protocol.md", "analysis-plan.md", "tables.md", "sample-size.md"):
        for block in re.findall(r"(?:^\|.*\|$\n?)+", kit[name], re.MULTILINE):
            widths = {len(re.findall(r"(?<!\\)\|", line)) for line in block.strip().splitlines()}
            assert len(widths) == 1, block
