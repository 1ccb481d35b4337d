"""Run every benchmark, or those named, and keep what they print: `python -m benchmarks reml`.

A benchmark prints one JSON object as the last thing on standard output; it is written to
`benchmarks/results/<name>.json` with the commit and the Python it ran on.
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
RESULTS = HERE / "results"


def names() -> list[str]:
    """Return the benchmarks of this folder."""
    return sorted(p.stem for p in HERE.glob("*.py") if not p.stem.startswith("_"))


def last_json(text: str) -> object:
    """Return the JSON object with which a benchmark's output ends."""
    for start in (i for i, c in enumerate(text) if c == "{"):
        try:
            return json.loads(text[start:])
        except json.JSONDecodeError:
            continue
    raise ValueError("the benchmark printed no JSON")


def run(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}"],
        cwd=HERE.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=HERE.parent,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    RESULTS.mkdir(exist_ok=True)
    record = {
        "benchmark": name,
        "commit": commit,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "found": last_json(done.stdout),
    }
    target = RESULTS / f"{name}.json"
    target.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{name}: written to {target.relative_to(HERE.parent)}", flush=True)


if __name__ == "__main__":
    for wanted in sys.argv[1:] or names():
        run(wanted)
