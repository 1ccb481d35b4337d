"""Issue D, the plan: sizes, widths, designs at one cost, an edited protocol, a kit."""

from __future__ import annotations

import csv
import json
import tempfile
from pathlib import Path

from crossblock.load.people import truth
from crossblock.load.protocol import read
from crossblock.plan import curves, designs, numbers
from crossblock.plan.precision import precision
from crossblock.stats.power import detectable_effect, paired_t_size
from proofs.proof import CLI, ROOT, Register, Shown, run

register = Register("d")
STATED = ROOT / "tests" / "reference" / "plan"
TRIALS = 20_000
TWO = designs.candidate("2x2")


def _rows(name: str) -> list[dict[str, str]]:
    with (STATED / name).open() as file:
        return list(csv.DictReader(file))


def _precision(fraction: float, n: int):  # type: ignore[no-untyped-def]
    response = numbers.from_truth(truth(), "hamd17")
    a, V = designs.effects(TWO, response, fraction, n)
    return precision(a, V, designs.degrees(TWO, n))


@register.line("plan-sizes", "sizes and detectable effects that the reviews state, from their file")
def sizes() -> Shown:
    found = {}
    holds = True
    for row in _rows("sizes.csv"):
        lost, sd = int(row["df_lost"]), float(row["sd"])
        value = (
            float(paired_t_size(float(row["effect"]), sd, df_lost=lost))
            if row["quantity"] == "size"
            else detectable_effect(float(row["n"]), sd, df_lost=lost)
        )
        key = f"{row['said']}, n {row['n']}" if row["n"] else row["said"]
        found[key] = [round(value, 4), float(row["expected"])]
        holds &= abs(value - float(row["expected"])) <= float(row["tolerance"])
    return Shown(holds=holds, numbers=found, command="tests/reference/plan/sizes.csv")


@register.line("plan-ranges", "sampling range of the fraction at n = 12, 26, 30, 60, in percent")
def ranges() -> Shown:
    found, holds = {}, True
    for row in _rows("ranges.csv"):
        p = _precision(float(row["fraction"]), int(row["n"]))
        found[f"n {row['n']}"] = [round(100 * p.low, 1), round(100 * p.high, 1)]
        for value, name in ((p.low, "low"), (p.high, "high")):
            # whole percent of a quantile of 40,000 trials
            holds &= abs(100 * value - float(row[name])) <= 0.5 + 2 * 0.4
    return Shown(holds=holds, numbers=found, command="tests/reference/plan/ranges.csv")


@register.line(
    "plan-width", f"computed width within Monte Carlo error of {TRIALS:,} whole virtual trials"
)
def width() -> Shown:
    found, holds = {}, True
    for fraction in (0.0, 0.28, 1.0):
        made = curves.simulated(
            read("williams-2018"),
            truth(),
            fraction,
            (12, 26),
            trials=TRIALS,
            seed=20261121,
            endpoint="hamd17",
        )
        for point in made:
            assert point.simulated_width is not None
            value, se = point.simulated_width
            ours = _precision(fraction, point.n).mean_width
            found[f"fraction {fraction:g}, n {point.n}"] = [
                round(ours, 4),
                round(value, 4),
                round(se, 5),
            ]
            # 3 standard errors, and the 0.2 % that the integration itself may be off
            holds &= abs(ours - value) <= 3 * se + 0.002 * value
    return Shown(holds=holds, numbers=found, note="computed, simulated, Monte Carlo SE")


@register.line("plan-kit", "plan --write leaves a protocol that check reads, and four texts")
def kit() -> Shown:
    found: dict[str, object] = {}
    holds = True
    with tempfile.TemporaryDirectory() as folder:
        for name in ("williams-2018", "jelen-2025", "yoon-2025", "settling-trial"):
            target = Path(folder) / name
            page = Path(folder) / f"{name}.html"
            arguments = ["plan", name, "--trials", "500", "--write", str(target), "-o", str(page)]
            out, _, _, wall = run(CLI, *arguments, "--json")
            plan = json.loads(out)
            _, said, status, _ = run(CLI, "check", str(target / "protocol.toml"), check=False)
            best = plan["scored"][0]
            files = sorted(p.name for p in target.iterdir())
            found[name] = {
                "advised": best["design"]["label"],
                "completers": best["budget"]["completers"],
                "power_at_28_percent": round(best["power"]["0.28"], 3),
                "check": status,
                "files": files,
                "page_bytes": page.stat().st_size,
                "wall_s": round(wall, 1),
            }
            holds &= status == 0 and len(files) == 5 and "sound" in said
    return Shown(holds=holds, numbers=found, command="crossblock plan NAME --write DIR -o PAGE")


BAD = {
    "no blocker": (["nimh-ketamine-saline"], "together with a blocker"),
    "zero variance": (["williams-2018", "--effect", "5", "--sd", "0"], "do not vary"),
    "impossible power": (["williams-2018", "--power", "1"], "reaches this power"),
    "impossible width": (["williams-2018", "--width", "0"], "reaches this width"),
    "fraction out of range": (["williams-2018", "--fraction", "1.2"], "share above 0"),
    "budget too small": (["williams-2018", "--budget", "5"], "does not pay"),
}


@register.line("plan-bad-input", "bad input is one sentence, exit 2, no output and no traceback")
def bad() -> Shown:
    found, holds = {}, True
    for name, (arguments, says) in BAD.items():
        out, err, status, _ = run(CLI, "plan", *arguments, check=False)
        found[name] = err.strip().splitlines()[0]
        holds &= status == 2 and says in err and "Traceback" not in err and out == ""
    return Shown(holds=holds, numbers=found, command="crossblock plan …")
