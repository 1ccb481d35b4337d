"""The same result for any number of workers and any interruption."""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Callable
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from crossblock.core.errors import InputError, OutputError
from crossblock.simulate import batch
from crossblock.simulate.batch import run
from crossblock.simulate.chunk import Job, job, run_chunk
from crossblock.simulate.store import open_store


@pytest.fixture(scope="module")
def task(textbook: object) -> Job:
    return job(textbook(people=6, fraction=0.28), trials=1100, seed=1)  # type: ignore[operator]


@pytest.fixture(scope="module")
def alone(task: Job) -> str:
    return repr(run(task))


def test_two_processes_give_what_one_gives(task: Job, alone: str) -> None:
    assert repr(run(task, workers=2)) == alone


def test_what_is_there_is_not_done_again(task: Job, alone: str, tmp_path: Path) -> None:
    store = open_store(tmp_path, task, resume=False, mixed=False)
    for k in (3, 1):
        store.write(k, run_chunk(task, k)[1])
    told: list[tuple[int, int]] = []
    assert repr(run(task, store=store, progress=lambda *x: told.append(x))) == alone
    assert told == [(3, 5), (4, 5), (5, 5)]
    assert repr(run(task, store=store, progress=lambda *x: told.append(x))) == alone
    assert len(told) == 3


def test_trials_beyond_those_asked_for_are_cut_off(task: Job, textbook: object) -> None:
    fewer = job(textbook(people=6, fraction=0.28), trials=300, seed=1)  # type: ignore[operator]
    assert run(fewer).group("all").people.n == 300
    assert run(task).group("all").people.n == 1100


class Deaf(Executor):
    """Runs every task at once, the first one on a machine of another fingerprint."""

    def submit(self, f: Callable[..., object], /, *args: object, **more: object) -> Future[object]:
        done: Future[object] = Future()
        _, content = f(*args, **more)  # type: ignore[misc]
        done.set_result(("another", content))
        return done


def test_any_executor_does_but_not_a_strange_machine(task: Job, alone: str) -> None:
    with pytest.raises(InputError, match="another fingerprint"):
        run(task, executor=Deaf())
    assert repr(run(task, executor=Deaf(), mixed=True)) == alone


class Mortal(Executor):
    """Dies on its second task, the first time it is used."""

    lives = 0

    def __init__(self, _: int, begin: Callable[[], object]) -> None:
        self.count = 0
        begin()

    def submit(self, f: Callable[..., object], /, *args: object, **more: object) -> Future[object]:
        self.count += 1
        if Mortal.lives == 0 and self.count == 2:
            Mortal.lives = 1
            raise BrokenProcessPool("killed")
        done: Future[object] = Future()
        done.set_result(f(*args, **more))
        return done


def test_a_dead_worker_costs_its_chunks_only(
    task: Job, alone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "processes", Mortal)
    assert repr(run(task, workers=2)) == alone
    assert Mortal.lives == 1


def test_a_chunk_is_asked_for_in_a_few_bytes(
    task: Job, alone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []

    class Weighed(Mortal):
        def submit(self, f: Callable[..., object], /, *args: object, **_: object) -> Future[object]:
            sent.append(len(pickle.dumps((f, args))))
            return super().submit(f, *args)

    monkeypatch.setattr(Mortal, "lives", 1)
    monkeypatch.setattr(batch, "processes", Weighed)
    assert repr(run(task, workers=2)) == alone
    assert len(sent) == task.chunks
    assert max(sent) < 200


def test_workers_that_keep_dying_end_the_run(task: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    class Dead(Mortal):
        def submit(self, *_: object, **__: object) -> Future[object]:
            raise BrokenProcessPool("killed")

    monkeypatch.setattr(batch, "processes", Dead)
    with pytest.raises(OutputError, match="keep dying"):
        run(task, workers=2)


def test_a_killed_process_is_replaced(task: Job, alone: str, tmp_path: Path) -> None:
    """SIGKILL one real worker after its first chunk."""
    store = open_store(tmp_path, task, resume=False, mixed=False)
    killed: list[int] = []

    def kill(done: int, chunks: int) -> None:
        if not killed:
            children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
            worker = _worker(children)
            killed.append(worker)
            os.kill(worker, signal.SIGKILL)

    assert repr(run(task, store=store, workers=2, progress=kill)) == alone
    assert killed


def _worker(children: list[str]) -> int:
    """Return a worker of this process, which is not the resource tracker."""
    for child in children:
        command = Path(f"/proc/{child}/cmdline").read_bytes()
        if b"resource_tracker" not in command:
            return int(child)
    raise AssertionError("no worker process was found")
