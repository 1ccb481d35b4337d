"""Answers to scores, over arrays with the items on the last axis.

One path for one person and for a million virtual ones: a rating sheet of answers and a mask of what
was answered go in; every scale's value and where it is defined come out. Nothing here is NaN: where
a score is not defined its value is 0 and its mask is False.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crossblock.core.errors import Problem
from crossblock.domain.scale import (
    Item,
    Mask,
    Missing,
    MissingRule,
    RuleKind,
    Scale,
    Values,
    combine,
    leaves,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """What one set of answers adds up to. `None` means that the rule gives no score."""

    instrument: str
    total: float | None
    subscales: Mapping[str, float | None]
    missing: tuple[str, ...]
    band: str
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class ScoreArray:
    """Scores of many answer sets. Where not observed the value is 0 and `observed` is False."""

    total: Values
    observed: Mask
    scales: Mapping[str, Values]
    scales_observed: Mapping[str, Mask]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """What scoring needs of an instrument: its scored items in order, its scales, its rules."""

    items: tuple[Item, ...]
    scales: tuple[Scale, ...]
    missing: Missing
    alternatives: tuple[tuple[str, ...], ...] = ()


def answer_problems(items: Sequence[Item], x: Values, seen: Mask, where: str) -> list[Problem]:
    """Return one problem per item that holds answers it does not allow.

    x, seen: (..., I), items in order. Each problem shows the first wrong answer and their number.
    """
    problems = []
    for j, item in enumerate(items):
        bad = seen[..., j] & ~item.accepts(x[..., j])
        if not bad.any():
            continue
        first = float(np.atleast_1d(x[..., j])[np.atleast_1d(bad)][0])
        many = int(bad.sum())
        problems.append(
            Problem(
                what=f"not an allowed answer to {item.label.lower()}"
                + (f", in {many} ratings" if many > 1 else ""),
                where=f"{where}, {item.id}",
                value=f"{first:g}",
                why=f"{item.id} takes {item.allowed}",
                fix="check for a typing error; leave it empty if it was not rated",
            )
        )
    return problems


def resolve(sheet: Sheet, x: Values, seen: Mask) -> tuple[Values, Mask]:
    """Return answers and mask, (..., I), with every item settled that need not be asked any more.

    An unanswered item takes its lowest answer; it counts as settled when its gate is shut (gates
    are followed in order, so that a gate may stand behind another) or when an alternative to it
    was answered.
    """
    if seen.all():
        return x, seen
    at = {i.id: j for j, i in enumerate(sheet.items)}
    values = np.where(seen, x, np.array([i.lowest for i in sheet.items]))
    settled = seen.copy()
    for j, item in enumerate(sheet.items):
        if item.asked_if is not None:
            g = at[item.asked_if.item]
            settled[..., j] |= settled[..., g] & (values[..., g] < item.asked_if.at_least)
    for group in sheet.alternatives:
        members = [at[name] for name in group]
        settled[..., members] = settled[..., members].any(axis=-1, keepdims=True)
    return values, settled


def evaluate(sheet: Sheet, x: Values, seen: Mask) -> tuple[dict[str, Values], dict[str, Mask]]:
    """Return (value, defined) of every scale, each (...,), from answers and mask (..., I)."""
    values, settled = resolve(sheet, x, seen)
    if sheet.missing.rule is MissingRule.ZERO:
        settled = np.ones_like(settled)
    columns = {i.id: values[..., j] for j, i in enumerate(sheet.items)}
    masks = {i.id: settled[..., j] for j, i in enumerate(sheet.items)}
    by_id = {s.id: s for s in sheet.scales}
    for scale in sheet.scales:
        if scale.totals_only:
            columns[scale.id] = np.zeros(x.shape[:-1])
            masks[scale.id] = np.zeros(x.shape[:-1], dtype=np.bool_)
        else:
            columns[scale.id], masks[scale.id] = _score(sheet, scale, by_id, columns, masks)
    return {k: columns[k] for k in by_id}, {k: masks[k] for k in by_id}


def _score(
    sheet: Sheet,
    scale: Scale,
    by_id: Mapping[str, Scale],
    columns: Mapping[str, Values],
    masks: Mapping[str, Mask],
) -> tuple[Values, Mask]:
    """Return one scale's values and where they are defined, 0 where they are not."""
    value = combine(scale, [columns[name] for name in scale.of])
    seen = np.asarray(np.logical_and.reduce([masks[name] for name in leaves(scale, by_id)]))
    if seen.all():
        return value, seen
    plain_sum = scale.rule is RuleKind.SUM and not scale.weights
    if sheet.missing.rule is MissingRule.PRORATE and plain_sum and not by_id.keys() & set(scale.of):
        value, seen = _prorate(sheet, scale, value, seen, masks)
    return np.where(seen, value, 0.0), seen


def _prorate(
    sheet: Sheet, scale: Scale, value: Values, seen: Mask, masks: Mapping[str, Mask]
) -> tuple[Values, Mask]:
    """Spread the answered share of the range over up to `most` unanswered items (see Missing)."""
    items = {i.id: i for i in sheet.items}
    gone = np.zeros(value.shape)
    width = np.zeros(value.shape)
    for name in scale.of:
        gone += ~masks[name]
        width += np.where(masks[name], items[name].highest - items[name].lowest, 0.0)
    most = min(sheet.missing.most, len(scale.of) - 1)
    # Unanswered items sit at their lowest, so `value - minimum` is the answered part alone.
    share = (value - scale.minimum) / np.where(width > 0, width, 1.0)
    spread = scale.minimum + share * (scale.maximum - scale.minimum)
    return np.where(seen, value, spread), seen | ((gone <= most) & (width > 0))
