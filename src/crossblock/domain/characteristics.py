"""Operating characteristics: what a design does over many virtual trials of known truth.

Every number carries its Monte Carlo error. How they are computed is `simulate.characteristics`; how
they are drawn, `report.operating`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from crossblock.domain.source import Assumption


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """A mean or share over `n` virtual trials with its Monte Carlo standard error.

    `se` of a share that was never (or always) met is that of the rule of three, not 0; where
    nothing was measured `n` is 0 and `se` infinite.
    """

    value: float
    se: float
    n: int

    @property
    def lower(self) -> float:
        """Lower end of the 95 % Monte Carlo interval."""
        return self.value - 1.96 * self.se

    @property
    def upper(self) -> float:
        """Upper end of the 95 % Monte Carlo interval."""
        return self.value + 1.96 * self.se


@dataclass(frozen=True, kw_only=True, slots=True)
class FractionCharacteristics:
    """How the blockade fraction is estimated.

    truth       the fraction that the design's cells define, in a population without dropout, belief
                or carry-over
    bias        mean of estimates from bounded sets minus truth
    low, high   2.5 and 97.5 % quantiles of the estimates: the sampling range
    coverage    share of Fieller sets that hold the truth; unbounded sets count by what they hold
    width       mean width of the bounded sets
    bounded     share of sets that are bounded
    """

    truth: float
    mean: Measured
    bias: Measured
    low: float
    high: float
    coverage: Measured
    width: Measured
    bounded: Measured


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupCharacteristics:
    """One group of people (all completers, responders, those who qualified apart), or everybody
    rated at least once by the mixed model, which has no paired test and no fraction here.

    `significant` is the share of trials with two-sided p < alpha in the direction of the claim,
    adjusted for period; `paired` the same by the plain paired t. Without an effect it is the
    one-direction type I error. `opposite` is significance in the other direction.
    """

    group: str
    people: Measured
    significant: Measured
    paired: Measured
    opposite: Measured
    estimate: Measured
    bias: Measured
    fraction: FractionCharacteristics | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleCharacteristics:
    """One stopping rule applied to one group of people.

    stop         share of trials that stop at each look
    significant  share that end with the claim, by stopping or at the end
    size         people entered by the end
    exposed      people given a condition whose true effect is under half of the open one
    given_stop   mean estimate (points) among trials that stopped; None where none did
    """

    rule: str
    words: str
    group: str
    assumed: bool
    stop: tuple[Measured, ...]
    significant: Measured
    size: Measured
    exposed: Measured
    given_stop: Measured | None


@dataclass(frozen=True, kw_only=True, slots=True)
class LookCharacteristics:
    """What the looks find: completed pairs and people mid-crossover."""

    count: int
    completed: Measured
    between: Measured
    entered: Measured


@dataclass(frozen=True, kw_only=True, slots=True)
class Responders:
    """How many completers respond without the blocker.

    `exactly` maps (responders, completers) of published trials to the share of virtual trials with
    just these completers that had just these responders.
    """

    share: Measured
    exactly: Mapping[tuple[int, int], Measured] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Characteristics:
    """One protocol under one truth.

    `truth` holds what was set for this run, `effects` the true mean change of each condition at the
    primary visit (points of the endpoint's scale), `difference` the true test minus reference.
    `blinding` is Bang's index by condition: 0 as by chance, 1 when all guess right.
    """

    protocol_id: str
    protocol_hash: str
    generator: str
    mechanism: str
    truth: Mapping[str, float]
    people: int
    trials: int
    seed: int
    endpoint: str
    visit: str
    effects: Mapping[str, float]
    difference: float
    groups: tuple[GroupCharacteristics, ...]
    rules: tuple[RuleCharacteristics, ...]
    looks: tuple[LookCharacteristics, ...]
    completed: Measured
    carryover: Measured | None
    responders: Responders | None
    blinding: Mapping[str, Measured] = field(default_factory=dict)
    assumed: tuple[Assumption, ...] = ()
    warnings: tuple[str, ...] = ()

    def group(self, name: str) -> GroupCharacteristics:
        """Return one group of people; KeyError when the protocol has none of that name."""
        return {g.group: g for g in self.groups}[name]

    def rule(self, name: str, group: str = "all") -> RuleCharacteristics:
        """Return one rule applied to one group; KeyError when it was not run."""
        return {(r.rule, r.group): r for r in self.rules}[name, group]


@dataclass(frozen=True, kw_only=True, slots=True)
class VirtualTrial:
    """One virtual trial as it would be reported: complete pairs and the comparison.

    `pairs` holds (reference, test) of each completer, in points as analyzed; `lower` and `upper`
    are the 95 % interval of test minus reference; `claims` says whether it excludes 0 in the
    direction of the claim.
    """

    number: int
    pairs: tuple[tuple[float, float], ...]
    estimate: float
    lower: float
    upper: float
    claims: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Gallery:
    """Some virtual trials of one truth, the first of the run and not chosen."""

    truth: Mapping[str, float]
    mechanism: str
    difference: float
    trials: tuple[VirtualTrial, ...]
