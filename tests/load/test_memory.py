"""Oversized and hostile files are refused within 200 MB and without a minute of work.

Each case runs in its own process, which reports its peak resident memory at the end.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.golden.cases import MIB, STUDY, TABLE, sparse

MOST = 200e6  # bytes
RUN = """
import contextlib, io, json, resource, sys, time
from crossblock.cli import main

began, told, status = time.process_time(), io.StringIO(), None
with contextlib.redirect_stderr(told), contextlib.redirect_stdout(told):
    try:
        main(sys.argv[1:])
    except SystemExit as end:
        status = end.code
try:  # the mark of this program alone: rusage also remembers the process that started it
    rows = dict(row.split(":", 1) for row in open("/proc/self/status"))
    peak = int(rows["VmHWM"].split()[0]) * 1024
except OSError:
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
print(json.dumps([status, told.getvalue(), peak, time.process_time() - began]))
"""


def many_rows(path: Path) -> None:
    row = b"P1,ob,1,d1,hamd17,99,open\n"
    with path.open("wb") as handle:
        handle.write(TABLE.encode())
        for _ in range(40):
            handle.write(row * (MIB // len(row)))


def many_people(path: Path) -> None:
    with path.open("wb") as handle:
        handle.write(TABLE.split("\n")[0].encode() + b"\n")
        for start in range(0, 400_000, 1000):
            rows = (f"P{start + i},ob,1,d1,hamd17,1,\n" for i in range(1000))
            handle.write("".join(rows).encode())


def endless_line(path: Path) -> None:
    with path.open("wb") as handle:
        for _ in range(90):
            handle.write(b"x" * MIB)


def wide_quote(path: Path) -> None:
    path.write_bytes(TABLE.encode() + b'"' + (b"x" * 60 + b"\n") * 200_000)


def brackets(path: Path) -> None:
    path.write_bytes(b"a = " + b"[" * (MIB - 8))


def dotted(path: Path) -> None:
    path.write_bytes(b"a" + b".a" * (MIB // 2 - 8) + b" = 1")


def quotes(path: Path) -> None:
    path.write_bytes(b'a = "' + b'\\"' * (MIB // 2 - 8))


def tables(path: Path) -> None:
    path.write_bytes(b"".join(b"[[x%d]]\n" % i for i in range(90_000)))


def visits(path: Path) -> None:
    path.write_text(STUDY + '[[visits]]\nid = "v"\n' * 40_000, encoding="utf-8")


def wrong_visits(path: Path) -> None:
    path.write_text(STUDY + '[[visits]]\nid = "v"\n' * 9_000, encoding="utf-8")


def wrong_names(path: Path) -> None:
    path.write_text(STUDY + "".join(f"x{i} = 1\n" for i in range(20_000)), encoding="utf-8")


def numbers(path: Path) -> None:
    path.write_text("schema = [" + "1," * 500_000 + "]", encoding="utf-8")


def run(*arguments: str) -> tuple[int, str, float, float]:
    done = subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    status, text, peak, seconds = json.loads(done.stdout)
    return status, text, peak, seconds


@pytest.mark.parametrize(
    "make",
    [
        sparse(MIB + 1),
        sparse(10**12),
        brackets,
        dotted,
        quotes,
        tables,
        visits,
        wrong_visits,
        wrong_names,
        numbers,
    ],
)
def test_a_hostile_protocol_is_refused_cheaply(tmp_path, make):
    file = tmp_path / "study.toml"
    make(file)
    status, text, peak, seconds = run("check", str(file))
    assert status == 2
    assert text.startswith(str(file)[:40])
    assert peak < MOST
    assert seconds < 2


@pytest.mark.parametrize(
    "make",
    [
        sparse(100 * MIB + 1),
        sparse(10**12),
        sparse(99 * MIB),
        endless_line,
        wide_quote,
        many_rows,
        many_people,
    ],
)
def test_hostile_ratings_are_refused_cheaply(tmp_path, make):
    study, file = tmp_path / "study.toml", tmp_path / "ratings.csv"
    study.write_text(STUDY, encoding="utf-8")
    make(file)
    status, text, peak, seconds = run("analyze", str(study), str(file))
    assert status == 2
    assert "Traceback" not in text
    assert {p.name for p in tmp_path.iterdir()} == {"study.toml", "ratings.csv"}
    assert peak < MOST
    assert seconds < 5
