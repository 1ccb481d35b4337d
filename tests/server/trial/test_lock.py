"""The lock: only when nothing is open; then nothing is written, and the bundle reads back whole."""

from pathlib import Path

import numpy as np
import pytest

from crossblock.cli.sealing import write_folder
from crossblock.core.errors import AllocationError, RatingsError
from crossblock.load import bundle
from crossblock.load.codelist import open_sealed
from crossblock.load.sealed import new_key
from crossblock.server.record.door import writing
from crossblock.server.record.models import Participant, Query, QueryNote
from crossblock.server.roles import RefusedError, Role, Thing
from crossblock.server.trial import lock, procedures, unblinding
from tests.server.world import HAMD17, World


@pytest.fixture
def over(world: World) -> World:
    """Two participants, one withdrawn after three ratings, one completed in screening only."""
    person = world.started()
    world.rate(person, "d1", {**HAMD17, "item1": 3.0})
    world.rate(person, "d3")
    procedures.withdraw(world.actor(Role.COORDINATOR), person, "moved; =HYPERLINK(1)")
    other = world.gated()
    procedures.screen_failure(world.actor(Role.COORDINATOR), other, "changed mind")
    return world


def test_what_is_open_stands_in_the_way(lite: World) -> None:
    person = lite.started()
    half = {k: v for k, v in HAMD17.items() if k != "item5"}
    lite.rate(person, answers={**half, "item3": 3.0}, unanswered=("item5",))
    monitor = lite.actor(Role.MONITOR)
    with pytest.raises(RefusedError) as refused:
        lock.lock(monitor)
    words = str(refused.value)
    assert "1 queries are open" in words
    assert "2 alerts wait" in words
    assert "1 participants have neither completed nor left" in words
    query = Query.objects.get()
    with writing(monitor, "query.close", Thing.ASK, participant=person) as entry:
        entry.add(QueryNote(query=query, text="not asked", closes=True))
    assert "queries" not in "; ".join(lock.open_points())


def test_after_the_lock_nothing_is_written_but_a_code_break(over: World) -> None:
    with pytest.raises(RefusedError, match="may not write"):
        lock.lock(over.actor(Role.COORDINATOR))
    lock.lock(over.actor(Role.MONITOR))
    with pytest.raises(RefusedError, match="the study is locked"):
        procedures.enroll(over.actor(Role.COORDINATOR), "a", "late")
    with pytest.raises(RefusedError, match="the study is locked"):
        lock.lock(over.actor(Role.MONITOR))
    person = Participant.objects.get(code="A-001")
    unblinding.break_code(over.actor(Role.INVESTIGATOR), person, "emergency", "needed after lock")


def test_no_bundle_before_the_lock(lite: World) -> None:
    with pytest.raises(RefusedError, match="not locked"):
        lock.bundle_files()


def test_the_bundle_reads_back_as_it_was(over: World, tmp_path: Path) -> None:
    lock.lock(over.actor(Role.MONITOR))
    write_folder(tmp_path / "bundle", lock.bundle_files())
    found = bundle.read(tmp_path / "bundle")
    assert found.ratings.participants == ("A-001",)
    d1 = found.ratings.at("d1", "hamd17")
    assert (d1[0][0, 0, 0], d1[1][0, 0, 0]) == (18.0, True)
    assert found.ratings.at("d1", "hamd17.item3")[0][0, 0, 0] == 0.0
    assert int(found.ratings.observed.sum()) == 4
    assert found.manifest["chain_sound"] is True
    codes = open_sealed(found, over.folder.parent / "statistician.key")
    assert codes.sequence.shape == (1, 1)
    assert set(np.unique(codes.sequence)) <= {0, 1}
    reasons = [row for row in found.tables["steps"] if row[1] == "withdrawn"]
    assert reasons[0][0] == "A-001"


def test_the_bundle_holds_no_arm_in_clear(over: World) -> None:
    lock.lock(over.actor(Role.MONITOR))
    files = lock.bundle_files()
    for name, data in files.items():
        if name not in {"protocol.toml", "mapping.age"}:
            for word in over.protocol.sequence_ids:
                assert word.encode() not in data, name


def test_a_changed_bundle_or_a_wrong_key_is_refused(over: World, tmp_path: Path) -> None:
    lock.lock(over.actor(Role.MONITOR))
    write_folder(tmp_path / "bundle", lock.bundle_files())
    found = bundle.read(tmp_path / "bundle")
    (tmp_path / "key").write_text(new_key()[0])
    with pytest.raises(AllocationError, match="does not open"):
        open_sealed(found, tmp_path / "key")
    file = tmp_path / "bundle" / "ratings.csv"
    file.write_text(file.read_text().replace("18.0", "8.0"))
    with pytest.raises(RatingsError, match=r"bundle/ratings\.csv: this file is not the one"):
        bundle.read(tmp_path / "bundle")
