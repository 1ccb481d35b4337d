"""The catalog that ships with the package: compounds, instruments, protocols, ratings as files.

A catalog name is accepted wherever a path is. Names are file names without their ending.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from crossblock.core.errors import CatalogError, CrossblockError, Problem, shorten, shorten_path

ROOT = Path(__file__).resolve().parent.parent / "catalog"
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


@cache
def names(kind: str) -> tuple[str, ...]:
    """Return the names of one kind ("protocols", "ratings", "compounds", "instruments"), sorted."""
    folder = ROOT / kind
    if not folder.is_dir():
        return ()
    found = (entry.stem for entry in folder.iterdir() if entry.suffix == ".toml" or entry.is_dir())
    return tuple(sorted(name for name in found if NAME.fullmatch(name)))


def path(kind: str, name: str) -> Path:
    """Return the file or folder of a catalog name; CatalogError names the nearest ones."""
    if name not in names(kind):
        raise CatalogError(unknown(kind, name))
    folder = ROOT / kind / name
    return folder if folder.is_dir() else folder.with_suffix(".toml")


def resolve(
    kind: str, given: str | Path, error: type[CrossblockError] = CatalogError
) -> tuple[Path, str]:
    """Return (path, how to name it in an error) of a catalog name or a path.

    A text without separator and ending that the catalog knows is a catalog name; anything else is
    a path. Raises `error` when it is neither.
    """
    text = str(given)
    if isinstance(given, str) and text in names(kind):
        return path(kind, text), f"catalog {kind} {text}"
    found = Path(text)
    if _may_exist(found):
        return found, shorten_path(text)
    raise error(unknown(kind, text))


def _may_exist(path: Path) -> bool:
    """Tell whether to try the path; what cannot even be a name is none, what is closed may be."""
    try:
        return path.exists()
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False


def unknown(kind: str, name: str) -> Problem:
    """Return the problem of a name that is neither a file nor in the catalog."""
    return Problem(
        what=f"neither a file nor a name in the catalog of {kind}",
        value=shorten_path(name),
        why="a path or a catalog name is expected",
        fix=nearest(name, names(kind)),
    )


def nearest(word: str, known: Iterable[str]) -> str:
    """Return advice that names the closest of the known words, or all of them."""
    words = tuple(known)
    close = get_close_matches(word, words, n=1, cutoff=0.7)
    if close:
        return f"did you mean {close[0]}?"
    return f"use one of: {shorten(', '.join(words), 300)}" if words else "none is known yet"
