"""The five-state mechanism beside libroadrunner and deSolve: same equations, matched error.

2,000 people, two periods of 28 days without a reset, 24 looks. Peers solve the ten equations with
their doses as events; here drug and blocker are closed forms and the five states a scan. CPU time
of one core in turns; two cores, memory and first calls are run as processes of their own.
"""

# ruff: noqa: E402 - threads are pinned before the array libraries load

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from typing import Any

ONE_CORE = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
if __name__ == "__main__":  # before JAX and NumPy are loaded
    os.environ.setdefault("XLA_FLAGS", ONE_CORE)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from benchmarks import _mechanism_peers as peers
from benchmarks._mechanism_people import arrays, population
from crossblock.exposure.engine import BLOCK
from crossblock.kernels import course as kc
from crossblock.kernels.backend import NUMPY
from crossblock.kernels.backend_jax import JAX, remember
from crossblock.kernels.sensitivity import sensitivities

PEOPLE, SLICE, SLOW, ROUNDS = 2000, 100, 6, 5
WORST = 5e-6  # largest accepted relative error of the score
PEER = (1e-6, 1e-8)  # the loosest round tolerances at which the peer stays below WORST
TWELVE = ["E0", "kE", "sN", "sX", "phi", "aG", "aK", "aR", "kU", "kR", "kT", "T50"]
HAND_FLOP = 300.0  # for each person and step: about 130 fused multiply-adds and 40 others


def blocks(parts: Any, size: int = BLOCK) -> list[Any]:
    """Return the people of (system, agents, course) in blocks of equal size, on the device."""
    p, a, c = parts
    n = a.rate.shape[1]

    def pick(x: Any, who: Any) -> Any:
        return x[..., who] if x.shape[-1] == n else x

    out = []
    for start in range(0, n, size):
        who = np.minimum(np.arange(start, start + size), n - 1)
        given = {f: pick(getattr(c, f), who) for f in ("infusion", "swallowed", "pushed")}
        block = (
            type(p)(*(pick(x, who) for x in p)),
            type(a)(*(pick(x, who) for x in a)),
            c._replace(**given),
        )
        on = lambda tree: type(tree)(*(JAX.xp.asarray(x) for x in tree))  # noqa: E731
        out.append(tuple(on(tree) for tree in block))
    return out


def plain() -> Callable[..., Any]:
    """Return the compiled pass of one block: score share at the looks."""

    def one(p: Any, a: Any, c: Any, seen: Any) -> Any:
        return JAX.xp.exp(-kc.plasticity(p, a, c, seen, a.rate.shape[1], JAX))

    return JAX.compile(one)


def everybody(run: Callable[..., Any], parts: list[Any], seen: Any, count: int) -> np.ndarray:
    found = [run(*block, seen) for block in parts]
    return np.concatenate([np.asarray(x) for x in found], axis=-1)[..., :count]


def cpu(f: Callable[[], Any], repeats: int = 1) -> float:
    start = time.process_time()
    for _ in range(repeats):
        f()
    return (time.process_time() - start) / repeats


