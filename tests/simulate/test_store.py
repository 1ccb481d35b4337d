import errno
import json
import os
from pathlib import Path

import pytest

from crossblock.core.errors import InputError, OutputError
from crossblock.simulate.chunk import Job, job, run_chunk
from crossblock.simulate.store import open_store


@pytest.fixture(scope="module")
def task(textbook: object) -> Job:
    return job(textbook(people=6), trials=300, seed=1)  # type: ignore[operator]


def test_a_run_can_be_taken_up(tmp_path: Path, task: Job) -> None:
    store = open_store(tmp_path / "run", task, resume=False, mixed=False)
    assert not store.has(0)
    store.write(0, run_chunk(task, 0)[1])
    again = open_store(tmp_path / "run", task, resume=True, mixed=False)
    assert again.has(0)
    assert len(again.rows(0)) == task.size
    assert [p.name for p in (tmp_path / "run" / "chunks").iterdir()] == ["00000.npy"]


def test_there_must_be_a_run_to_resume(tmp_path: Path, task: Job) -> None:
    with pytest.raises(InputError, match="no run to resume"):
        open_store(tmp_path / "nothing", task, resume=True, mixed=False)


def test_another_run_is_not_joined(tmp_path: Path, task: Job, textbook: object) -> None:
    open_store(tmp_path, task, resume=False, mixed=False)
    other = job(textbook(people=7), trials=300, seed=1)  # type: ignore[operator]
    with pytest.raises(InputError, match="holds another run"):
        open_store(tmp_path, other, resume=True, mixed=False)


def test_another_fingerprint_is_refused_unless_mixed(tmp_path: Path, task: Job) -> None:
    open_store(tmp_path, task, resume=False, mixed=False)
    note = tmp_path / "run.json"
    found = json.loads(note.read_text())
    found["fingerprint"]["processor"] = "another"
    note.write_text(json.dumps(found))
    with pytest.raises(InputError, match="another machine") as refused:
        open_store(tmp_path, task, resume=True, mixed=False)
    assert refused.value.problems[0].value == "processor"
    assert open_store(tmp_path, task, resume=True, mixed=True).folder == tmp_path


def test_a_full_disk_leaves_no_half_file(
    tmp_path: Path, task: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(tmp_path, task, resume=False, mixed=False)

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        store.write(0, b"x" * 1000)
    assert list((tmp_path / "chunks").iterdir()) == []
    assert not store.has(0)


def test_a_broken_chunk_is_named(tmp_path: Path, task: Job) -> None:
    store = open_store(tmp_path, task, resume=False, mixed=False)
    store.path(0).write_bytes(b"garbage")
    with pytest.raises(InputError, match="cannot be read"):
        store.rows(0)


def test_a_folder_of_something_else_is_not_a_run(tmp_path: Path, task: Job) -> None:
    (tmp_path / "run.json").write_text("{}")
    with pytest.raises(InputError, match="not the note of a run"):
        open_store(tmp_path, task, resume=False, mixed=False)
