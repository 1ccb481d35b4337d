"""An instrument: what is asked, what answers are allowed, and what the answers add up to.

The wording of many scales belongs to somebody. An instrument therefore carries item numbers, ranges
and labels in our own words; an owner's wording, in any language, is a site's overlay that cannot
change a score. Every fact names its source and how it was met; what is only remembered stays
visible (`Instrument.amber`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from crossblock.core.errors import CatalogError, Problem, RatingsError, shorten
from crossblock.domain.fact import Fact
from crossblock.domain.scale import Item, Mask, Missing, MissingRule, Scale, check_scales, leaves
from crossblock.domain.scoring import Score, ScoreArray, Sheet, answer_problems, evaluate, resolve


class Family(StrEnum):
    """The family of endpoints that an instrument belongs to unless the protocol says otherwise."""

    EFFICACY = "efficacy"
    SUICIDALITY = "suicidality"
    DISSOCIATION = "dissociation"
    OPIOID_LIKE = "opioid_like"
    SAFETY = "safety"
    BLINDING = "blinding"
    ELIGIBILITY = "eligibility"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cutoff:
    """A published threshold on a scale, for everybody or for one group."""

    scale: str
    at_least: float
    meaning: str
    group: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Alert:
    """An answer or score that must be acted on; a protocol may set another threshold.

    action is "screen" (ask the suicide screener) or "block" (an action note before going on).
    """

    of: str
    action: str
    message: str
    at_least: float = -math.inf
    at_most: float = math.inf

    def meets(self, value: float) -> bool:
        """Tell whether a value lies where the alert is raised."""
        return self.at_least <= value <= self.at_most


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """An owner's text of one item in one language, added by a site."""

    text: str
    anchors: Mapping[float, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """A rating instrument, whole: items, scales, bands, thresholds, rights and sources.

    `primary` names the scale that "the score" means; "" where an instrument has none (vital signs).
    `response` is the fraction of the baseline that must be lost; `remission` the highest score that
    counts as remitted. `alternatives` are groups of items of which one answered is enough (QIDS:
    appetite down or up).
    """

    id: str
    name: str
    short_name: str
    family: Family
    rater: str
    recall: str
    items: tuple[Item, ...]
    scales: tuple[Scale, ...]
    primary: str
    missing: Missing
    license: str
    wording_may_ship: bool
    facts: Mapping[str, Fact]
    sources: Mapping[str, str]
    alternatives: tuple[tuple[str, ...], ...] = ()
    response: float | None = None
    remission: float | None = None
    remission_alternatives: tuple[float, ...] = ()
    cutoffs: tuple[Cutoff, ...] = ()
    alerts: tuple[Alert, ...] = ()
    repeats: str = ""
    loinc: str = ""
    notes: tuple[str, ...] = ()
    wording: Mapping[str, Mapping[str, Wording]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_scales(self.items, self.scales, f"instrument {self.id}")
        problems = _instrument_problems(self)
        if problems:
            raise CatalogError(*problems)

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def minimum(self) -> float:
        """The lowest possible primary score."""
        return self.scale().minimum

    @property
    def maximum(self) -> float:
        """The highest possible primary score."""
        return self.scale().maximum

    @property
    def lower_is_better(self) -> bool | None:
        """Direction of the primary score; None where neither end is better."""
        return self.scale().lower_is_better if self.primary else None

    @property
    def scored_items(self) -> tuple[Item, ...]:
        """The items that carry numbers, in order: the last axis of answer arrays."""
        return tuple(i for i in self.items if not i.text)

    @property
    def sheet(self) -> Sheet:
        """What scoring needs of this instrument."""
        return Sheet(
            items=self.scored_items,
            scales=self.scales,
            missing=self.missing,
            alternatives=self.alternatives,
        )

    @property
    def suicide_items(self) -> tuple[str, ...]:
        return tuple(i.id for i in self.items if i.suicide)

    @property
    def amber(self) -> tuple[Fact, ...]:
        """The facts that are remembered or assumed and still want a second source."""
        return tuple(f for f in self.facts.values() if f.confidence.amber)

    def item(self, id: str) -> Item:
        """Return the item with this id; RatingsError names the ones there are."""
        for item in self.items:
            if item.id == id:
                return item
        raise _unknown(self, "item", id, [i.id for i in self.items])

    def scale(self, id: str = "") -> Scale:
        """Return the scale with this id, the primary one by default."""
        for scale in self.scales:
            if scale.id == (id or self.primary):
                return scale
        raise _unknown(self, "scale", id or "(primary)", [s.id for s in self.scales])

    def band(self, value: float, scale: str = "") -> str:
        """Return the severity band of a score; "" where there are no bands."""
        return self.scale(scale).band(value)

    def score(self, answers: Mapping[str, float | None]) -> Score:
        """Score one set of answers: item id to number; absent or None means unanswered.

        Raises RatingsError listing every answer that is unknown or not allowed.
        """
        scored = self.scored_items
        known = {i.id for i in self.items}
        problems = [_stray_problem(self, k) for k in answers if k not in known]
        given = [answers.get(i.id) for i in scored]
        values = np.array([0.0 if v is None else v for v in given], dtype=np.float64)
        observed = np.array([v is not None for v in given], dtype=np.bool_)
        problems += answer_problems(scored, values, observed, f"instrument {self.id}")
        if problems:
            raise RatingsError(*problems)
        result = self.score_array(values, observed, check=False)
        sub = {
            s.id: float(result.scales[s.id]) if result.scales_observed[s.id] else None
            for s in self.scales
        }
        total = sub.get(self.primary)
        settled = resolve(self.sheet, values, observed)[1]
        missing = tuple(i.id for i, known in zip(scored, settled) if not known)
        return Score(
            instrument=self.id,
            total=total,
            subscales={k: v for k, v in sub.items() if k != self.primary},
            missing=missing,
            band="" if total is None else self.band(total),
            notes=self.remarks(total, missing),
        )

    def score_total(self, value: float, scale: str = "") -> Score:
        """Accept a total that was reported without its items, if it lies in the range."""
        target = self.scale(scale)
        if not (np.isfinite(value) and target.minimum <= value <= target.maximum):
            raise RatingsError(
                Problem(
                    what=f"{self.short_name} {target.name.lower()} is not a possible score",
                    where=f"instrument {self.id}, scale {target.id}",
                    value=f"{value:g}",
                    why=f"the score runs from {target.minimum:g} to {target.maximum:g}",
                    fix="check for a typing error or a score of another version of the scale",
                )
            )
        notes = ["total as reported; the items were not given"]
        if target.whole and value != np.floor(value):
            notes.append("not a whole number: prorated or averaged before it came here")
        primary = target.id == self.primary
        return Score(
            instrument=self.id,
            total=value if primary else None,
            subscales={} if primary else {target.id: value},
            missing=(),
            band=target.band(value),
            notes=tuple(notes),
        )

    def score_array(
        self, values: NDArray[np.generic], observed: Mask | None = None, *, check: bool = True
    ) -> ScoreArray:
        """Score many answer sets at once.

        values    (..., I) answers to `scored_items`, in order; what is not observed is ignored
        observed  (..., I) bool, all True when left out
        check     refuse answers that are not allowed (RatingsError); False for a caller that drew
                  them from the item ranges itself
        Returns totals and scales of shape (...,).
        """
        items = self.scored_items
        x = np.asarray(values, dtype=np.float64)
        if x.ndim == 0 or x.shape[-1] != len(items):
            raise RatingsError(
                Problem(
                    what=f"answers of shape {x.shape} for {len(items)} items",
                    where=f"instrument {self.id}",
                    fix="put the scored items, in order, on the last axis",
                )
            )
        seen = np.ones(x.shape, dtype=np.bool_) if observed is None else observed
        problems = answer_problems(items, x, seen, f"instrument {self.id}") if check else []
        if problems:
            raise RatingsError(*problems)
        value, defined = evaluate(self.sheet, x, seen)
        shape = x.shape[:-1]
        return ScoreArray(
            total=value.get(self.primary, np.zeros(shape)),
            observed=defined.get(self.primary, np.zeros(shape, dtype=np.bool_)),
            scales=value,
            scales_observed=defined,
        )

    def remarks(self, total: float | None, missing: tuple[str, ...]) -> tuple[str, ...]:
        """Return what must be said beside a score when these items are missing."""
        safety = tuple(
            f"{i} asks about suicide and is unanswered: ask it"
            for i in self.suicide_items
            if i in missing
        )
        by_id = {s.id: s for s in self.scales}
        needed = leaves(self.scale(), by_id) if self.primary else ()
        gone = [i for i in missing if i in needed]
        if not gone:
            return safety
        if total is None:
            said = f"no total: {', '.join(gone)} unanswered ({self.missing.rule} rule)"
        elif self.missing.rule is MissingRule.PRORATE:
            said = f"prorated from {len(needed) - len(gone)} of {len(needed)} items"
        else:
            said = f"{', '.join(gone)} unanswered, counted as the lowest answer"
        return (said, *safety)

    def reduction(self, baseline: float, score: float) -> float:
        """Return the fall from baseline as a fraction of it: (baseline - score) / baseline."""
        if not np.isfinite(baseline) or baseline <= 0:
            raise RatingsError(
                Problem(
                    what="a relative fall needs a baseline above 0",
                    where=f"instrument {self.id}",
                    value=f"{baseline:g}",
                    why="response is a share of the baseline, and there is none to lose",
                    fix="report the change in points for this participant",
                )
            )
        return (baseline - score) / baseline

    def responded(self, baseline: float, score: float) -> bool:
        """Return True when the fall from baseline reaches the instrument's response criterion."""
        if self.response is None:
            raise _no_threshold(self, "response")
        return self.reduction(baseline, score) >= self.response

    def remitted(self, score: float) -> bool:
        """Return True when the score is at or below the instrument's remission threshold."""
        if self.remission is None:
            raise _no_threshold(self, "remission")
        return score <= self.remission

    def raised(self, answers: Mapping[str, float | None]) -> tuple[Alert, ...]:
        """Return the alerts that these answers raise, in the order of the file."""
        score = self.score(answers)
        known: dict[str, float | None] = {**answers, **score.subscales}
        if self.primary:
            known[self.primary] = score.total
        return self.alarms(known)

    def alarms(self, known: Mapping[str, float | None]) -> tuple[Alert, ...]:
        """Return the alerts raised by these values of items and scales, by id."""
        values = ((alert, known.get(alert.of)) for alert in self.alerts)
        return tuple(a for a, value in values if value is not None and a.meets(value))


def _unknown(instrument: Instrument, kind: str, id: str, there: list[str]) -> RatingsError:
    return RatingsError(
        Problem(
            what=f"{instrument.short_name} has no {kind} {shorten(id)}",
            where=f"instrument {instrument.id}",
            why="names are taken as they are written",
            fix=f"use one of: {shorten(', '.join(there), 300)}",
        )
    )


def _stray_problem(instrument: Instrument, key: str) -> Problem:
    return Problem(
        what=f"{instrument.short_name} has no item {shorten(key)}",
        where=f"instrument {instrument.id}",
        why="an answer without its item would be lost",
        fix=f"use {instrument.items[0].id} … {instrument.items[-1].id}"
        if instrument.items
        else "this instrument is totals-only: give the total",
    )


def _no_threshold(instrument: Instrument, kind: str) -> RatingsError:
    return RatingsError(
        Problem(
            what=f"{instrument.short_name} has no {kind} criterion",
            where=f"instrument {instrument.id}",
            why="none was found for this scale",
            fix="name the criterion in the protocol's endpoint, with its source",
        )
    )


def _instrument_problems(instrument: Instrument) -> list[Problem]:
    """Everything that does not hang together between scales, thresholds and facts."""
    where = f"instrument {instrument.id}"
    items = [i.id for i in instrument.items]
    scales = [s.id for s in instrument.scales]
    # An item that is read on its own gives its name to the scale that repeats it.
    own = [s.id for s in instrument.scales if s.of == (s.id,) and not s.weights]
    names = items + [s for s in scales if s not in own or s not in items]
    problems = [
        Problem(what="an id is used twice", where=where, value=name)
        for name in sorted({n for n in names if names.count(n) > 1 or scales.count(n) > 1})
    ]
    refs = [(instrument.primary, "primary")] if instrument.primary else []
    refs += [(c.scale, "cutoff") for c in instrument.cutoffs]
    refs += [(a.of, "alert") for a in instrument.alerts]
    refs += [(i, "alternatives") for group in instrument.alternatives for i in group]
    refs += [(i.asked_if.item, "asked_if") for i in instrument.items if i.asked_if]
    problems += [
        Problem(what=f"{kind} names what is not in the file", where=where, value=name)
        for name, kind in refs
        if name not in names
    ]
    problems += [
        Problem(what="a fact names a source that is not listed", where=where, value=fact.source)
        for fact in instrument.facts.values()
        if fact.source not in instrument.sources
    ]
    if instrument.response is not None and not 0 < instrument.response <= 1:
        problems.append(Problem(what="response is a fraction of the baseline", where=where))
    if instrument.remission is not None and instrument.primary in scales:
        low, high = instrument.minimum, instrument.maximum
        for limit in (instrument.remission, *instrument.remission_alternatives):
            if not low <= limit <= high:
                problems.append(
                    Problem(what="remission outside the range", where=where, value=f"{limit:g}")
                )
    return problems