def forward() -> dict[str, Any]:
    """Time both workloads and the peer in turns; state errors against a tight reference."""
    rows: dict[str, Any] = {}
    timed: dict[str, Callable[[], Any]] = {}
    peer = peers.Roadrunner(*PEER)
    everyone, ketamine, naltrexone = population(PEOPLE)
    everyone = everyone[:SLICE]
    run = plain()
    for name, shared, growth in (("catalog", True, 0.25), ("stress", False, 0.2)):
        *parts, seen = arrays(PEOPLE, shared=shared, growth=growth)
        *fine, at = arrays(PEOPLE, shared=shared, growth=0.2, first=0.5, fine=2)
        exact = everybody(run, blocks(fine), at, PEOPLE)
        cut = blocks(parts)
        timed[name] = partial(everybody, run, cut, seen, PEOPLE)
        score = timed[name]()
        rows[name] = {
            "people": PEOPLE,
            "steps": len(parts[2].which),
            "largest_relative_error": float(np.abs(score / exact - 1.0).max()),
            "everyone_finite": bool(np.isfinite(score).all()),
        }
        if name == "stress":
            rows["peer_slice"] = {"people": SLICE, "exact": exact[:, :SLICE].T}
            timed["numpy"] = partial(kc.plasticity, *parts, seen, PEOPLE, NUMPY)
    exact = rows.pop("peer_slice")["exact"]
    R = peer.timed(everyone, ketamine, naltrexone)[1]
    rows["libroadrunner"] = {
        "people": SLICE,
        "relative_tolerance": PEER[0],
        "largest_relative_error": float(np.abs(np.exp(-R) / exact - 1.0).max()),
        "everyone_finite": bool(np.isfinite(R).all()),
    }
    seconds: dict[str, list[float]] = {name: [] for name in (*timed, "libroadrunner")}
    for _ in range(ROUNDS):
        for name, f in timed.items():
            seconds[name].append(cpu(f, 1 if name == "numpy" else 5) / PEOPLE)
        seconds["libroadrunner"].append(peer.timed(everyone, ketamine, naltrexone)[0])
    for name, spent in seconds.items():
        ratios = [b / a for a, b in zip(spent, seconds["libroadrunner"])]
        rows.setdefault(name, {})["people_per_cpu_second"] = round(1 / statistics.median(spent))
        rows[name]["times_libroadrunner"] = round(statistics.median(ratios), 1)
        rows[name]["range"] = [round(min(ratios), 1), round(max(ratios), 1)]
    spent, R = peers.desolve(everyone[:SLOW], ketamine, naltrexone)
    rows["deSolve"] = {
        "people": SLOW,
        "people_per_cpu_second": round(1 / spent, 1),
        "largest_relative_error": float(np.abs(np.exp(-R) / exact[:SLOW] - 1.0).max()),
    }
    return rows


def gradient() -> dict[str, Any]:
    """Time twelve slopes beside the plain pass of the same people, in turns."""
    *parts, seen = arrays(PEOPLE, shared=True)
    cut, run = blocks(parts), plain()
    slopes = JAX.compile(
        lambda p, a, c, at: sensitivities(p, a, c, at, a.rate.shape[1], TWELVE, JAX)
    )

    def all_slopes() -> None:
        for block in cut:
            np.asarray(slopes(*block, seen)[1])

    once = partial(everybody, run, cut, seen, PEOPLE)
    first = (once(), cpu(all_slopes))[1]
    ratios = [cpu(all_slopes) / cpu(once, 3) for _ in range(ROUNDS)]
    return {
        "parameters": len(TWELVE),
        "times_plain": round(statistics.median(ratios), 1),
        "range": [round(min(ratios), 1), round(max(ratios), 1)],
        "first_call_cpu_s": round(first, 1),
    }


def matrix_rate() -> float:
    """Return the flop/s of a matrix product on one core: what this core can do."""
    A = np.random.default_rng(0).standard_normal((1200, 1200))
    A @ A
    return 2 * 1200.0**3 / min(cpu(lambda: A @ A) for _ in range(5))


def child(*arguments: str, cores: str = "", keep: str = "") -> dict[str, Any]:
    """Run one task of `TASKS` in a process of its own and return what it says."""
    command = [sys.executable, "-m", "benchmarks.mechanism", *arguments]
    if cores:
        command = ["taskset", "-c", cores, *command]
    environment = {**os.environ, "KEEP": keep}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return json.loads(done.stdout.strip().splitlines()[-1])


def first_call() -> dict[str, Any]:
    """One block from nothing: imports are in the parent's clock, compiled code may be kept."""
    if os.environ.get("KEEP"):
        remember(os.environ["KEEP"])
    with JAX.precision():
        *parts, seen = arrays(BLOCK, shared=True)
        score = everybody(plain(), blocks(parts), seen, BLOCK)
    return {"finite": bool(np.isfinite(score).all()), "cpu_s": round(time.process_time(), 2)}


