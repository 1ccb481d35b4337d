"""A plan for the next study as plain values: what was asked, what designs do, what is advised.

Everything a report page, a table or a program needs of `crossblock plan`; how it is computed is
`plan`, how it is drawn `report.plan`. Probabilities and widths are fractions, effects points.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from crossblock.domain.candidate import Candidate
from crossblock.domain.precision import Precision
from crossblock.domain.response import PlanningValue, Response
from crossblock.domain.result import Reference


@dataclass(frozen=True, kw_only=True, slots=True)
class Budget:
    """What `randomized` people cost. Without costs in the protocol the unit is one drug session."""

    unit: str
    total: float
    per_person: float
    screened: int
    randomized: int
    completers: int
    sessions: int
    months: float
    per_month: float
    """People enrolled in a month, on which `months` rests."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """Two rival readings, and what a design needs to tell them apart."""

    id: str
    words: str
    needs: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """How well a design answers one question: probability (0-1), or None where it cannot."""

    question: str
    probability: float | None
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Information:
    """Expected information on the mechanism, in bits, with what it is worth for one participant.

    `named` is the probability that the most probable mechanism is the true one; `pairs` maps
    (mechanism, rival) to the probability of choosing right between the two (0.5 is a coin).
    """

    bits: float
    per_participant: float
    named: float
    pairs: Mapping[tuple[str, str], float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Scored:
    """One candidate at the common cost; `settles` is what it costs to answer, in 8 studies of 10,
    every question that it can answer at all (None: more than 100,000 people)."""

    design: Candidate
    budget: Budget
    power: Mapping[float, float]
    precision: Precision | None
    assurance: float
    told: tuple[Told, ...]
    information: Information | None
    settles: Budget | None = None
    rank: int = 0
    reasons: tuple[str, ...] = ()

    @property
    def answers(self) -> float:
        """Return how many questions a study of this design is expected to answer."""
        return sum(t.probability or 0.0 for t in self.told)


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """People (completers) that one goal needs under one design; None where nothing reaches it."""

    goal: str
    design: str
    fraction: float
    completers: int | None
    randomized: int | None
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CurvePoint:
    """Power and interval width at n completers; `simulated` with its Monte Carlo error."""

    n: int
    fraction: float
    power: float
    width: float
    simulated: tuple[float, float] | None = None
    simulated_width: tuple[float, float] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Truths:
    """A published trial repeated under one true fraction: shares of 1, ranges as fractions."""

    fraction: float
    n: int
    significant: float
    significant_se: float
    responders_only: float | None
    low: float
    high: float
    mean: float
    trials: int


@dataclass(frozen=True, kw_only=True, slots=True)
class InterimAdvice:
    """When to look and what it costs. Bounds are t values; `stop` maps a fraction to P(early)."""

    looks: tuple[int, ...]
    bounds: tuple[float, ...]
    nominal_p: tuple[float, ...]
    stop: Mapping[float, float]
    expected_n: Mapping[float, float]
    sentence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PharmacyAdvice:
    """Dose, lead time and washout, each as sentences with their numbers; (typical, low, high)."""

    blockade: tuple[float, float, float]
    window: str
    lead_h: tuple[float | None, float | None]
    dose: float | None
    dose_for_share: float | None
    washout_d: tuple[float, float, float]
    recommended_washout_d: float
    sentences: tuple[str, ...]
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """One possible result of the advised study and what it would prove."""

    result: str
    means: str
    probability: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialPlan:
    """The plan. `scored` are the candidates in order of rank; the first is advised."""

    protocol_id: str
    protocol_hash: str
    title: str
    endpoint: str
    response: Response
    target_width: float
    target_power: float
    fraction: float
    sizes: tuple[Size, ...]
    scored: tuple[Scored, ...]
    questions: tuple[Question, ...]
    curves: Mapping[str, tuple[CurvePoint, ...]]
    detectable: Mapping[int, float]
    interim: InterimAdvice | None
    pharmacy: PharmacyAdvice | None
    truths: tuple[Truths, ...]
    outcomes: tuple[Outcome, ...]
    values: tuple[PlanningValue, ...]
    edited: str = ""
    mechanisms: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()

    @property
    def advised(self) -> Scored:
        return self.scored[0]
