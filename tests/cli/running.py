"""Run a verb in this process and keep what it printed and how it left."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from crossblock.cli import main


@dataclass(frozen=True)
class Ran:
    """Exit status and both streams."""

    status: int
    out: str
    err: str

    def json(self) -> dict[str, object]:
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> Ran:
    """Run `crossblock ARGUMENTS`."""
    with pytest.raises(SystemExit) as stop:
        main(list(arguments))
    streams = capsys.readouterr()
    code = stop.value.code
    return Ran(code if isinstance(code, int) else 0, streams.out, streams.err)