def hundred_thousand() -> dict[str, Any]:
    """A hundred thousand people in blocks; only the 24 scores of each are kept."""
    with JAX.precision():
        run, found = plain(), []
        start = time.process_time()
        for k in range(20):
            *parts, seen = arrays(5000, shared=True, seed=100 + k)
            found.append(everybody(run, blocks(parts), seen, 5000))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    everyone = np.concatenate(found, axis=-1)
    return {
        "people": everyone.shape[-1],
        "everyone_finite": bool(np.isfinite(everyone).all()),
        "peak_memory_GiB": round(memory, 2),
        "cpu_s_with_drawing_the_people": round(time.process_time() - start, 1),
    }


def endless() -> dict[str, Any]:
    """People per wall second in three seconds after a warm start; the parent runs one or two."""
    with JAX.precision():
        *parts, seen = arrays(PEOPLE, shared=True)
        once = partial(everybody, plain(), blocks(parts), seen, PEOPLE)
        once()
        go = float(os.environ["GO"])
        time.sleep(max(0.0, go - time.time()))
        start, used, done = time.time(), time.process_time(), 0
        while time.time() - start < 3.0:
            once()
            done += PEOPLE
    wall, mine = time.time() - start, time.process_time() - used
    return {"per_wall_s": done / wall, "per_cpu_s": done / mine, "share_of_core": mine / wall}


def two_cores() -> dict[str, Any]:
    """Compare one process with two, each pinned to a core; neighbors steal, so say how much."""
    rounds = []
    for _ in range(3):
        rates = []
        for count in (1, 2):
            environment = {**os.environ, "GO": str(time.time() + 12.0)}
            started = [
                subprocess.Popen(
                    [
                        "taskset",
                        "-c",
                        str(k),
                        sys.executable,
                        "-m",
                        "benchmarks.mechanism",
                        "endless",
                    ],
                    stdout=subprocess.PIPE,
                    text=True,
                    env=environment,
                )
                for k in range(count)
            ]
            said = [json.loads(s.communicate()[0].strip().splitlines()[-1]) for s in started]
            rates.append(said)
        one, two = rates
        rounds.append(
            {
                "wall": sum(x["per_wall_s"] for x in two) / one[0]["per_wall_s"],
                "cpu": sum(x["per_cpu_s"] for x in two) / one[0]["per_cpu_s"],
                "share_of_core": min(x["share_of_core"] for x in (*one, *two)),
            }
        )
    best = max(rounds, key=lambda r: r["share_of_core"])
    return {
        "times_one_core_wall": round(best["wall"], 2),
        "times_one_core_cpu": round(best["cpu"], 2),
        "least_share_of_a_core_had": round(best["share_of_core"], 2),
        "rounds": [{k: round(v, 2) for k, v in r.items()} for r in rounds],
    }


def starts() -> dict[str, Any]:
    """Wall and CPU seconds from starting Python to the first scores, cold and with kept code."""
    out: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as keep:
        for name in ("cold", "warm"):
            start = time.time()
            said = child("first_call", keep=keep)
            out[name] = {"wall_s": round(time.time() - start, 2), "cpu_s": said["cpu_s"]}
    return out


LOAD = os.getloadavg()  # at the start: other work on the machine
TASKS = {"first_call": first_call, "hundred_thousand": hundred_thousand, "endless": endless}


def main() -> None:
    if peers.roadrunner is None or shutil.which("Rscript") is None:
        sys.exit("needs its peers: pip install libroadrunner antimony, and R with deSolve")
    with JAX.precision():
        rows, slopes = forward(), gradient()
    rate = matrix_rate()
    reached = rows["catalog"]["people_per_cpu_second"] * HAND_FLOP * rows["catalog"]["steps"]
    print(
        json.dumps(
            {
                "load_average": [round(x, 1) for x in LOAD],
                "workload": {"people": PEOPLE, "periods": 2, "days": 28, "looks": 24},
                "peers": peers.versions(),
                "forward": rows,
                "gradient": slopes,
                "two_cores": two_cores(),
                "first_call": starts(),
                "memory": child("hundred_thousand"),
                "limit": {
                    "matrix_product_gflops": round(rate / 1e9, 1),
                    "reached_gflops_by_hand_count": round(reached / 1e9, 1),
                    "share": round(reached / rate, 3),
                },
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(TASKS[sys.argv[1]]()))
    else:
        main()
