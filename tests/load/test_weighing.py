import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from crossblock.core.errors import CatalogError, InputError
from crossblock.domain.evidence import Evidence, together
from crossblock.domain.weighed import Kind, Role, WeighedStudy, Weighing
from crossblock.load import evidence, weighing

HEAD = "study,drug,endpoint,statistic,value,n,time_h,units,confidence\n"
SHIPPED = weighing.shipped()
STUDY = """
schema = "crossblock/weighing/1"
[[study]]
id = "mine-2026"
title = "Mine 2026, a test"
evidence = "Mine 2026"
kind = "falls"
role = "mechanism"
endpoint = "MADRS"
statistic = "mean"
times_h = [24.0]
arm = [
  { label = "open", regimen = "ketamine", setting = "masked", n = 10, baseline = 30.0, drug = "k" },
  { label = "blocked", regimen = "ketamine-naltrexone", setting = "masked", n = 10, baseline = 30.0, drug = "k+n" },
]
"""  # noqa: E501
FALLS = ("Mine 2026,k,MADRS,mean,12,10,24,points,read in the paper",
         "Mine 2026,k+n,MADRS,mean,21,10,24,points,read in the paper")  # fmt: skip


def rows(folder: Path, *lines: str, name: str = "mine.csv") -> Evidence:
    path = folder / name
    path.write_text(HEAD + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return evidence.read(path, name)


def mine(text: str = STUDY) -> Weighing:
    return weighing.parse(text.encode(), "mine.toml", SHIPPED)


def test_the_shipped_studies_keep_calibration_and_hold_out_apart() -> None:
    roles = {s.id: s.role for s in SHIPPED.studies}
    held = {id for id, role in roles.items() if role is Role.HELD_OUT}
    assert held == {
        "nimh-day-10", "murrough-2013", "abdallah-2020", "yoon-2025", "karma-dep-2"
    }  # fmt: skip
    assert SHIPPED.families == ("williams", "jelen")
    assert not weighing.unfit(SHIPPED, evidence.shipped())


def test_doses_are_in_canonical_units() -> None:
    (depot,) = (r for r in SHIPPED.regimens if r.id == "ketamine-weekly-depot")
    assert [d.start_h for d in depot.drug_doses] == [0.0, 168.0, 336.0, 504.0]
    assert depot.drug_doses[0].duration_h == pytest.approx(40 / 60)
    assert depot.drug_doses[0].per_kg
    assert depot.blocker_doses[0].amount == 380.0
    assert depot.blocker_doses[0].start_h == -96.0


@pytest.mark.parametrize("study", [s for s in SHIPPED.studies if s.kind is not Kind.RATINGS])
def test_every_shipped_study_finds_its_rows(study: object) -> None:
    assert isinstance(study, WeighedStudy)
    found = weighing.outcome(study, evidence.shipped(), secondary=study.role is Role.HELD_OUT)
    assert found.rows
    assert all(r.study == study.evidence for r in found.rows)
    assert np.all(np.isfinite(found.value))


def test_a_test_enters_as_the_root_of_its_f() -> None:
    (row,) = evidence.shipped().of("Jelen 2025", statistic="F", time_h=24.0)
    assert row.value is not None
    found = weighing.outcome(SHIPPED.study("jelen-2025-mood"), evidence.shipped())
    assert float(found.value) == pytest.approx(math.sqrt(row.value))


def test_falls_are_shares_of_the_baseline(tmp_path: Path) -> None:
    found = weighing.outcome(mine().study("mine-2026"), rows(tmp_path, *FALLS))
    assert found.value == pytest.approx(np.array([[18 / 30], [9 / 30]]))


def test_an_interval_gives_its_standard_error(tmp_path: Path) -> None:
    text = STUDY.replace('"falls"', '"responses"').replace('"mean"', '"response_rate"')
    study = mine(text.replace('"MADRS"', '"MADRS response"')).study("mine-2026")
    lines = [
        'Mine 2026,k,MADRS response,response_rate,0.5,,24,"fraction (95% CI 0.3 to 0.7)",'
        "read in the paper",
        "Mine 2026,k+n,MADRS response,response_rate,0.5,,24,fraction,read in the paper",
    ]
    found = weighing.outcome(study, rows(tmp_path, *lines))
    assert found.se[0, 0] == pytest.approx(0.4 / (2 * 1.959964), rel=1e-5)
    assert found.se[1, 0] == pytest.approx(math.sqrt(0.25 / 10))


def test_rows_from_memory_never_enter_and_secondary_ones_only_when_asked(tmp_path: Path) -> None:
    study = mine().study("mine-2026")
    second = rows(tmp_path, FALLS[0], FALLS[1].replace("the paper", "secondary source"))
    with pytest.raises(InputError, match="read in a secondary source"):
        weighing.outcome(study, second)
    assert weighing.outcome(study, second, secondary=True).rows
    remembered = rows(tmp_path, FALLS[0], FALLS[1].replace("read in the paper", "from memory"))
    for secondary in (False, True):
        with pytest.raises(InputError, match="nobody read this number"):
            weighing.outcome(study, remembered, secondary=secondary)


def test_a_row_stated_twice_is_one_and_a_contradiction_leaves_its_study_out(
    tmp_path: Path,
) -> None:
    known = mine()
    study = known.study("mine-2026")
    twice = together(rows(tmp_path, *FALLS), rows(tmp_path, FALLS[0], name="again.csv"))
    assert weighing.outcome(study, twice).value[0, 0] == pytest.approx(0.6)
    other = rows(tmp_path, FALLS[0].replace(",12,", ",14,"), name="other.csv")
    both = together(rows(tmp_path, *FALLS), other)
    problem = weighing.unfit(known, both)
    assert list(problem) == ["mine-2026"]
    assert "mine.csv, line 2, other.csv, line 2" in str(problem["mine-2026"])
    with pytest.raises(InputError, match="another row states the figure otherwise"):
        weighing.outcome(study, both)


def test_a_contradiction_elsewhere_costs_the_study_nothing(tmp_path: Path) -> None:
    later = "Mine 2026,k,MADRS,mean,9,10,72,points,read in the paper"
    found = rows(tmp_path, *FALLS, later, later.replace(",9,", ",8,"))
    assert len(found.flags) == 1
    assert not weighing.unfit(mine(), found)
    assert weighing.outcome(mine().study("mine-2026"), found).value[0, 0] == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('regimen = "ketamine"', 'regimen = "ketamin"', "no such regimen"),
        ("times_h = [24.0]", "times_h = [25.0]", "not looked at then"),
        ("n = 10, baseline = 30.0, drug = \"k\"", "n = 0, baseline = 30.0, drug = \"k\"",
         "at least 3 people"),
        ("baseline = 30.0, drug = \"k\"", "baseline = 0.0, drug = \"k\"",
         "share of the baseline"),
        ('endpoint = "MADRS"', 'endpoint = ""', "must be found among the evidence rows"),
        ('"mine-2026"', '"lii-2023"', "two studies have this id"),
        ('kind = "falls"', 'kind = "test"', 'use statistic = "F"'),
        ('kind = "falls"', 'kind = "fals"', "kind"),
        ("setting", "seting", "seting"),
    ],
)  # fmt: skip
def test_a_study_that_cannot_hold_is_named(old: str, new: str, why: str) -> None:
    assert old in STUDY
    with pytest.raises(CatalogError) as refused:
        mine(STUDY.replace(old, new))
    assert why in str(refused.value)


