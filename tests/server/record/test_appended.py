"""Row hashes: the same on both databases, different for every difference."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from crossblock.server.record.appended import Hashed, canonical, row_hash, tables
from crossblock.server.record.models import Participant
from tests.server.world import World

ROW = {"id": 1, "at": datetime(2026, 1, 2, tzinfo=UTC), "text": "é", "by_id": None}


def test_a_row_hashes_alike_after_it_was_stored(world: World) -> None:
    person = world.consented()
    assert Participant.objects.get(pk=person.pk).content_hash() == person.content_hash()


@given(st.text(max_size=20))
def test_every_difference_changes_the_hash(text: str) -> None:
    assert (row_hash({**ROW, "text": text}) == row_hash(ROW)) is (text == "é")


def test_order_of_columns_does_not_matter() -> None:
    assert row_hash(dict(reversed(ROW.items()))) == row_hash(ROW)
    assert canonical({"b": 1, "a": "é"}) == '{"a":"é","b":1}'


def test_many_rows_hash_like_one(world: World) -> None:
    world.rate(world.started())
    seen = 0
    for model in tables():
        hashed = Hashed(model)
        for row, values in zip(
            model.objects.order_by("pk"), model.objects.order_by("pk").values_list(*hashed.columns)
        ):
            assert hashed.of(values) == row.content_hash()
            assert values[hashed.key] == row.pk
            seen += 1
    assert seen > 60


def test_all_appended_tables_are_found() -> None:
    names = [str(m._meta.db_table) for m in tables()]
    assert names == sorted(names)
    assert {"record_version", "trial_allocation", "accounts_grant"} <= set(names)
