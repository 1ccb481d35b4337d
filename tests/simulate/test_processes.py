"""Workers: forked from one thread, spawned from several, never left behind."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from crossblock.simulate import processes
from crossblock.simulate.processes import single_threaded, start_method


def test_threads_are_given_back() -> None:
    before = os.environ.get("OMP_NUM_THREADS")
    with single_threaded():
        assert os.environ["OMP_NUM_THREADS"] == "1"
    assert os.environ.get("OMP_NUM_THREADS") == before


def test_a_second_thread_forbids_the_fork() -> None:
    wait = threading.Event()
    other = threading.Thread(target=wait.wait)
    other.start()
    try:
        assert start_method() == "spawn"
    finally:
        wait.set()
        other.join()


def test_one_thread_forks_where_that_can_be_seen(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(processes, "TASKS", tmp_path / "nowhere")
    assert start_method() == "spawn"
    (tmp_path / "1").mkdir()
    monkeypatch.setattr(processes, "TASKS", tmp_path)
    assert start_method() == "fork"


DRIVER = """
import sys, time
from crossblock.simulate.processes import processes, single_threaded, start_method
with single_threaded(), processes(2, int) as pool:
    pool.submit(abs, 1).result()
    print(start_method(), *pool._processes, flush=True)
    time.sleep(60)
"""


def test_workers_end_with_a_killed_driver() -> None:
    driver = subprocess.Popen([sys.executable, "-c", DRIVER], stdout=subprocess.PIPE, text=True)
    assert driver.stdout is not None
    _, *workers = driver.stdout.readline().split()
    assert len(workers) >= 1
    driver.kill()
    driver.wait()
    left = workers
    for _ in range(100):
        left = [w for w in workers if _runs(w)]
        if not left:
            break
        time.sleep(0.1)
    assert left == []


def _runs(worker: str) -> bool:
    try:
        state = Path(f"/proc/{worker}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"
