"""The NIMH crossover as plain domain values, so that pictures are tested on real people."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from statistics import fmean, stdev

import numpy as np
import pytest
from scipy.special import stdtrit

from crossblock.domain.analysis import (
    CellMean,
    EndpointAnalysis,
    Flow,
    FlowCell,
    PairedScore,
    StudyAnalysis,
)
from crossblock.domain.curve import Curve, DoseMark, ExposurePicture
from crossblock.domain.protocol import Protocol
from crossblock.domain.result import Estimate, Method, Reference
from crossblock.load import protocol as load
from crossblock.report import study
from crossblock.report.story import Story

DATA = Path(__file__).parent / "data" / "nimh_mdd.csv"
RANGES = {"MADRS": 60, "HAM-D6": 22, "HAM-D17": 52}
# All 29 people, REML with Kenward-Roger: estimate and standard error as the issue states them.
ALL_PEOPLE = {"MADRS": (-7.41, 1.99), "HAM-D6": (-3.31, 0.74), "HAM-D17": (-5.17, 1.26)}
SEQUENCES = {"d": "ketamine-first", "p": "saline-first"}
CONDITIONS = {
    "ketamine-first": ("ketamine", "saline"),
    "saline-first": ("saline", "ketamine"),
}
CROSSOVER = Method(
    name="period-adjusted difference",
    sentence=(
        "The difference between conditions was estimated from complete pairs by the "
        "period-adjusted two-sample method on within-person differences."
    ),
    references=(
        Reference(
            key="senn2002",
            text="Senn S. Cross-over Trials in Clinical Research. 2nd ed. Wiley; 2002.",
            doi="10.1002/0470854596",
        ),
    ),
)


def _number(text: str) -> float | None:
    return float(text) if text else None


def people(instrument: str) -> tuple[PairedScore, ...]:
    with DATA.open(newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["instrument"] == instrument and r["first"]]
    pairs = tuple(
        PairedScore(
            participant=r["participant"],
            sequence=SEQUENCES[r["first"]],
            test=_number(r["ketamine"]),
            reference=_number(r["saline"]),
        )
        for r in rows
    )
    return tuple(p for p in pairs if p.test is not None or p.reference is not None)


def adjusted(pairs: tuple[PairedScore, ...]) -> Estimate:
    by = {s: [p.difference for p in pairs if p.sequence == s and p.difference is not None]
          for s in SEQUENCES.values()}  # fmt: skip
    one, two = by.values()
    n1, n2 = len(one), len(two)
    df = n1 + n2 - 2
    s2 = ((n1 - 1) * stdev(one) ** 2 + (n2 - 1) * stdev(two) ** 2) / df
    value, se = (fmean(one) + fmean(two)) / 2, math.sqrt(s2 * (1 / n1 + 1 / n2)) / 2
    half = float(stdtrit(df, 0.975)) * se
    return Estimate(
        label="ketamine − saline",
        value=value,
        se=se,
        df=df,
        statistic=value / se,
        p=0.0026,
        lower=value - half,
        upper=value + half,
        n=n1 + n2,
        n_by_sequence={s: len(d) for s, d in by.items()},
        model="period-adjusted difference of complete pairs",
        method=CROSSOVER,
    )


def everyone(instrument: str, n: int) -> Estimate:
    value, se = ALL_PEOPLE[instrument]
    half = float(stdtrit(24.0, 0.975)) * se
    return Estimate(
        label="ketamine − saline",
        value=value,
        se=se,
        df=24.0,
        lower=value - half,
        upper=value + half,
        n=n,
        model="treatment + period, participant random (REML)",
    )


def cells(pairs: tuple[PairedScore, ...]) -> tuple[CellMean, ...]:
    out = []
    for sequence in SEQUENCES.values():
        for period, condition in enumerate(CONDITIONS[sequence], start=1):
            complete = [p for p in pairs if p.sequence == sequence and p.difference is not None]
            scores = [p.test if condition == "ketamine" else p.reference for p in complete]
            got = [s for s in scores if s is not None]
            out.append(
                CellMean(
                    sequence=sequence,
                    period=period,
                    condition=condition,
                    mean=fmean(got),
                    sd=stdev(got),
                    n=len(got),
                )
            )
    return tuple(out)


def endpoint(instrument: str) -> EndpointAnalysis:
    pairs = people(instrument)
    primary = adjusted(pairs)
    assert primary.se is not None
    return EndpointAnalysis(
        instrument=instrument.lower().replace("-", ""),
        instrument_name=instrument,
        family="efficacy",
        visit="d2",
        visit_words="Days 2-3",
        test="ketamine",
        reference="saline",
        lower_is_better=True,
        minimum=0,
        maximum=RANGES[instrument],
        primary=primary,
        sensitivity=(everyone(instrument, len(pairs)),),
        pairs=pairs,
        cells=cells(pairs),
        period_effect=Estimate(label="period 2 − period 1", value=0.4, se=1.99, df=22, lower=-3.7,
                               upper=4.5, n=24),
        carryover=Estimate(label="carryover", value=-3.2, se=4.5, df=22, lower=-12.5, upper=6.1,
                           n=24),
        carryover_detectable=13.2,
        detectable_sd=0.598,
    )  # fmt: skip


def flow() -> Flow:
    started = {"ketamine-first": 17, "saline-first": 14}
    rated = {
        ("ketamine-first", 1): 15,
        ("ketamine-first", 2): 13,
        ("saline-first", 1): 13,
        ("saline-first", 2): 12,
    }
    return Flow(
        enrolled=33,
        not_allocated=2,
        started=started,
        completed={"ketamine-first": 12, "saline-first": 12},
        cells=tuple(
            FlowCell(sequence=s, period=k, condition=CONDITIONS[s][k - 1], visit="d2", rated=n)
            for (s, k), n in rated.items()
        ),
    )


@pytest.fixture(scope="session")
def analysis() -> StudyAnalysis:
    return StudyAnalysis(
        protocol_id="nimh-ketamine-saline",
        protocol_hash="3f" * 32,
        ratings_hash="a1" * 32,
        flow=flow(),
        endpoints=tuple(endpoint(k) for k in ("MADRS", "HAM-D17", "HAM-D6")),
        methods=(CROSSOVER,),
    )


def _blockade(hours: np.ndarray, start: float, ed50: float, half_life: float) -> np.ndarray:
    ka, ke = 2.0, math.log(2) / half_life
    s = np.clip(hours - start, 0, None)
    x = 50 * ka / (ka - ke) * (np.exp(-ke * s) - np.exp(-ka * s))
    return x / (x + ed50)


@pytest.fixture(scope="session")
def exposure() -> ExposurePicture:
    """Return curves of the right shape: the K-PD blockade of 50 mg, and a schematic infusion."""
    t = np.unique(np.concatenate([np.linspace(0, 6, 361), np.linspace(6, 336, 331)]))
    start, end = 0.75, 0.75 + 2 / 3
    s = t - start
    up = 1 - np.exp(-1.6 * np.clip(s, 0, 2 / 3))
    level = 240 * up * np.exp(-1.1 * np.clip(t - end, 0, None))
    common = {"unit": "ng/mL", "time_h": t}
    micromolar = level / 237.7 * 0.4
    return ExposurePicture(
        time_zero="naltrexone intake",
        concentration=(
            Curve(label="ketamine, venous plasma", value=level, low=level * 0.75, high=level * 1.3,
                  band="90 % of persons", cell="open", source="Fanta 2015", **common),
        ),
        occupancy=(
            Curve(label="NMDA receptors, ketamine", unit="fraction", time_h=t, cell="open",
                  value=micromolar / (micromolar + 0.5), low=micromolar / (micromolar + 0.75),
                  high=micromolar / (micromolar + 0.35), band="range of published affinities"),
            Curve(label="mu receptors, ketamine", unit="fraction", time_h=t, cell="open",
                  value=micromolar / (micromolar + 41.7)),
            Curve(label="mu receptors, ketamine + naltrexone", unit="fraction", time_h=t,
                  value=micromolar / (micromolar + 41.7) * 0.06, cell="blocked"),
        ),
        blockade=(
            Curve(label="mu receptors blocked", unit="fraction", time_h=t, cell="blocked",
                  value=_blockade(t, 0, 5.18, 34), low=_blockade(t, 0, 6.3, 30),
                  high=_blockade(t, 0, 4.1, 39), band="95 % bootstrap",
                  assumed=("absorption rate 2 per hour: no scan earlier than 1 h was found",)),
        ),
        doses=(
            DoseMark(compound="naltrexone", label="naltrexone 50 mg by mouth", start_h=0.0),
            DoseMark(compound="ketamine", label="ketamine 0.5 mg/kg over 40 min", start_h=start,
                     duration_h=2 / 3),
        ),
    )  # fmt: skip


@pytest.fixture(scope="session")
def nimh() -> Protocol:
    return load.read("nimh-ketamine-saline")


@pytest.fixture(scope="session")
def williams() -> Protocol:
    return load.read("williams-2018")


@pytest.fixture(scope="session")
def smallest() -> dict[int, float]:
    """Return detectable SDs by completers; 0.90 at 12 and 0.60 at 24 are statistics.md's."""
    return {6: 1.46, 8: 1.16, 12: 0.90, 16: 0.75, 24: 0.60, 40: 0.45, 60: 0.37}


@pytest.fixture(scope="session")
def story(
    nimh: Protocol,
    williams: Protocol,
    analysis: StudyAnalysis,
    exposure: ExposurePicture,
    smallest: dict[int, float],
) -> Story:
    beside = study.Beside(
        exposure=exposure,
        blocker_study=williams,
        smallest=smallest,
        provenance=(("crossblock", "0.0"), ("Command", "crossblock demo")),
    )
    return study.study_story(nimh, analysis, beside)
