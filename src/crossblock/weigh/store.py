"""Arrays kept in a folder, whole or not at all: what makes a bank resumable."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crossblock.core.errors import OutputError, Problem

Array = NDArray[np.float64]


@cache
def code(*modules: str) -> str:
    """Return a hash of modules of this package, for keys: what other code made is never read."""
    here = Path(__file__).parent
    return hashlib.sha256(b"".join((here / f"{m}.py").read_bytes() for m in modules)).hexdigest()


def load(folder: Path | None, key: str) -> dict[str, Array] | None:
    """Return the arrays kept under `key`, or None; a file that cannot be read counts as none."""
    if folder is None:
        return None
    path = folder / f"{key}.npz"
    try:
        with np.load(path, allow_pickle=False) as kept:
            return {name: kept[name] for name in kept.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        return None


def save(folder: Path | None, key: str, arrays: Mapping[str, Array]) -> None:
    """Keep arrays under `key`: written beside and renamed, so that no half file is ever read."""
    if folder is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez(file, **dict(arrays))  # type: ignore[arg-type]
            Path(temporary).replace(folder / f"{key}.npz")
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as fault:
        raise OutputError(
            Problem(
                what="the bank could not be kept",
                where=str(folder),
                why=fault.strerror or str(fault),
                fix="choose another folder with --bank, or free some space",
            )
        ) from fault
