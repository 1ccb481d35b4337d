"""Issue C: what the drugs do, and the rival mechanisms."""

from __future__ import annotations

import csv
import json
import math
import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from crossblock.core.streams import Stream
from crossblock.domain.dose import Dose, Route
from crossblock.domain.receptor import ReceptorId
from crossblock.exposure.blockade import blockade_curve
from crossblock.exposure.occupancy import Basis, occupancy
from crossblock.exposure.peer import IntravenousPeer, OralPeer, defects
from crossblock.exposure.plasma import plasma
from crossblock.exposure.washout import decay_of, washout
from crossblock.load.compound import compound
from proofs.proof import CLI, ROOT, Register, Shown, run

register = Register("c")
OUTSIDE = ROOT / "tests" / "reference" / "pharmacology"
TIMES = "45 min,85 min,24 h,48 h,72 h,120 h,168 h,14 d"


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of one table of numbers from outside."""
    with (OUTSIDE / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def tests(*names: str) -> Shown:
    """Run tests of the suite that show a promised line, and repeat what they said."""
    arguments = ["-m", "pytest", "-q", "-p", "no:cacheprovider", *names]
    out, _, status, wall = run(sys.executable, *arguments, check=False)
    return Shown(
        holds=status == 0,
        numbers={"tests": names, "said": out.strip().splitlines()[-1], "wall_s": round(wall, 1)},
        command="python -m pytest " + " ".join(names),
    )


def tablets(count: int = 1) -> list[Dose]:
    return [Dose(start_h=24.0 * k, amount=50.0, route=Route.ORAL) for k in range(count)]


@register.line(
    "blockade-bands", "naltrexone within its bands at six times, within 1.0 point at 48 and 120 h"
)
def blockade_bands() -> Shown:
    arguments = ["expose", "williams-2018", "--weight", "70", "--at", TIMES, "--json"]
    out, _, _, _ = run(CLI, *arguments)
    values = next(c["values"] for c in json.loads(out)["conditions"] if c["condition"] == "blocked")
    series = values["mu blocked by naltrexone, %"]
    numbers: dict[str, object] = {}
    holds = True
    for r, here in zip(rows("blockade_50mg.csv"), series, strict=True):
        value = float(r["blockade_pct"])
        low, high = (
            (float(r["low_pct"]), float(r["high_pct"]))
            if r["low_pct"]
            else (value - 1.0, value + 1.0)
        )
        kept = low <= here <= high
        holds &= kept
        numbers[f"{float(r['hours']):g} h"] = {"here": round(here, 2), "within": [low, high]}
    return Shown(holds=holds, numbers=numbers, command="crossblock " + " ".join(arguments))


@register.line("ed50", "ED50 within 3.65 to 7.54 mg, found again by least squares from the scans")
def ed50() -> Shown:
    value = compound("naltrexone").blockade_model().parameters["ED50"].value
    fit = tests(
        "tests/reference/test_pharmacology.py::test_constants_are_the_least_squares_fit_to_human_pet"
    )
    return Shown(
        holds=fit.holds and 3.65 <= value <= 7.54,
        numbers={"ED50_mg": value, **fit.numbers},
        command=fit.command,
    )  # fmt: skip


@register.line("daily-trough", "the trough of 50 mg a day against Weerts: 94.9 (SD 4.9) %")
def daily_trough() -> Shown:
    arguments = ["expose", "--on-board", "naltrexone 50 mg daily, last dose 24 h ago", "--json"]
    out, _, _, _ = run(CLI, *arguments)
    held = json.loads(out)["on_board"][0]["held"][0]
    here = 100.0 * held["fraction"]
    return Shown(
        holds=abs(here - 94.9) < 4.9,
        numbers={
            "here_pct": round(here, 2),
            "band_pct": [round(100.0 * held[k], 1) for k in ("low", "high")],
            "measured_pct": 94.9,
            "measured_sd": 4.9,
        },
        command='crossblock expose --on-board "naltrexone 50 mg daily, last dose 24 h ago" --json',
    )


@register.line("scans", "the open scan table stands on the curve with the misfit stated")
def scans() -> Shown:
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "plan.html"
        arguments = ["expose", "williams-2018", "-o", str(page)]
        _, _, status, wall = run(CLI, *arguments)
        text = page.read_text(encoding="utf-8")
    ours = compound("naltrexone").scans
    open_table = [r for r in rows("mor_blockade_pet.csv") if r["antagonist"] == "naltrexone"]
    listed = sorted((s.dose, round(100 * s.blockade.value)) for s in ours)
    there = sorted((float(r["dose"]), round(float(r["mor_blockade_pct"]))) for r in open_table)
    misfit = "misses 12 human scans by 5.8 points" in text
    return Shown(
        holds=status == 0 and misfit and all(row in listed for row in there),
        numbers={
            "scans_of_the_open_table": len(there),
            "scans_drawn": len(listed),
            "misfit_said": misfit,
            "page_bytes": len(text.encode()),
            "wall_s": round(wall, 2),
        },
        command="crossblock expose williams-2018 -o plan.html",
    )


@register.line("peer", "both published planners' numbers at their defaults, to 0.01; four defects")
def peer() -> Shown:
    oral, iv = OralPeer(), IntravenousPeer()
    ratio = {"mu": 1.0, "kappa": oral.kappa_ratio, "delta": oral.delta_ratio}
    worst = 0.0
    for r in rows("peer_plantrexone.csv"):
        here = (
            float(oral.blockade(float(r["input"]), ratio[r["receptor"]]))
            if r["quantity"] == "blockade"
            else oral.dose_for(float(r["input"]))
        )
        worst = max(worst, abs(round(here, int(r["decimals"])) - float(r["value"])))
    every = tests(
        "tests/reference/test_pharmacology.py::test_both_published_planners_are_reproduced"
    )
    out, _, _, _ = run(CLI, "expose", "--compare-planner", "--json")
    both = json.loads(out)
    return Shown(
        holds=worst < 0.01 and every.holds and len(both["defects"]) == 4,
        numbers={
            "largest_difference_after_rounding": worst,
            "ka_per_min": round(iv.ka, 5),
            "defects": {d.what: [round(d.theirs, 2), round(d.ours, 2), d.unit] for d in defects()},
            "numbers_side_by_side": len(both["oral_numbers"]) + len(both["iv_numbers"]),
            **every.numbers,
        },
        command="crossblock expose --compare-planner -o planners.html",
    )  # fmt: skip


@register.line("peaks", "Simons 268 ng/mL, Fanta 158 to 159, every racemic set its own peak")
def peaks() -> Shown:
    numbers: dict[str, object] = {}
    holds = True
    for r in rows("peaks.csv"):
        end = float(r["minutes"]) / 60.0
        dose = Dose(start_h=0.0, amount=float(r["dose_mg"]), route=Route.IV, duration_h=end)
        weight = float(r["weight_kg"])
        found = plasma(compound(r["compound"]), [dose], [end], set_id=r["set"], weight_kg=weight)
        peak = float(found.ng_per_ml(r["analyte"])[0])
        within = [float(r["low_ng_per_ml"]), float(r["high_ng_per_ml"])]
        holds &= within[0] <= peak <= within[1]
        numbers[f"{r['compound']} {r['set']}"] = {"ng_per_ml": round(peak, 1), "within": within}
    return Shown(holds=holds, numbers=numbers, note="bounds are the published peak +/- 2 %")


@register.line("occupancies", "occupancies of section 3 at 185 ng/mL, to the decimals printed")
def occupancies() -> Shown:
    ketamine = compound("ketamine")
    molar = ketamine.analytes["ketamine"].molar_mass.value
    nmol = 185.0 / 1000.0 / molar
    wrong, numbers = [], {}
    for r in rows("occupancy_185ng.csv"):
        found = occupancy(
            ketamine,
            {"ketamine": nmol},
            ReceptorId(r["receptor"]),
            affinity_set=r["affinity_set"],
            basis=Basis(r["basis"]),
        )
        here = 100.0 * float(found.alone)
        name = f"{r['basis']}, {r['receptor']}, {r['affinity_set']}"
        numbers[name] = [round(here, int(r["decimals"]) + 1), float(r["percent"])]
        if abs(round(here, int(r["decimals"])) - float(r["percent"])) > 1e-9:
            wrong.append(name)
    return Shown(holds=not wrong, numbers={**numbers, "wrong": wrong})


@register.line(
    "properties",
    "H1 ratio 1, dose 0 ratio 1, split dose, mass balance, superposition, Schild, step",
)
def properties() -> Shown:
    return tests(
        "tests/properties/test_mechanism_laws.py",
        "tests/properties/test_kinetics_laws.py",
        "tests/exposure/test_engine.py",
        "tests/exposure/test_effect.py",
    )


@register.line(
    "decay", "illustrative decay: 2.1 +/- 0.5 points by day 14, 10 % at 14 d, 3 % at 21 d"
)
def decay() -> Shown:
    return tests(
        "tests/reference/test_mechanisms.py::test_course_of_glutamate_alone",
        "tests/reference/test_mechanisms.py::test_what_is_carried_into_the_next_period",
    )


@register.line("washout", "decay on the open data: the band, and what 21 and 30 days leave")
def washouts() -> Shown:
    ketamine, naltrexone = compound("ketamine"), compound("naltrexone")
    found = washout(
        naltrexone,
        tablets(),
        decay_of(ketamine),
        stream=Stream(20261121, "between persons"),
        residual_blockade=0.10,
        residual_effect=0.10,
    )
    left = {f"{c.days:g} d": {"effect": c.effect, "blockade": c.blockade} for c in found.candidates}
    middle = {d: float(v["effect"][0]) for d, v in left.items()}
    return Shown(
        holds=abs(middle["21 d"] - 0.30) < 0.01
        and abs(middle["30 d"] - 0.18) < 0.01
        and math.isinf(found.both_d[2]),
        numbers={
            "blockade_below_10_pct_d": _plain(found.blockade_d),
            "effect_below_10_pct_d": _plain(found.effect_d),
            "left": {k: {n: _plain(x) for n, x in v.items()} for k, v in left.items()},
        },
        note="the open data bound the half-life below (3.1 d) and not above",
        command="crossblock expose williams-2018 --residual 10 --json",
    )


def _plain(values: Iterable[float]) -> list[object]:
    return [round(v, 4) if math.isfinite(v) else "no upper end" for v in values]


@register.line("expose-speed", "expose for one person in less than 0.7 s without a compiler")
def expose_speed() -> Shown:
    user = [_cpu_seconds(sys.executable, "-c", AS_INSTALLED) for _ in range(7)]
    here = [_cpu_seconds(CLI, "expose", "williams-2018") for _ in range(7)]
    heavy = [m for m in ("jax", "numba", "scipy.optimize") if _loads(m)]
    return Shown(
        holds=min(user) < 0.7 and not heavy,
        numbers={
            "cpu_s_as_installed_for_users": {"best": min(user), "all": user},
            "cpu_s_with_the_test_tools": {"best": min(here), "all": here},
            "load_average": round(os.getloadavg()[0], 1),
            "compilers_loaded": heavy,
        },
        command="crossblock expose williams-2018",
        note="CPU seconds of the whole process with its imports; the unit library imports dask "
        "where the test tools have brought it, which run.lock does not",
    )


AS_INSTALLED = (
    "import sys; sys.modules.update(dict.fromkeys(('dask', 'distributed')));"
    "from crossblock.cli import main; main(['expose', 'williams-2018'])"
)


def _cpu_seconds(*command: str) -> float:
    """Return the CPU seconds of one run of a command on one core."""
    before = os.times()
    run("env", "OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1", *command)
    after = os.times()
    spent = after.children_user + after.children_system
    return round(spent - before.children_user - before.children_system, 3)


def _loads(module: str) -> bool:
    code = (
        "import sys\nfrom crossblock.cli import main\n"
        "try:\n    main(['expose', 'williams-2018'])\nexcept SystemExit:\n    pass\n"
        f"print({module!r} in sys.modules)\n"
    )
    return run(sys.executable, "-c", code)[0].strip().endswith("True")


@register.line("mechanism-speed", "five states, 2,000 people: at least 40x libroadrunner at 5e-6")
def mechanism_speed() -> Shown:
    target = ROOT / "benchmarks" / "mechanism.py"
    if not target.exists():
        return Shown(holds=False, numbers={}, note="benchmarks/mechanism.py is not there yet")
    out, _, _, wall = run(sys.executable, "-m", "benchmarks.mechanism")
    found = json.loads(out[out.index("{") :])
    ours = [found["forward"][name] for name in ("catalog", "stress")]
    peers = [found["forward"][name] for name in ("libroadrunner", "deSolve")]
    kept = {
        "ratio": found["forward"]["catalog"]["times_libroadrunner"] >= 40.0,
        "error": max(o["largest_relative_error"] for o in ours) <= 5e-6,
        "everyone_finite": all(o["everyone_finite"] for o in ours),
        "peers_solve_the_same": max(p["largest_relative_error"] for p in peers) < 1e-3,
        "gradient": found["gradient"]["times_plain"] <= 10.0,
        "two_cores": found["two_cores"]["times_one_core_cpu"] >= 1.8,
        "cold": found["first_call"]["cold"]["cpu_s"] < 8.0,
        "warm": found["first_call"]["warm"]["cpu_s"] < 2.5,
        "memory": found["memory"]["peak_memory_GiB"] < 2.0,
    }
    short = [name for name, holds in kept.items() if not holds]
    stress = found["forward"]["stress"]["times_libroadrunner"]
    said = (
        f"with four rates varied as well, whose spread between people nobody has published: "
        f"{stress:g} times, each person then needing exponentials of their own"
    )
    return Shown(
        holds=not short,
        numbers={"kept": kept, "found": found, "wall_s": round(wall, 1)},
        command="python -m benchmarks mechanism",
        note=f"falls short: {', '.join(short)}; {said}" if short else said,
    )


@register.line("bad-input", "every line of bad input is a sentence: what, where, why, what to do")
def bad_input() -> Shown:
    return tests(
        "tests/golden/test_compound_errors.py",
        "tests/golden/test_expose_errors.py",
        "tests/exposure/test_onboard.py::test_a_tablet_over_a_depot_is_allowed_and_said",
    )


@register.line("on-board", "what a patient takes: held, found, unknown; no advice")
def on_board() -> Shown:
    lines = ("naltrexone", "depot", "buprenorphine", "methadone")
    words = [w for line in lines for w in ("--on-board", line)]
    out, _, _, _ = run(CLI, "expose", *words, "--json")
    boards = json.loads(out)["on_board"]
    text = json.dumps(boards).lower()
    advice = [w for w in ("should", "recommend", "is an opioid") if w in text]
    return Shown(
        holds=not advice and all(b["found"] and b["unknown"] for b in boards),
        numbers={
            "sentences": [b["sentence"] for b in boards],
            "studies": {b["compound"]: len(b["found"]) for b in boards},
            "words_of_advice": advice,
        },
        command="crossblock expose " + " ".join(f"--on-board {line}" for line in lines),
        note="depot and tablets of one compound are added, and the overlap is said",
    )


@register.line("blockade-law", "blockade through the command line equals the law it is made of")
def law() -> Shown:
    naltrexone = compound("naltrexone")
    hours = np.array([0.75, 24.0, 168.0])
    found = blockade_curve(naltrexone, tablets(), hours)
    p = naltrexone.blockade_model().parameters
    ke, ka = math.log(2.0) / p["half_life"].value, p["ka"].value
    X = 50.0 * ka / (ka - ke) * (np.exp(-ke * hours) - np.exp(-ka * hours))
    gap = float(np.max(np.abs(found.fraction - X / (X + p["ED50"].value))))
    return Shown(holds=gap < 1e-12, numbers={"largest_difference": gap})
