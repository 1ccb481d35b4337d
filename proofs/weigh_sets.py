"""Sets of simulated evidence for issue E, in as many processes as there are cores."""

from __future__ import annotations

import json
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import crossblock as cb
import crossblock.weigh as weigh_package
from crossblock.cli.weighed import SIZES, default_folder
from crossblock.cli.weighing import MECHANISMS, REFERENCE, outcome
from crossblock.domain.weighed import Role, WeighedStudy
from crossblock.kernels.backend_jax import remember
from crossblock.load import evidence, weighing
from crossblock.load.compound import compound
from crossblock.load.mechanism import mechanism
from crossblock.weigh import store
from crossblock.weigh.account import Settings, tables_for
from crossblock.weigh.bank import NODES, Bank, Rival, build
from crossblock.weigh.people import nodes
from crossblock.weigh.posterior import ENOUGH, Posterior, Standing, calibrate, standings, weigh
from crossblock.weigh.prepare import PROGRAMS
from crossblock.weigh.reach import Model
from crossblock.weigh.sbc import Set, Setup, truths, weighed_set

STUDIES = weighing.shipped()
ROWS = evidence.shipped()
CALIBRATING = tuple(s for s in STUDIES.studies if s.role is Role.FIT)
EXTRA = tuple(s for s in STUDIES.studies if s.role is Role.MECHANISM)
ONE_DOSE = ("ketamine", "ketamine-naltrexone", "placebo")
REGIMENS = tuple(r for r in STUDIES.regimens if r.id in ONE_DOSE)
SIZE, EACH, SEED = SIZES["full"].size, SIZES["full"].each, 1  # the bank of the verb
FINE = 64  # quadrature people of a truth; its amplitudes and studies are continuous
TRUTH_SEED = 2018


def model(count: int = NODES) -> Model:
    compounds = {n: compound(n) for n in ("ketamine", "naltrexone")}
    return Model(reference=compounds[REFERENCE], compounds=compounds, nodes=nodes(count))


@cache
def bank(seed: int = SEED) -> Bank:
    rivals = [mechanism(m) for m in MECHANISMS]
    return build(rivals, REGIMENS, model(), size=SIZE, seed=seed, folder=default_folder())


@cache
def setup(extra: tuple[WeighedStudy, ...] = EXTRA) -> Setup:
    studies = (*CALIBRATING, *extra)
    return Setup(
        bank=bank(),
        calibrating=CALIBRATING,
        extra=extra,
        like={s.id: outcome(s, ROWS) for s in studies},
        tables=tables_for(extra, Settings(folder=default_folder())),
    )


@cache
def stand(seed: int = SEED) -> dict[str, Standing]:
    """Return the calibrated clouds of the verb, under the regimens that fitted studies look at."""
    found = {s.id: outcome(s, ROWS) for s in CALIBRATING}
    clouds = calibrate(
        bank(seed),
        CALIBRATING,
        found,
        setup().tables,
        seed=seed,
        each=EACH,
        folder=default_folder(),
    )
    return standings(bank(seed), clouds)


def log_marginals(seed: int) -> dict[str, Posterior]:
    """Return every mechanism's posterior of the shipped evidence, as the verb has it."""
    on = setup()
    return weigh(
        bank(seed), stand(seed), CALIBRATING, EXTRA, on.like, on.tables, seed=seed, enough=ENOUGH
    )


@cache
def truth(count: int, only: tuple[str, ...] = MECHANISMS) -> list[Rival]:
    return truths([mechanism(m) for m in only], REGIMENS, model(FINE), count, TRUTH_SEED)


def one(k: int, count: int) -> Set:
    return weighed_set(setup(), truth(count)[k], seed=1000 + k)


def code() -> str:
    """Return a hash of the code that weighs: kept sets of other code are never used."""
    folder = Path(str(weigh_package.__file__)).parent
    return store.code(*sorted(p.stem for p in folder.glob("*.py") if p.stem != "press"))[:12]


def sets(count: int, most: int | None = None) -> list[Set]:
    """Return all sets (at most `most` new ones); those of an interrupted run are taken up again."""
    kept = default_folder() / f"sets-{count}-{code()}.jsonl"
    done: dict[int, Set] = {}
    if kept.exists():
        for line in kept.read_text().splitlines():
            row = json.loads(line)
            k = row.pop("k")
            done[k] = Set(**row)
    left = [k for k in range(count) if k not in done][:most]
    if left:
        bank(), truth(count), setup()
        with (
            cb.single_threaded(),
            ProcessPoolExecutor(
                int(os.environ.get("PROOF_WORKERS", os.cpu_count() or 1)),
                mp_context=get_context("spawn"),
                initializer=remember,
                initargs=(str(default_folder() / PROGRAMS),),
            ) as pool,
            kept.open("a", encoding="utf-8") as file,
        ):
            for k, found in zip(left, pool.map(one, left, [count] * len(left)), strict=True):
                done[k] = found
                file.write(json.dumps({"k": k, **asdict(found)}) + "\n")
                file.flush()
    return [done[k] for k in sorted(done)]
