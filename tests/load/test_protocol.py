"""Protocols from files and from the catalog."""

import pytest

from crossblock.core.errors import ProtocolError
from crossblock.load import catalog, protocol
from tests.golden.cases import STUDY, changed

SHIPPED = catalog.names("protocols")


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_protocol_is_sound_and_sourced(name):
    found = protocol.read(name)
    assert found.id == name
    assert len(found.sha256) == 64
    assert found.limits
    assert found.assumptions()
    assert all(a.confidence in ("memory", "assumed") for a in found.assumptions())


def test_name_path_and_bytes_give_the_same_protocol():
    path = catalog.path("protocols", "williams-2018")
    by_name, by_path = protocol.read("williams-2018"), protocol.read(path)
    assert by_name == by_path == protocol.parse(path.read_bytes(), "x")
    assert by_name.sha256 == by_path.sha256


def test_williams_keeps_what_its_sources_disagree_on():
    found = protocol.read("williams-2018")
    people = found.participants
    numbers = [getattr(people, k).value for k in ("planned", "enrolled", "studied", "completed")]
    assert numbers == [30, 16, 14, 12]
    assert found.interim is not None
    assert [look.value for look in found.interim.looks] == [14]
    failures = {d.path: d.statements for d in found.disagreements()}["population.failed_treatments"]
    assert failures == (("2", "registry"), ("4", "news"))
    assert found.design.washout is not None
    assert found.design.washout.value.value == 30 * 24
    assert found.drug_start_h == 0.75
    assert {e.family for e in found.endpoints} == {
        "efficacy",
        "suicidality",
        "dissociation",
        "opioid_like",
    }


def test_the_nimh_dose_is_amber():
    paths = {a.path for a in protocol.read("nimh-ketamine-saline").assumptions()}
    assert {"administrations.ketamine.dose", "administrations.ketamine.duration"} <= paths


def test_a_blocker_may_come_after_the_drug():
    found = protocol.read("becker-2023")
    drug, blocker = found.given("blocked")
    assert (drug.role, blocker.role) == ("drug", "blocker")
    assert blocker.start_h == drug.start_h + 1.0


def test_a_factorial_has_its_four_cells_in_one_person():
    found = protocol.read("krystal-1999")
    assert {c.cell for c in found.conditions} == {"open", "blocked", "no_drug", "blocker_alone"}
    assert all(set(s) == set(found.condition_ids) for s in found.sequence_conditions)


ARMS = (
    ('periods = 2\nwashout = "30 d"', "periods = 1"),
    ('conditions = ["open", "blocked"]', 'conditions = ["open"]'),
    ('conditions = ["blocked", "open"]', 'conditions = ["blocked"]'),
)
SINGLE = (
    ('periods = 2\nwashout = "30 d"', "periods = 1"),
    (
        '  { id = "ob", conditions = ["open", "blocked"] },\n',
        '  { id = "o", conditions = ["open"] },\n',
    ),
    ('  { id = "bo", conditions = ["blocked", "open"] },\n', ""),
    ('test = "blocked"', 'test = "open"\nmeasure = "change from baseline"'),
    ('method = "permuted blocks"\nblock_sizes = [2, 4]', 'method = "none"'),
    ('model = "complete pairs"', 'model = "change from baseline"'),
)


@pytest.mark.parametrize(("changes", "kind"), [(ARMS, "parallel"), (SINGLE, "single arm")])
def test_other_designs_can_be_written(changes, kind):
    assert protocol.parse(changed(STUDY, *changes).encode(), "x").design.kind == kind


WILLIAMS_3 = """sequences = [
  { id = "s1", conditions = ["open", "blocked", "none"] },
  { id = "s2", conditions = ["open", "none", "blocked"] },
  { id = "s3", conditions = ["blocked", "open", "none"] },
  { id = "s4", conditions = ["blocked", "none", "open"] },
  { id = "s5", conditions = ["none", "open", "blocked"] },
  { id = "s6", conditions = ["none", "blocked", "open"] },
]"""


def test_a_three_period_williams_design_can_be_written():
    begin, end = STUDY.index("sequences = ["), STUDY.index("]\n\n[[visits]]") + 1
    third = (
        '[[conditions]]\nid = "none"\nlabel = "Placebo"\ncell = "no_drug"\nadministrations = []\n\n'
    )
    text = STUDY[:begin] + WILLIAMS_3 + STUDY[end:]
    text = changed(text, ("periods = 2", "periods = 3"), ("[design]", third + "[design]"))
    text = changed(text, ("block_sizes = [2, 4]", "block_sizes = [6]"))
    assert len(protocol.parse(text.encode(), "x").sequence_conditions) == 6


def test_a_depot_with_repeated_drug_can_be_written():
    text = changed(
        STUDY,
        ('route = "oral"\nstart = "0 min"', 'route = "im-depot"\nstart = "-4 d"'),
        ('start = "45 min"', 'start = "45 min"\nrepeat = { every = "7 d", count = 4 }'),
    )
    found = protocol.parse(text.encode(), "x")
    assert [len(a.doses()) for a in found.given("blocked")] == [1, 4]
    assert found.given("blocked")[0].doses()[0].start_h == -96.0


def test_structural_and_other_mistakes_are_reported_together_by_line():
    text = changed(STUDY, ("planned = 30", "planed = 30"), ("looks = [14]", "looks = [1]"))
    text = changed(text, ('visit = "d1"\nalso', 'visit = "d3"\nalso'))
    with pytest.raises(ProtocolError) as caught:
        protocol.parse(text.encode(), "x")
    lines = [int(p.where.split("line ")[1].split(",")[0]) for p in caught.value.problems]
    assert lines == sorted(lines)
    assert {p.what for p in caught.value.problems} >= {
        "unknown key planed",
        "unknown visit",
        "the number is too small",
    }
