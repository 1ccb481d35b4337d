"""A run on disk: what it is, and one file a chunk, each whole or not there.

    run.json          identity of the run, fingerprint of the machine that began it
    chunks/00000.npy  rows of chunk 0, and so on

A file is written beside its place and renamed, so a run can be killed at any moment and taken up
again; whoever takes it up must be the same run on the same fingerprint.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crossblock.core.errors import InputError, OutputError, Problem, shorten
from crossblock.simulate.chunk import Job, unpack
from crossblock.simulate.fingerprint import differences, fingerprint
from crossblock.simulate.reading import Records

FORMAT = "crossblock/run/1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Store:
    """The folder of one run."""

    folder: Path

    def path(self, number: int) -> Path:
        return self.folder / "chunks" / f"{number:05d}.npy"

    def has(self, number: int) -> bool:
        return self.path(number).exists()

    def write(self, number: int, content: bytes) -> None:
        """Write one chunk, whole or not at all; OutputError when there is no room."""
        write_whole(self.path(number), content)

    def rows(self, number: int) -> Records:
        """Return the rows of one chunk; InputError when its file was tampered with."""
        try:
            return unpack(self.path(number).read_bytes())
        except (ValueError, OSError, EOFError) as error:
            raise InputError(
                Problem(
                    what="a chunk of this run cannot be read",
                    where=str(self.path(number)),
                    why=shorten(str(error), 200),
                    fix="delete the file and resume: it is computed again",
                )
            ) from None


def open_store(folder: Path, task: Job, *, resume: bool, mixed: bool) -> Store:
    """Return the store of a run, begun now or taken up.

    Raises `InputError` when the folder holds another run, or one begun on another fingerprint.
    """
    store, note = Store(folder=folder), folder / "run.json"
    mine: dict[str, Any] = {
        "schema": FORMAT,
        "identity": task.identity,
        "trials": task.trials,
        "fingerprint": fingerprint(),
    }
    if note.exists():
        _check(json_of(note), mine, folder, mixed=mixed)
        return store
    if resume:
        raise InputError(
            Problem(
                what="there is no run to resume",
                where=shorten(str(folder)),
                why="it holds no run.json",
                fix="give the folder of a run, or leave --resume out to begin one with -o",
            )
        )
    try:
        (folder / "chunks").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    write_whole(note, (json.dumps(mine, indent=1, sort_keys=True) + "\n").encode())
    return store


def json_of(path: Path) -> dict[str, Any]:
    """Return the object that a JSON file holds; InputError when it holds none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError):
        found = None
    if not isinstance(found, dict) or found.get("schema") != FORMAT:
        raise InputError(
            Problem(
                what="this is not the note of a run",
                where=shorten(str(path)),
                fix="give the folder that a run was begun in",
            )
        )
    return found


def _check(theirs: dict[str, Any], mine: dict[str, Any], folder: Path, *, mixed: bool) -> None:
    if theirs.get("identity") != mine["identity"]:
        raise InputError(
            Problem(
                what="the folder holds another run",
                where=shorten(str(folder)),
                why="protocol, truth, people, endpoint or seed differ from those it was begun with",
                fix="repeat the arguments of that run, or choose another folder",
            )
        )
    found = dict(theirs.get("fingerprint", {}))
    if found != mine["fingerprint"] and not mixed:
        raise InputError(
            Problem(
                what="the run was begun on another machine or installation",
                where=shorten(str(folder)),
                value=", ".join(differences(mine["fingerprint"], found)),
                why="joined results would agree to about 1e-9, not byte for byte",
                fix="resume where it was begun, or say --mixed to join them all the same",
            )
        )


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place, then rename it there."""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise cannot_write(path, error) from error


def cannot_write(path: Path, error: OSError) -> OutputError:
    """Return the error of a disk that does not take a file."""
    return OutputError(
        Problem(
            what="the run could not be written down",
            where=shorten(str(path)),
            why=error.strerror or str(error),
            fix="free some space or choose another folder; what is there is whole, so resume with "
            "--resume",
        )
    )
