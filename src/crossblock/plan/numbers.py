"""Where the planning numbers come from: shipped evidence rows, or the virtual people's truth.

From the open ketamine-saline crossover: means and SDs of change with and without the drug and the
SD of paired differences. All of that SD is taken as noise between sessions, none as people who
differ in their response to the drug: without repeated sessions the two cannot be told apart, and
this is the cautious reading. Derivation: docs/derivations/plan.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from crossblock.core.errors import InputError, Problem
from crossblock.domain.evidence import Evidence, EvidenceRow
from crossblock.domain.fact import Confidence
from crossblock.domain.response import PlanningValue, Response
from crossblock.domain.truth import Truth

NIMH = "NIMH MOA (Evans, Nugent, Zarate)"
DAY_H = 60.0  # the rating of the open data nearest to day 1: 2 to 3 days
SHOWN = {"hamd17": "HAM-D17", "hamd6": "HAM-D6", "madrs": "MADRS"}
RESPONSE = 0.5  # share of the baseline score that makes a responder
PER_POINT = {"hamd17": "", "hamd6": "hamd6_per_point", "madrs": "madrs_per_point"}


@dataclass(frozen=True, kw_only=True, slots=True)
class FractionPrior:
    """Beta(a, b) for the blockade fraction, with the rows behind it."""

    a: float
    b: float
    values: tuple[PlanningValue, ...]

    @property
    def mean(self) -> float:
        return self.a / (self.a + self.b)

    @property
    def sd(self) -> float:
        n = self.a + self.b
        return math.sqrt(self.mean * (1.0 - self.mean) / (n + 1.0))


def known_scales() -> tuple[str, ...]:
    """Return the instruments for which planning numbers are shipped."""
    return tuple(SHOWN)


def from_evidence(evidence: Evidence, instrument: str) -> Response:
    """Return planning numbers from the open data for one instrument.

    Raises `InputError` for a scale that the open data did not use.
    """
    scale = _scale(instrument)

    def row(endpoint: str, drug: str, statistic: str, at: float = DAY_H) -> EvidenceRow:
        found = evidence.of(NIMH, endpoint=endpoint, drug=drug, statistic=statistic, time_h=at)
        evidence.fit_for(found[:1])
        return found[0]

    change = f"{scale} change from ses-b0"
    both = row(scale, "ketamine minus saline", "paired_mean_difference")
    spread = row(scale, "ketamine minus saline", "paired_difference_sd")
    drug_sd = row(change, "ketamine", "sd_of_change")
    other, other_sd = (row(change, "saline", s) for s in ("mean_change", "sd_of_change"))
    start = row(scale, "baseline", "mean", 0.0)
    used = (both, spread, drug_sd, other, other_sd, start)
    drug_, spread_, drug_sd_, other_, other_sd_, start_ = (float(r.value or 0.0) for r in used)
    session = spread_**2 / 2.0
    return Response(
        scale=scale,
        instrument=instrument,
        other=-other_,
        drug=-drug_,
        var_person=max((drug_sd_**2 + other_sd_**2) / 2.0 - session, 0.0),
        var_drug=0.0,
        var_session=session,
        drug_se=spread_ / math.sqrt(both.n or 1),
        other_se=other_sd_ / math.sqrt(other.n or 1),
        responder=RESPONSE * start_,
        title="open data: ketamine against saline, days 2 to 3",
        values=tuple(_value(r) for r in used),
    )


def from_truth(truth: Truth, instrument: str) -> Response:
    """Return the textbook model of the virtual trials, in points of `instrument`."""
    _scale(instrument)
    per = truth[PER_POINT[instrument]] if PER_POINT[instrument] else 1.0
    sd, icc = truth["fall_sd"] * per, truth["icc"]
    used = ("mean_fall", "fall_sd", "icc", "baseline")
    return Response(
        scale=SHOWN[instrument],
        instrument=instrument,
        other=0.0,
        drug=truth["mean_fall"] * per,
        var_person=0.0,
        var_drug=icc * sd**2,
        var_session=(1.0 - icc) * sd**2,
        responder=RESPONSE * truth["baseline"] * per,
        title="textbook model of the virtual trials",
        values=tuple(
            PlanningValue(
                name=p.symbol.replace("_", " "),
                value=p.value,
                unit=p.unit,
                source=p.source.text,
                confidence=p.confidence,
                note=p.note,
            )
            for p in (truth.parameter(s) for s in used)
        ),
    )


def stated(instrument: str, *, drug: float, other: float, sd_difference: float) -> Response:
    """Return planning numbers that a person states: drug effect, other improvement, paired SD."""
    said = (
        ("drug effect", drug),
        ("improvement without drug", other),
        ("paired SD", sd_difference),
    )
    return Response(
        scale=SHOWN.get(instrument, instrument),
        instrument=instrument,
        other=other,
        drug=drug,
        var_person=sd_difference**2 / 2.0,
        var_drug=0.0,
        var_session=sd_difference**2 / 2.0,
        title="numbers stated for this plan",
        values=tuple(
            PlanningValue(
                name=name,
                value=value,
                unit="point",
                source="stated on the command line",
                confidence=Confidence.ASSUMED,
            )
            for name, value in said
        ),
    )


def fraction_prior(evidence: Evidence) -> FractionPrior:
    """Return what is thought of the fraction before the next study.

    Mean: the loss reported for the second crossover. SD: that loss over the square root of the
    trial's F, doubled because the first crossover reported far more. Both are amber.
    """
    study = "Jelen 2025"
    loss = evidence.of(study, statistic="relative_reduction")[0]
    F = evidence.of(study, statistic="F", endpoint="MADRS condition-by-time interaction")[0]
    mean = float(loss.value or 0.0)
    sd = 2.0 * mean / math.sqrt(float(F.value or 1.0))
    n = mean * (1.0 - mean) / sd**2 - 1.0
    doubled = PlanningValue(
        name="widening of the prior",
        value=2.0,
        unit="times",
        source="this project",
        confidence=Confidence.ASSUMED,
        note="two crossovers disagree on the size, so the SD of one is doubled",
    )
    return FractionPrior(a=mean * n, b=(1.0 - mean) * n, values=(_value(loss), _value(F), doubled))


def _scale(instrument: str) -> str:
    if instrument in SHOWN:
        return SHOWN[instrument]
    raise InputError(
        Problem(
            what="no planning numbers are shipped for this scale",
            value=instrument,
            why="the open data rate HAM-D17, HAM-D6 and MADRS",
            fix="choose one of them with --endpoint, or give --effect and --sd in points",
        )
    )


def _value(row: EvidenceRow) -> PlanningValue:
    return PlanningValue(
        name=f"{row.endpoint}, {row.drug or row.study}: {row.statistic.name.replace('_', ' ')}",
        value=float(row.value or 0.0),
        unit=row.units,
        source=row.cited,
        confidence=row.confidence,
    )
