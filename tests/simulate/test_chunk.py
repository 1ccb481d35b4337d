import numpy as np
import pytest

from crossblock.simulate.chunk import job, pack, run_chunk, unpack
from crossblock.simulate.world import World


def test_a_chunk_is_a_function_of_its_number(textbook: object) -> None:
    world: World = textbook(people=8)  # type: ignore[operator]
    task = job(world, trials=900, seed=3, endpoint="hamd17")
    assert task.chunks == 4
    where, content = run_chunk(task, 2)
    assert run_chunk(task, 2) == (where, content)
    rows = unpack(content)
    assert rows["trial"].tolist() == list(range(500, 750))


def test_bytes_survive_the_way_there_and_back(textbook: object) -> None:
    world: World = textbook(people=8)  # type: ignore[operator]
    rows = unpack(run_chunk(job(world, trials=10, seed=3), 0)[1])
    assert pack(unpack(pack(rows))) == pack(rows)
    with pytest.raises(ValueError):  # noqa: PT011 - what numpy says to bytes that are no array
        unpack(b"not an array")


def test_identity_is_what_decides_the_numbers(textbook: object) -> None:
    world: World = textbook(people=8)  # type: ignore[operator]
    one = job(world, trials=10, seed=3)
    assert job(world, trials=5000, seed=3).identity == one.identity
    assert job(world, trials=10, seed=4).identity != one.identity
    other: World = textbook(people=8, icc=0.6)  # type: ignore[operator]
    assert job(other, trials=10, seed=3).identity != one.identity
    assert np.isfinite(one.effects.difference)
