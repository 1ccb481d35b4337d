"""Issue A: the whole way, thin."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path

from proofs.proof import CLI, ROOT, Register, Shown, run

register = Register("a")

PAIRS = {"madrs": (-6.75, 1.99), "hamd6": (-3.08, 0.76), "hamd17": (-4.83, 1.27)}
EVERYBODY = {"madrs": -7.41, "hamd6": -3.31, "hamd17": -5.17}
BLOCKADE = {"45 min": 88.1, "85 min": 89.9, "24 h": 85.7, "72 h": 69.2, "168 h": 24.0}


@register.line("nimh", "24 complete pairs and all 29 people, three scales, as the issue states")
def nimh() -> Shown:
    command = [CLI, "analyze", "nimh-ketamine-saline", "--json"]
    out, _, _, wall = run(*command)
    found = {e["instrument"]: e for e in json.loads(out)["endpoints"] if e["visit"] == "d2"}
    holds = True
    numbers: dict[str, object] = {"wall_s": round(wall, 2)}
    for scale, (value, se) in PAIRS.items():
        pairs, everybody = found[scale]["primary"], found[scale]["sensitivity"][0]
        numbers[scale] = {
            "pairs": [pairs["value"], pairs["se"], pairs["df"], pairs["n"]],
            "everybody": [everybody["value"], everybody["se"], everybody["df"], everybody["n"]],
        }
        holds &= round(pairs["value"], 2) == value and round(pairs["se"], 2) == se
        holds &= pairs["df"] == 22 and pairs["n"] == 24 and everybody["n"] == 29
        holds &= round(everybody["value"], 2) == EVERYBODY[scale]
    return Shown(holds=holds, numbers=numbers, command="crossblock " + " ".join(command[1:]))


@register.line("blockade", "mu blockade of williams-2018 at five times, within 1.0 point")
def blockade() -> Shown:
    arguments = ["expose", "williams-2018", "--weight", "70", "--at", ",".join(BLOCKADE), "--json"]
    out, _, _, wall = run(CLI, *arguments)
    blocked = next(
        c for c in json.loads(out)["conditions"] if any("mu blocked" in k for k in c["values"])
    )
    series = next(v for k, v in blocked["values"].items() if k.startswith("mu blocked"))
    numbers = dict(zip(BLOCKADE, series, strict=True))
    holds = all(abs(numbers[t] - want) <= 1.0 for t, want in BLOCKADE.items())
    return Shown(
        holds=holds,
        numbers={**numbers, "origin": blocked["time_counts_from"], "wall_s": round(wall, 2)},
        command="crossblock " + " ".join(arguments),
    )


@register.line(
    "fresh-clone", "from a fresh clone with an empty HOME, `make demo` ends with a report"
)
def fresh_clone() -> Shown:
    with tempfile.TemporaryDirectory() as folder:
        clone, home = Path(folder) / "clone", Path(folder) / "home"
        home.mkdir()
        run("git", "clone", "--quiet", str(ROOT), str(clone))
        keep = {k: v for k, v in os.environ.items() if k.startswith(("PIP_", "SSL_", "LANG"))}
        environment = {**keep, "HOME": str(home), "PATH": os.environ["PATH"]}
        prefix = ["env", "-i", *(f"{k}={v}" for k, v in environment.items())]
        out, err, status, first = run(*prefix, "make", "demo", cwd=clone)
        _, _, again_status, second = run(*prefix, "make", "demo", cwd=clone)
        pages = list(clone.rglob("*.html"))
        made = [p for p in pages if "src" not in p.relative_to(clone).parts[:1]]
        size = made[0].stat().st_size if made else 0
        shutil.rmtree(clone / ".venv", ignore_errors=True)
    return Shown(
        holds=status == again_status == 0 and size > 50_000,
        numbers={
            "first_s": round(first, 1),
            "second_s": round(second, 1),
            "bytes": size,
            "last_line": (out + err).strip().splitlines()[-1],
        },
        command="make demo",
    )