def test_one_arm_cannot_be_compared() -> None:
    text = STUDY.replace('"falls"', '"event"')
    blocked = text[text.index('  { label = "blocked"') : text.rindex("]\n")]
    with pytest.raises(CatalogError, match="nothing can be compared with one arm"):
        mine(text.replace(blocked, ""))


def test_a_regimen_of_the_same_id_or_without_a_dose_is_named() -> None:
    regimen = '\n[[regimen]]\nid = "placebo"\nwords = "again"\nat_h = [0.0]\nlooks_h = [24.0]\n'
    with pytest.raises(CatalogError, match="two regimens have this id"):
        mine(STUDY + regimen)
    drug = regimen.replace('"placebo"', '"new"') + 'drug = "ketamine"\n'
    with pytest.raises(CatalogError, match=r"0\.5 mg/kg"):
        mine(STUDY + drug)


@pytest.mark.parametrize(
    ("kind", "line", "why"),
    [
        ("event", "Mine 2026,k,MADRS,responders,11,12,24,people,read in the paper",
         "from 0 to 10 people"),
        ("difference", "Mine 2026,k,MADRS,qualitative,smaller,10,24,,read in the paper",
         "a number is needed"),
        ("difference", "Mine 2026,k,BDI-II,mean_difference,2,10,24,,read in the paper",
         "0 rows say this"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_carry_a_result_is_named(
    tmp_path: Path, kind: str, line: str, why: str
) -> None:
    statistic = line.split(",")[3]
    text = STUDY.replace('"falls"', f'"{kind}"').replace('"mean"', f'"{statistic}"')
    found = rows(tmp_path, line)
    with pytest.raises(CatalogError) as refused:
        weighing.outcome(mine(text).study("mine-2026"), found)
    assert why in str(refused.value)


def test_a_share_above_one_is_named(tmp_path: Path) -> None:
    text = STUDY.replace('"falls"', '"responses"').replace('"mean"', '"percent"')
    line = "Mine 2026,k,MADRS,percent,45,10,24,%,read in the paper"
    found = rows(tmp_path, line, line.replace(",k,", ",k+n,"))
    with pytest.raises(CatalogError, match="between 0 and 1"):
        weighing.outcome(mine(text).study("mine-2026"), found)


def test_a_users_file_is_added_to_the_shipped_one(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(STUDY, encoding="utf-8")
    both = weighing.added(path, SHIPPED)
    assert [s.id for s in both.studies] == [*(s.id for s in SHIPPED.studies), "mine-2026"]
    assert replace(both.study("mine-2026"), id="x").kind is Kind.FALLS
