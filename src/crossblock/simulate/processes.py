"""Worker processes: one thread each, ended with the process that started them.

A fork starts at once, with everything read; a fork of a process with several threads may wait for
ever for one that was not copied. So a process of one thread forks, any other spawns.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
TASKS = Path("/proc/self/task")
TRIM, MMAP = (-1, 2**30), (-3, 2**25)  # glibc's mallopt: option and bytes, the most it takes


def start_method() -> str:
    """Return `fork` where this process is known to have a single thread, else `spawn`."""
    try:
        alone = len(list(TASKS.iterdir())) == 1
    except OSError:  # no such folder on this system: nothing is known
        alone = False
    return "fork" if alone else "spawn"


def processes(workers: int, begin: Callable[[], object]) -> ProcessPoolExecutor:
    """Return an executor of processes that end when this one is killed.

    Each calls `begin` once, before its first task; a forked one holds already what `begin` holds.
    """
    context = multiprocessing.get_context(start_method())
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(begin,))


def keep_memory() -> None:
    """Ask the C library not to give freed memory back: the next chunk needs just as much.

    Taking it anew costs a sixth of the time. Where the C library is another one, nothing happens.
    """
    with suppress(AttributeError, OSError, TypeError):
        library = ctypes.CDLL(None)
        for option, value in (TRIM, MMAP):
            library.mallopt(option, value)


def _begin(begin: Callable[[], object]) -> None:
    """Keep memory, and watch the parent: a killed driver must not leave workers behind."""
    keep_memory()
    begin()
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def single_threaded() -> Iterator[None]:
    """Let libraries that load within, and processes that start within, use one thread each."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
