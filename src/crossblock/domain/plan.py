"""The analysis plan: which model answers which estimand, and which ones stand beside it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from crossblock.domain.model import Id, Model, Note, Some
from crossblock.domain.source import Sourced

PlannedModel = Literal[
    "complete pairs",
    "all participants",
    "responders only",
    "two groups",
    "change from baseline",
]


class PlannedAnalysis(Model):
    """One model for one estimand.

    complete pairs: period-adjusted differences of those seen in both conditions. all participants:
    treatment + period, participant random, REML, Kenward-Roger. responders only: people selected by
    their response in the reference condition (biased; kept where a publication did it).
    """

    estimand: Id
    model: PlannedModel
    role: Literal["primary", "sensitivity", "as published"]
    note: Note = ""


class AnalysisPlan(Model):
    """What will be computed, laid down before the data."""

    level: Annotated[float, Field(gt=0.5, lt=1)] = 0.95
    """Coverage of intervals, as a fraction."""
    baseline: Id | None = None
    """Visit whose score is subtracted or adjusted for; left out when scores are compared as is."""
    carryover: Literal["shown", "not examined"] = "shown"
    """Carryover is shown with its power and never selects the analysis."""
    analyses: Some[PlannedAnalysis]
    published: Sourced[Note] | None = None
    """What the publication says it did, in words."""
