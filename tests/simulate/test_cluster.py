"""A Dask cluster gives the bytes of this machine; one that does not answer is said."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import pytest

from crossblock.core.errors import InputError
from crossblock.simulate import cluster
from crossblock.simulate.batch import run
from crossblock.simulate.chunk import job
from crossblock.simulate.cluster import connected
from crossblock.simulate.processes import single_threaded


@pytest.fixture(scope="module")
def two_workers() -> Iterator[str]:
    distributed: Any = importlib.import_module("distributed")
    with (
        single_threaded(),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as made,
    ):
        yield made.scheduler_address


def test_two_dask_workers_give_the_same_bytes(two_workers: str, textbook: object) -> None:
    task = job(textbook(people=6, fraction=0.28), trials=1100, seed=1)  # type: ignore[operator]
    with connected(two_workers) as executor:
        assert repr(run(task, executor=executor)) == repr(run(task))


def test_a_cluster_that_does_not_answer_is_said() -> None:
    with (
        pytest.raises(InputError, match="does not answer") as refused,
        connected("tcp://127.0.0.1:9", patience_s=0.5),
    ):
        pass
    assert "--local" in refused.value.problems[0].fix


def test_without_the_extra_the_error_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def absent(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(cluster, "import_module", absent)
    with pytest.raises(InputError, match="not installed"), connected("tcp://127.0.0.1:9"):
        pass
