"""The protocol as a value: its hash, its amber list, what its sources disagree on, look-ups."""

import pytest

from crossblock.core.errors import ProtocolError
from crossblock.load import protocol as load
from tests.golden.cases import STUDY, changed

PEOPLE = "[participants]\nplanned = 30\n"


def study(*changes):
    return load.parse(changed(STUDY, *changes).encode(), "study.toml")


def test_the_hash_is_of_content_and_not_of_spelling():
    base = study()
    assert len(base.sha256) == 64
    same = [
        study(('start = "45 min"', 'start = "0.75 h"  # a comment')),
        study(('start = "45 min"', 'start = { value = "45 min" }')),
        study((PEOPLE, ""), ("[design]", f"{PEOPLE}[design]")),
        study(("[analysis]", "[analysis]\nlevel = 0.95")),
    ]
    assert {p.sha256 for p in same} == {base.sha256}


@pytest.mark.parametrize(
    "change",
    [
        ('start = "45 min"', 'start = "46 min"'),
        ("planned = 30", "planned = 31"),
        ('dose = "50 mg"', 'dose = { value = "50 mg", confidence = "memory" }'),
        ("Adults with depression", "Adults with depressions"),
        ('"ob", conditions = ["open", "blocked"]', '"oo", conditions = ["open", "blocked"]'),
    ],
)
def test_any_change_of_content_changes_the_hash(change):
    assert study(change).sha256 != study().sha256


def test_assumptions_are_every_value_that_nobody_read():
    found = {a.path: (a.value, a.confidence) for a in study().assumptions()}
    assert found == {
        "population.as_run.failed_treatments": ("4", "memory"),
        "administrations.drug.duration": ("40 min", "assumed"),
    }


def test_disagreements_keep_both_statements():
    base = study(
        ("planned = 30", 'planned = { value = 30, also = [{ value = 36, confidence = "memory" }] }')
    )
    found = {d.path: d.statements for d in base.disagreements()}
    assert found == {
        "participants.planned": (("30", "decided"), ("36", "memory")),
        "population.failed_treatments": (("2", "registry"), ("4", "memory")),
    }


def test_clock_and_look_ups():
    base = study()
    assert base.drug_start_h == 0.75
    assert base.visit_h("d1") == 24.75
    assert base.visit_h("baseline") == -24.0
    assert [a.id for a in base.given("blocked")] == ["blocker", "drug"]
    assert base.sequence_conditions == (("open", "blocked"), ("blocked", "open"))
    assert base.score_ids == ("hamd17", "hamd6", "hamd17.item3")
    assert base.compound_ids == ("naltrexone", "ketamine")
    assert base.estimand("blockade").test == base.condition("blocked").id
    assert base.sequence("ob").conditions[0] == "open"
    assert base.endpoint("mood").visit == "d1"
    assert (base.periods, base.condition_ids, base.sequence_ids) == (
        2,
        ("open", "blocked"),
        ("ob", "bo"),
    )
    assert base.visit_ids == ("baseline", "d1", "d7")


def test_an_unknown_id_is_named():
    with pytest.raises(ProtocolError, match="use one of: baseline, d1, d7"):
        study().visit("d2")
