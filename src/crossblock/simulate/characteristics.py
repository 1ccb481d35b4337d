"""From rows of virtual trials to operating characteristics, chunk by chunk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossblock.core.errors import DesignError, Problem
from crossblock.domain.characteristics import (
    Characteristics,
    FractionCharacteristics,
    GroupCharacteristics,
    LookCharacteristics,
    Measured,
    Responders,
    RuleCharacteristics,
)
from crossblock.simulate.asked import Asked
from crossblock.simulate.belief import RIGHT, WRONG
from crossblock.simulate.effects import Effects
from crossblock.simulate.looks import look_counts
from crossblock.simulate.reading import EVERYBODY, Records, groups
from crossblock.simulate.rules import Rule, decide, one_sided, rules
from crossblock.simulate.tally import Sum, Tally, histogram, summed
from crossblock.simulate.washed import leftovers
from crossblock.simulate.world import World

Array = NDArray[np.float64]
ALPHA = 0.05  # two-sided


@dataclass(frozen=True, kw_only=True, eq=False)
class Frame:
    """What stays the same for all chunks of one run."""

    world: World
    asked: Asked
    effects: Effects

    @property
    def looks(self) -> tuple[int, ...]:
        return look_counts(self.world.protocol, self.world.people)

    @property
    def rules(self) -> tuple[Rule, ...]:
        found = rules(self.world.protocol, ALPHA)
        return tuple(
            r for r in found if (self.looks or not r.stops) and (self.asked.harm or not r.harm)
        )


def tally(frame: Frame, rows: Records) -> Tally:
    """Return the sums of one chunk's rows."""
    sums: dict[str, Sum] = {"completed": summed(rows["completed"])}
    shapes: dict[str, NDArray[np.int64]] = {}
    for group in groups(frame.asked):
        sums |= _group_sums(frame, group, rows)
        if frame.asked.cells:
            more, shape = _fraction_sums(frame, group, rows)
            sums |= more
            shapes[f"{group} fraction"] = shape
        for rule in frame.rules:
            if not (rule.harm and group != "all"):
                sums |= _rule_sums(frame, rule, group, rows)
    if frame.asked.everybody:
        sums |= _group_sums(frame, EVERYBODY, rows)
    sums |= _blinding_sums(frame, rows)
    sums |= _look_sums(frame, rows) | _carry_sums(rows) | _responder_sums(frame, rows)
    return Tally(sums=sums, histograms=shapes)


def _group_sums(frame: Frame, group: str, rows: Records) -> dict[str, Sum]:
    sign = frame.asked.sign
    usable = rows[f"{group}_df"] > 0
    estimate = rows[f"{group}_estimate"]
    found = {
        f"{group} people": summed(rows[f"{group}_n"]),
        f"{group} significant": summed(one_sided(rows, f"{group}_", sign) <= ALPHA / 2),
        f"{group} opposite": summed(one_sided(rows, f"{group}_", -sign) <= ALPHA / 2),
        f"{group} estimate": summed(estimate, usable),
        f"{group} bias": summed(estimate - frame.effects.difference, usable),
    }
    if group != EVERYBODY:
        paired = one_sided(rows, f"{group}_paired_", sign) <= ALPHA / 2
        spread = (rows[f"{group}_se"] > 0) | (rows[f"{group}_paired_se"] > 0)
        found |= {f"{group} paired": summed(paired), f"{group} varies": summed(spread)}
    return found


def _fraction_sums(
    frame: Frame, group: str, rows: Records
) -> tuple[dict[str, Sum], NDArray[np.int64]]:
    usable = rows[f"{group}_df"] > 0
    bounded = rows[f"{group}_bounded"]
    f, low, high = (rows[f"{group}_{x}"] for x in ("fraction", "lower", "upper"))
    truth = frame.effects.fraction or 0.0
    inside = (low <= truth) & (truth <= high)
    outside = (truth <= low) | (truth >= high) | (low > high)
    width = np.where(bounded, high - low, 0.0)
    return {
        f"{group} fraction": summed(f, bounded),
        f"{group} fraction bias": summed(f - truth, bounded),
        f"{group} coverage": summed(np.where(bounded, inside, outside), usable),
        f"{group} width": summed(width, bounded),
        f"{group} bounded": summed(bounded, usable),
    }, histogram(f[usable])


def _rule_sums(frame: Frame, rule: Rule, group: str, rows: Records) -> dict[str, Sum]:
    made = decide(rule, group, rows, frame.asked.sign)
    name = f"{rule.name} {group}"
    people = np.full(rows.size, float(frame.world.people))
    exposed = rows["exposed"].astype(np.float64)
    found = {f"{name} significant": summed(made.claimed)}
    given = np.zeros(rows.size)
    for k in range(made.stopped.shape[1]):
        stop = made.stopped[:, k]
        found[f"{name} stop {k}"] = summed(stop)
        people = np.where(stop, rows["look_entered"][:, k], people)
        exposed = np.where(stop, rows["look_exposed"][:, k], exposed)
        given = np.where(stop, rows[f"{group}_look_estimate"][:, k], given)
    stopped = np.asarray(made.stopped.any(axis=1))
    found[f"{name} given stop"] = summed(given, stopped)
    found[f"{name} size"] = summed(people)
    found[f"{name} exposed"] = summed(exposed)
    return found


def _look_sums(frame: Frame, rows: Records) -> dict[str, Sum]:
    found = {}
    for k in range(len(frame.looks)):
        came = rows["look_at_h"][:, k] >= 0
        for name, column in (("entered", "look_entered"), ("between", "look_between")):
            found[f"look {k} {name}"] = summed(rows[column][:, k], came)
        found[f"look {k} completed"] = summed(rows["all_look_n"][:, k], came)
    return found


