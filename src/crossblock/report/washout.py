"""How long to wait: what is left of blockade and of the drug's own effect, day by day."""

from __future__ import annotations

import math

import numpy as np

from crossblock.domain.blockade_plan import BlockadePlan
from crossblock.domain.washout import EffectDecay, Washout
from crossblock.report import dosing, number, panels, planwords
from crossblock.report.figure import Figure, Table, Words, draw

DAYS, MOST_DAYS = 42.0, 112.0


def figure(plan: BlockadePlan, w: Washout) -> Figure:
    """Return what is left of both against days waited, with the chosen residual as a line."""
    title = planwords.waiting(plan, w)
    panel = panels.Panel(
        title="left over, %",
        x_title="days waited",
        x_range=(0.0, horizon(w)),
        traces=_traces(plan, w),
        levels=((100.0 * w.residual_effect, f"chosen: {number.percent(w.residual_effect)}"),),
        posts=tuple(
            (c.days, f"{c.days:g} d")
            for c in w.candidates
            if c.days in ((14.0, 21.0) if horizon(w) <= DAYS else (21.0,))
        ),
    )
    words = Words(
        title=title,
        subtitle="Lines: the typical person and the middle estimate. Bands: blockade in 95 % of "
        "people; the drug's own effect in the 95 % interval of its half-life, which here has no "
        "upper end."
        if math.isinf(w.effect_d[2])
        else "Lines: typical. Bands: 95 %.",
        description="Share of blockade and of the drug's own effect that is left against days "
        "waited, with bands.",
        sentence=f"{title}. {planwords.candidate_words(plan, w)}",
    )
    return draw(
        id="washout",
        chart=lambda frame: panels.one(panel, frame),
        words=words,
        table=_table(plan, w),
    )


def horizon(w: Washout) -> float:
    """Return how many days are drawn: six weeks, or until the blockade of most people is gone."""
    weeks = math.ceil(w.blockade_d[2] / 7.0) if math.isfinite(w.blockade_d[2]) else 99
    return min(max(DAYS, 7.0 * weeks), MOST_DAYS)


def _traces(plan: BlockadePlan, w: Washout) -> tuple[panels.Trace, ...]:
    days = np.linspace(0.0, horizon(w), 169)
    left = plan.left
    middle, low, high = (100.0 * a for a in _decay(w.decay, days))
    traces = [
        panels.Trace(label=f"{plan.drug}’s own effect", x=days, y=middle, low=low, high=high,
                     cell="open"),
        panels.Trace(label="blockade", x=left.time_h / 24.0, y=left.value, low=left.low,
                     high=left.high, cell="blocker_alone"),
    ]  # fmt: skip
    if plan.illustrative is not None:
        decay = plan.illustrative.decay
        label = f"effect, {decay.half_life_d:g}-day half-life (assumed)"
        traces.append(
            panels.Trace(
                label=label, x=days, y=100.0 * _decay(decay, days)[0], assumed=decay.assumed
            )
        )
    return tuple(traces)


def _decay(
    decay: EffectDecay, days: panels.Array
) -> tuple[panels.Array, panels.Array, panels.Array]:
    rows = np.array([decay.left(float(d)) for d in days])
    return rows[:, 0], rows[:, 1], rows[:, 2]


def _share(triple: tuple[float, float, float]) -> str:
    middle, low, high = (number.short(100 * max(x, 0.0)) if x >= 1e-4 else "0" for x in triple)
    return middle if low == high else f"{middle} ({low} to {high})"


def _table(plan: BlockadePlan, w: Washout) -> Table:
    assumed = plan.illustrative
    rows = []
    for k, c in enumerate(w.candidates):
        row = [f"{c.days:g} days", _share(c.blockade), _share(c.effect)]
        if assumed is not None:
            row.append(_share(assumed.candidates[k].effect))
        rows.append(tuple(row))
    last = ["days until the residual", dosing.day_band(w.blockade_d), dosing.day_band(w.effect_d)]
    if assumed is not None:
        last.append(dosing.day_band(assumed.effect_d))
    headers = ["Waited", "blockade left, %", f"{plan.drug}’s effect left, %"]
    headers += ["with the assumed decay, %"] if assumed is not None else []
    return Table(
        caption=f"What usual washouts leave: middle and 95 % band. Effect: {w.decay.label}",
        headers=tuple(headers),
        rows=(*rows, tuple(last)),
    )
