"""Prepare mechanisms side by side: each worker builds one mechanism's part of the bank."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from crossblock.domain.mechanism import Mechanism
from crossblock.domain.regimen import Regimen
from crossblock.domain.weighed import Outcomes, WeighedStudy
from crossblock.kernels.backend_jax import remember
from crossblock.weigh.bank import Bank, Say, build
from crossblock.weigh.posterior import calibrate
from crossblock.weigh.reach import Model
from crossblock.weigh.tempering import ISLANDS
from crossblock.weigh.terms import Tables

PROGRAMS = "programs"  # subfolder of compiled programs: they need compiling once, not each time


@dataclass(frozen=True, kw_only=True, eq=False)
class Work:
    """What every worker needs: the regimens, the model, the calibrating studies, the sizes."""

    regimens: tuple[Regimen, ...]
    model: Model
    calibrating: tuple[WeighedStudy, ...]
    found: Outcomes
    size: int
    each: int
    seed: int
    folder: Path


def prepare(mechanisms: Sequence[Mechanism], work: Work, *, workers: int, say: Say) -> None:
    """Build and calibrate every mechanism into the folder, `workers` at a time.

    The files are the same for any number of workers; what is there already costs nothing.
    """
    if workers <= 1:
        for mechanism in mechanisms:
            say(_one(mechanism, work))
        return
    with ProcessPoolExecutor(
        workers,
        mp_context=get_context("spawn"),
        initializer=remember,
        initargs=(str(work.folder / PROGRAMS),),
    ) as pool:
        jobs = [pool.submit(_one, mechanism, work) for mechanism in mechanisms]
        for job in as_completed(jobs):
            say(job.result())


def _one(mechanism: Mechanism, work: Work) -> str:
    bank: Bank = build(
        [mechanism],
        work.regimens,
        work.model,
        size=work.size,
        seed=work.seed,
        folder=work.folder,
    )
    without = [[x for x in work.calibrating if x is not out] for out in work.calibrating]
    for studies, each in ((work.calibrating, work.each), *((w, work.each // 2) for w in without)):
        calibrate(
            bank,
            studies,
            work.found,
            Tables(event={}, test={}),
            seed=work.seed,
            each=each,
            folder=work.folder,
        )
    drawn = f"{work.size} prior draws, {ISLANDS * work.each} calibrated particles"
    return f"{mechanism.title}: {drawn}"