def _blinding_sums(frame: Frame, rows: Records) -> dict[str, Sum]:
    """Return Bang's index of each condition: right minus wrong guesses, over all who were asked."""
    found = {}
    for k, condition in enumerate(frame.world.protocol.condition_ids):
        count = rows["guess"][:, k]
        asked = count.sum(axis=-1)
        index = (count[:, RIGHT] - count[:, WRONG]) / np.maximum(asked, 1)
        found[f"blinding {condition}"] = summed(index, asked > 0)
    return found


def _carry_sums(rows: Records) -> dict[str, Sum]:
    usable = rows["carry_df"] > 0
    both = [one_sided(rows, "carry_", sign) for sign in (1.0, -1.0)]
    return {"carryover": summed(np.minimum(*both) <= ALPHA / 2, usable)}


def _responder_sums(frame: Frame, rows: Records) -> dict[str, Sum]:
    if frame.asked.response is None:
        return {}
    n, r = rows["completed"], rows["open_responders"]
    found = {"responders": summed(r / np.maximum(n, 1), n > 0)}
    completers = frame.world.protocol.participants.completed
    if completers is not None:
        for k in range(completers.value + 1):
            found[f"exactly {k}"] = summed(r == k, n == completers.value)
    if frame.looks:
        here, those = rows["all_look_n"][:, 0], rows["responders_look_n"][:, 0]
        for k in range(int(here.max(initial=0)) + 1):
            found[f"at look exactly {k}"] = summed(those == k, here == _completed(frame))
    return found


def _completed(frame: Frame) -> int:
    stated = frame.world.protocol.participants.completed
    return stated.value if stated else 0


def summarize(frame: Frame, total: Tally, *, trials: int, seed: int) -> Characteristics:
    """Return the operating characteristics that the sums of all chunks hold."""
    world, asked = frame.world, frame.asked
    _check_variation(total)
    return Characteristics(
        protocol_id=world.protocol.id,
        protocol_hash=world.protocol.sha256,
        generator=str(world.truth.generator),
        mechanism=world.truth.mechanism if world.pharmacology else "",
        truth={s: world.truth[s] for s in world.truth.set},
        people=world.people,
        trials=trials,
        seed=seed,
        endpoint=asked.endpoint,
        visit=asked.visit,
        effects=dict(frame.effects.change),
        difference=frame.effects.difference,
        groups=tuple(_group(frame, total, g) for g in (*groups(asked), *_also(asked))),
        rules=tuple(
            _rule(frame, total, rule, g)
            for rule in frame.rules
            for g in groups(asked)
            if f"{rule.name} {g} significant" in total.sums
        ),
        looks=tuple(
            LookCharacteristics(
                count=count,
                completed=total.measured(f"look {k} completed"),
                between=total.measured(f"look {k} between"),
                entered=total.measured(f"look {k} entered"),
            )
            for k, count in enumerate(frame.looks)
        ),
        completed=total.measured("completed"),
        carryover=total.measured("carryover") if world.protocol.periods == 2 else None,
        responders=_responders(frame, total),
        blinding={c: total.measured(f"blinding {c}") for c in world.protocol.condition_ids},
        assumed=world.truth.amber,
        warnings=leftovers(world),
    )


def _also(asked: Asked) -> tuple[str, ...]:
    return (EVERYBODY,) if asked.everybody else ()


def _check_variation(total: Tally) -> None:
    """Refuse a run in which no trial could estimate anything."""
    varies = total.sums.get("all varies")
    if varies is not None and varies.n and varies.total == 0.0:
        raise DesignError(
            Problem(
                what="nothing can be estimated in any of these virtual trials",
                value=f"{varies.n} trials",
                why="scores do not vary, or nobody was rated in both conditions",
                fix="give the truth some spread, fewer dropouts, or the trial more people (--n)",
            )
        )


def _group(frame: Frame, total: Tally, group: str) -> GroupCharacteristics:
    def of(name: str) -> Measured:
        return total.measured(f"{group} {name}")

    fraction = None
    if group != EVERYBODY and frame.asked.cells and frame.effects.fraction is not None:
        fraction = FractionCharacteristics(
            truth=frame.effects.fraction,
            mean=of("fraction"),
            bias=of("fraction bias"),
            low=total.quantile(f"{group} fraction", 0.025),
            high=total.quantile(f"{group} fraction", 0.975),
            coverage=of("coverage"),
            width=of("width"),
            bounded=of("bounded"),
        )
    names = ("people", "significant", "paired", "opposite", "estimate", "bias")
    found: Mapping[str, Measured] = {name: of(name) for name in names}
    return GroupCharacteristics(group=group, fraction=fraction, **found)


def _rule(frame: Frame, total: Tally, rule: Rule, group: str) -> RuleCharacteristics:
    name = f"{rule.name} {group}"
    looks = range(len(frame.looks)) if rule.stops else range(0)
    given = total.measured(f"{name} given stop")
    return RuleCharacteristics(
        rule=rule.name,
        words=rule.words,
        group=group,
        assumed=rule.assumed,
        stop=tuple(total.measured(f"{name} stop {k}") for k in looks),
        significant=total.measured(f"{name} significant"),
        size=total.measured(f"{name} size"),
        exposed=total.measured(f"{name} exposed"),
        given_stop=given if given.n else None,
    )


def _responders(frame: Frame, total: Tally) -> Responders | None:
    if frame.asked.response is None:
        return None
    n = _completed(frame)
    kind = "at look exactly" if frame.looks else "exactly"
    return Responders(
        share=total.measured("responders"),
        exactly={
            (k, n): total.measured(f"{kind} {k}")
            for k in range(n + 1)
            if total.measured(f"{kind} {k}").n
        },
    )
