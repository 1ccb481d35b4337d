"""What an analysis of one study says, ready to be drawn: the value between `stats` and `report`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crossblock.domain.blockade import BlockadeFraction
from crossblock.domain.result import Estimate, Method


@dataclass(frozen=True, kw_only=True, slots=True)
class PairedScore:
    """One participant's scores in two conditions at one visit, and their difference.

    `difference` is test minus reference on the instrument's own scale (drug minus comparator, or
    blocked minus open). A participant seen in one condition only has `None` for the other.
    """

    participant: str
    sequence: str
    test: float | None
    reference: float | None

    @property
    def difference(self) -> float | None:
        if self.test is None or self.reference is None:
            return None
        return self.test - self.reference


@dataclass(frozen=True, kw_only=True, slots=True)
class CellMean:
    """Mean score of one sequence in one period at one visit (complete pairs only)."""

    sequence: str
    period: int
    condition: str
    mean: float
    sd: float
    n: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ExactTest:
    """A test that needs no normal scores: randomization, sign, rank.

    `sentence` says what was counted; `lower`/`upper` are None where the test gives no interval.
    """

    name: str
    p: float
    sentence: str
    lower: float | None = None
    upper: float | None = None
    method: Method | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class EndpointAnalysis:
    """One instrument at one visit: the primary estimate and everything shown beside it.

    `test` and `reference` are condition ids; `lower_is_better` orients every picture.
    `carryover` is shown with `carryover_detectable`, the difference of sequence totals that this
    study could have seen with 80 % power; it never chooses the analysis.
    """

    instrument: str
    instrument_name: str
    family: str
    visit: str
    visit_words: str
    test: str
    reference: str
    lower_is_better: bool
    minimum: float
    maximum: float
    primary: Estimate
    sensitivity: tuple[Estimate, ...]
    pairs: tuple[PairedScore, ...]
    cells: tuple[CellMean, ...]
    period_effect: Estimate | None
    carryover: Estimate | None
    carryover_detectable: float | None
    detectable_sd: float | None
    exact: tuple[ExactTest, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class FlowCell:
    """How many people of one sequence were rated in one period at one visit."""

    sequence: str
    period: int
    condition: str
    visit: str
    rated: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Flow:
    """Who took part: by sequence and period (CONSORT extension for crossover trials)."""

    enrolled: int
    not_allocated: int
    started: Mapping[str, int]
    completed: Mapping[str, int]
    cells: tuple[FlowCell, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class FractionAnalysis:
    """The blockade fraction of one endpoint at one visit, and whether the drug did anything.

    `assay` is the open effect (drug minus no drug, or change from baseline where no such condition
    exists): assay sensitivity, shown beside the fraction and never used to choose an analysis.
    `beside` holds the same fraction with other intervals (profile likelihood, bootstrap).
    """

    endpoint: str
    instrument_name: str
    visit: str
    visit_words: str
    fraction: BlockadeFraction
    assay: Estimate
    beside: tuple[Estimate, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SelectedAnalysis:
    """The comparison among responders to the reference condition, with what selection alone does.

    `bias` is the difference (points) that selecting them gives when the blocker does nothing, at
    the correlations `bias_icc`; `response_sd` is the spread of the responses it was computed from.
    """

    endpoint: str
    instrument_name: str
    visit: str
    visit_words: str
    estimate: Estimate
    responders: int
    people: int
    response_sd: float
    bias: Mapping[float, float]
    warning: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FamilyVerdict:
    """What one family of endpoints says of the blocker's effect, alone and jointly with the rest.

    `margin` is None where the protocol states none: then equivalence cannot be claimed.
    """

    family: str
    endpoint: str
    instrument_name: str
    visit_words: str
    estimate: Estimate
    margin: float | None
    margin_confidence: str
    alone: str
    joint: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PanelRow:
    """One covariance of the sensitivity panel: its estimate, or the sentence why there is none."""

    covariance: str
    estimate: Estimate | None
    refused: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class GuessRow:
    """Guesses under one true condition in one period, with Bang's index and its score interval.

    The index is 1 when all guess right, 0 as by chance, -1 when all guess wrong.
    """

    period: int
    condition: str
    right: int
    wrong: int
    unsure: int
    bang: Estimate


@dataclass(frozen=True, kw_only=True, slots=True)
class BlindingAnalysis:
    """Whether the blind was kept, and how many points of expectancy would explain the result.

    `to_zero` points acting through the guesses would make the primary difference 0, `to_interval`
    would make its interval reach 0; infinite where no amount does.
    """

    rows: tuple[GuessRow, ...]
    james: Estimate
    to_zero: float
    to_interval: float
    belief_gap: float
    sentence: str
    pairs: int


@dataclass(frozen=True, kw_only=True, slots=True)
class StoppingLook:
    """One planned look: completers, and the bounds on z of the blocker's effect."""

    completers: int
    efficacy: float | None
    futility: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class StoppingAnalysis:
    """The planned looks, where this analysis stands, and what the rule really allows."""

    endpoint: str
    looks: tuple[StoppingLook, ...]
    completers: int
    under_way: int
    z: float
    sentences: tuple[str, ...]
    assumed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class InterimLook:
    """One look before the end: z of the blocker's effect between the bounds at these completers.

    The bounds are the protocol's at the information that there is, not at the one planned.
    """

    endpoint: str
    visit: str
    look: int
    planned_at: int
    completers: int
    under_way: int
    z: float
    efficacy: float | None
    futility: float | None
    decision: str
    sentences: tuple[str, ...]
    warnings: tuple[str, ...]
    assumed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class StudyAnalysis:
    """Everything that one run of `analyze` found, in the order of the protocol's endpoints."""

    protocol_id: str
    protocol_hash: str
    ratings_hash: str
    flow: Flow
    endpoints: tuple[EndpointAnalysis, ...]
    fractions: tuple[FractionAnalysis, ...] = ()
    selected: tuple[SelectedAnalysis, ...] = ()
    families: tuple[FamilyVerdict, ...] = ()
    panel: tuple[PanelRow, ...] = ()
    blinding: BlindingAnalysis | None = None
    stopping: StoppingAnalysis | None = None
    methods: tuple[Method, ...] = ()
    warnings: tuple[str, ...] = ()
