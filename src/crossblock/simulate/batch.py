"""Many chunks: on this machine or a cluster, in any order, killed and resumed, merged in order.

Any `concurrent.futures.Executor` does. By default it is processes of one thread each. A
worker that dies takes its chunks with it and nothing else: they are given out again.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial

from crossblock.core.errors import InputError, OutputError, Problem
from crossblock.domain.characteristics import Characteristics
from crossblock.simulate.characteristics import Frame, summarize, tally
from crossblock.simulate.chunk import Job, run_chunk, run_told, tell, unpack
from crossblock.simulate.fingerprint import digest
from crossblock.simulate.processes import processes, single_threaded
from crossblock.simulate.reading import Records
from crossblock.simulate.store import Store
from crossblock.simulate.tally import InOrder, Tally

AHEAD = 3  # chunks handed out for each worker, so that none waits
MOST_DEATHS = 3  # in a row without a finished chunk between them
Progress = Callable[[int, int], None]
Finished = Callable[[int, bytes], None]


def quiet(done: int, chunks: int) -> None:
    """Report no progress."""


def run(
    task: Job,
    *,
    store: Store | None = None,
    workers: int = 1,
    executor: Executor | None = None,
    mixed: bool = False,
    progress: Progress = quiet,
) -> Characteristics:
    """Run every chunk that is not there yet and return the operating characteristics.

    The result is the same bytes for any number of workers, any executor and any interruption on
    one fingerprint. `store` keeps chunks; without it only their sums are kept.
    """
    frame = Frame(world=task.world, asked=task.asked, effects=task.effects)
    sums = InOrder()

    def finished(number: int, content: bytes) -> None:
        if store is not None:
            store.write(number, content)
        sums.take(number, _tally(frame, task, number, unpack(content)))
        progress(task.chunks - len(missing) + len(done), task.chunks)

    missing = [k for k in range(task.chunks) if store is None or not store.has(k)]
    done: set[int] = set()
    if store is not None:
        for k in sorted(set(range(task.chunks)).difference(missing)):
            sums.take(k, _tally(frame, task, k, store.rows(k)))
    if executor is not None:
        work = partial(run_chunk, task)
        _hand_out(executor, work, missing, done, AHEAD * 16, finished, mixed=mixed)
    elif workers <= 1:
        for k in missing:
            _take(k, run_chunk(task, k), done, finished, mixed=mixed)
    else:
        _with_processes(task, missing, done, workers, finished, mixed=mixed)
    return summarize(frame, sums.total, trials=task.trials, seed=task.seed)


def _tally(frame: Frame, task: Job, number: int, rows: Records) -> Tally:
    """Return the sums of one chunk, without the trials beyond those asked for."""
    return tally(frame, rows[: task.trials - number * task.size])


def _take(
    number: int, result: tuple[str, bytes], done: set[int], finished: Finished, *, mixed: bool
) -> None:
    where, content = result
    if where != digest() and not mixed:
        raise InputError(
            Problem(
                what="a worker has another fingerprint than this machine",
                where=f"chunk {number}",
                why="its processor or its installation differ, so the bytes would",
                fix="use equal workers, or say --mixed to join their results all the same",
            )
        )
    done.add(number)
    finished(number, content)


def _hand_out(
    executor: Executor,
    work: Callable[[int], tuple[str, bytes]],
    missing: list[int],
    done: set[int],
    ahead: int,
    finished: Finished,
    *,
    mixed: bool,
) -> None:
    """Keep `ahead` chunks with the executor until all are back."""
    left = iter([k for k in missing if k not in done])
    waiting: dict[Future[tuple[str, bytes]], int] = {}
    try:
        while True:
            for k in left:
                waiting[executor.submit(work, k)] = k
                if len(waiting) >= ahead:
                    break
            if not waiting:
                return
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                _take(waiting.pop(future), future.result(), done, finished, mixed=mixed)
    finally:
        for future in waiting:
            future.cancel()


def _with_processes(
    task: Job,
    missing: list[int],
    done: set[int],
    workers: int,
    finished: Finished,
    *,
    mixed: bool,
) -> None:
    """Run chunks in processes of their own; a dead one costs its chunks only."""
    deaths = 0
    while len(done) < len(missing):
        before = len(done)
        try:
            with single_threaded(), processes(workers, partial(tell, task)) as pool:
                _hand_out(pool, run_told, missing, done, AHEAD * workers, finished, mixed=mixed)
        except BrokenProcessPool:
            deaths = deaths + 1 if len(done) == before else 0
            if deaths >= MOST_DEATHS:
                raise OutputError(
                    Problem(
                        what="worker processes keep dying",
                        value=f"{len(done)} of {len(missing)} chunks done",
                        why="the machine may be out of memory",
                        fix="use fewer workers; what is done is kept, so resume with --resume",
                    )
                ) from None
