"""What every verb does with its result: write it whole or not at all, as text, JSON or a file."""

from __future__ import annotations

import dataclasses
import enum
import json
import math
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from crossblock.core.errors import OutputError, Problem

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON to standard output.")
output_option = click.option(
    "-o", "--output", type=str, default=None, help="File to write; - is standard output."
)


def plain(value: object) -> object:
    """Return `value` as what JSON can hold; infinities become the words "-inf" and "inf"."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {f.name: plain(getattr(value, f.name)) for f in fields}
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, str) or value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        if math.isnan(value):
            raise OutputError(Problem(what="a result is not a number; this is a defect"))
        return value if math.isfinite(value) else ("inf" if value > 0 else "-inf")
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, Sequence):
        return [plain(v) for v in value]
    return str(value)


def print_json(value: object) -> None:
    """Print `value` as JSON to standard output."""
    click.echo(json.dumps(plain(value), indent=2, ensure_ascii=False))


def say(text: str) -> None:
    """Print a human line to standard error, so that standard output stays for machines."""
    click.echo(text, err=True)


def write(target: str | Path, text: str) -> None:
    """Write `text` to a temporary file beside `target` and rename it; `-` is standard output."""
    if str(target) == "-":
        sys.stdout.write(text)
        return
    write_bytes(Path(target), text.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    """Write `content` to a temporary file beside `path` and rename it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputError(
            Problem(
                what="the result could not be written",
                where=str(path),
                why=error.strerror or str(error),
                fix="choose another place with -o, or free some space; nothing was left behind",
            )
        ) from error
