"""What the analysis of each virtual trial reports: one row of numbers a trial.

The way is that of a real study: ratings and code list are joined in `stats.derive`, and the
closed-form comparison of complete pairs, the Fieller set and the looks are those of `stats`. The
rows are small, so that a hundred thousand trials can be kept and any stopping rule applied later.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossblock.domain.table import AnalysisTable
from crossblock.kernels.ttest import one_sample
from crossblock.simulate.asked import Asked
from crossblock.simulate.looks import exposed, look_counts, moments
from crossblock.simulate.trial import Trials
from crossblock.simulate.world import World
from crossblock.stats import crossover
from crossblock.stats.blockade import contrasts
from crossblock.stats.complete_cells import complete_cells, contrast, ratio
from crossblock.stats.derive import derive
from crossblock.stats.everybody import everybody

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]
Records = NDArray[np.void]
"""A structured array, one row a trial; its fields are those of `layout`."""
GROUPS = ("all", "responders", "qualified")
EVERYBODY = "everybody"
"""People rated at least once, by the mixed model: not a group that is kept, but an analysis."""
COMPARED = ("estimate", "se", "df", "paired_estimate", "paired_se", "paired_df")
FRACTION = ("fraction", "lower", "upper")


def layout(world: World, asked: Asked) -> np.dtype[np.void]:
    """Return the fields of a row.

    For each group of people: n, the period-adjusted and the paired comparison, the fraction with
    its set. Looks have a trailing axis, one entry a look. Counts are people; `guess` counts those
    who guessed right, wrong or not at all under each condition.
    """
    looks = len(look_counts(world.protocol, world.people))
    fields: list[tuple[Any, ...]] = [("trial", "<i8")]
    for group in groups(asked):
        fields += [(f"{group}_n", "<i4"), *((f"{group}_{name}", "<f8") for name in COMPARED)]
        if asked.cells:
            fields += [(f"{group}_{name}", "<f8") for name in FRACTION]
            fields.append((f"{group}_bounded", "?"))
        if looks:
            fields.append((f"{group}_look_n", "<i4", (looks,)))
            fields += [(f"{group}_look_{name}", "<f8", (looks,)) for name in COMPARED]
    if asked.everybody:
        fields.append((f"{EVERYBODY}_n", "<i4"))
        fields += [(f"{EVERYBODY}_{name}", "<f8") for name in ("estimate", "se", "df")]
    fields += [(name, "<f8") for name in ("carry_estimate", "carry_se", "carry_df", "information")]
    fields += [(name, "<i4") for name in ("completed", "open_responders", "exposed")]
    fields.append(("guess", "<i4", (len(world.protocol.conditions), 3)))
    if looks:
        fields += [(f"look_{name}", "<f8", (looks,)) for name in ("at_h", "information")]
        fields += [(f"look_{name}", "<i4", (looks,)) for name in ("entered", "between", "exposed")]
        if asked.harm:
            fields += [(f"harm_{name}", "<f8", (looks,)) for name in ("estimate", "se", "df")]
    return np.dtype(fields)


def groups(asked: Asked) -> tuple[str, ...]:
    """Return the groups of people that are analyzed: all, responders, qualified.

    Responders to the reference condition can be told only where people receive both conditions.
    """
    responders = ("responders",) if asked.response else ()
    return ("all", *responders, *(("qualified",) if asked.qualifying else ()))


def read(world: World, asked: Asked, trials: Trials, ineffective: Bools) -> Records:
    """Analyze every trial. `ineffective` (C,) marks conditions whose true effect is small."""
    table = analysis_table(world, asked, trials, asked.score)
    rows = np.zeros(table.y.shape[0], dtype=layout(world, asked))
    keep = _groups(world, asked, trials, table)
    seen = moments(world.protocol, trials)
    pair = (asked.reference, asked.test)
    for name, mask in keep.items():
        _compare(rows, f"{name}_", table, pair, mask)
        if asked.cells:
            _fraction(rows, f"{name}_", table, asked, mask)
        for k, moment in enumerate(seen):
            _compare(rows, f"{name}_look_", table, pair, mask & moment.done, k)
    if asked.everybody:
        _mixed(rows, table, pair)
    _carryover(rows, table, pair)
    _count(rows, table, pair, keep)
    rows["exposed"] = exposed(trials, ineffective)
    rows["guess"] = _guesses(trials, len(ineffective))
    for k, moment in enumerate(seen):
        done = moment.done & complete(table, pair)
        rows["look_at_h"][:, k] = np.where(np.isfinite(moment.at_h), moment.at_h, -1.0)
        rows["look_information"][:, k] = _information(world, pair, table, done)
        rows["look_entered"][:, k] = moment.entered.sum(axis=-1)
        rows["look_between"][:, k] = moment.between.sum(axis=-1)
        rows["look_exposed"][:, k] = exposed(trials, ineffective, moment.at_h)
    rows["information"] = _information(world, pair, table, complete(table, pair))
    if asked.harm and seen:
        harm = analysis_table(world, asked, trials, asked.harm)
        for k, moment in enumerate(seen):
            _compare(rows, "harm_", harm, pair, moment.done, k, names=("estimate", "se", "df"))
    return rows


def analysis_table(world: World, asked: Asked, trials: Trials, score: str) -> AnalysisTable:
    """Return ratings and code list joined for one score at the primary visit."""
    return derive(
        trials.ratings,
        trials.codelist,
        instrument=score,
        visit=asked.visit,
        conditions=world.protocol.condition_ids,
        baseline=asked.baseline,
    )


def complete(table: AnalysisTable, pair: tuple[str, str]) -> Bools:
    """Return who was rated under both conditions, (B, n); in one period, under either."""
    one, two = (table.cell(c)[1] for c in pair)
    return np.asarray(one | two if table.y.shape[-1] == 1 else one & two)


def _groups(world: World, asked: Asked, trials: Trials, table: AnalysisTable) -> dict[str, Bools]:
    """Return who is of each group: everybody, responders to open, those who qualified apart."""
    found = {"all": np.ones(table.sequence.shape, dtype=np.bool_)}
    if asked.response is None or asked.baseline is None:
        return found
    score, share = asked.response
    change = table if score == asked.score else analysis_table(world, asked, trials, score)
    before = derive(
        trials.ratings,
        trials.codelist,
        instrument=score,
        visit=asked.baseline,
        conditions=world.protocol.condition_ids,
    )
    names = {"responders": asked.reference, "qualified": asked.qualifying}
    for group in groups(asked)[1:]:
        condition = names[group] or asked.reference
        fell, rated = change.cell(condition)
        found[group] = rated & (-fell >= share * before.cell(condition)[0])
    return found


def _compare(
    rows: Records,
    prefix: str,
    table: AnalysisTable,
    pair: tuple[str, str],
    keep: Bools,
    look: int | None = None,
    names: tuple[str, ...] = COMPARED,
) -> None:
    """Write test minus reference, adjusted for period and as plain pairs."""
    cells = complete_cells(table, pair, keep)
    value, se = contrast(cells, np.array([-1.0, 1.0]))
    reference, test = (table.cell(c) for c in pair)
    plain = one_sample(test[0] - reference[0], test[1] & reference[1] & keep)
    usable = plain.df > 0
    found = (
        value,
        se,
        cells.df,
        plain.estimate,
        np.where(usable, plain.se, 0.0),
        np.where(usable, plain.df, 0.0),
    )
    at: Any = slice(None) if look is None else (slice(None), look)
    if f"{prefix}n" in (rows.dtype.names or ()):
        rows[f"{prefix}n"][at] = cells.n
    for name, x in zip(names, found, strict=False):
        rows[f"{prefix}{name}"][at] = x


def _fraction(rows: Records, prefix: str, table: AnalysisTable, asked: Asked, keep: Bools) -> None:
    """Write f = 1 - a/d with its set, as ends of the fraction."""
    names, conditions = zip(*asked.cells, strict=True)
    found = ratio(complete_cells(table, conditions, keep), *contrasts(names))
    rows[f"{prefix}fraction"] = np.where(np.isnan(found.value), 0.0, 1.0 - found.value)
    rows[f"{prefix}lower"] = 1.0 - found.upper
    rows[f"{prefix}upper"] = 1.0 - found.lower
    rows[f"{prefix}bounded"] = found.bounded


def _guesses(trials: Trials, conditions: int) -> NDArray[np.int64]:
    """Return how many guessed right, wrong or not at all under each condition, (B, C, 3)."""
    given = trials.condition[..., None] == np.arange(conditions)
    said = trials.guess[..., None] == np.arange(3)
    here = given & trials.attends[..., None]
    count = np.einsum("bipc,bipg->bcg", here.astype(np.int64), said.astype(np.int64))
    return np.asarray(count, dtype=np.int64)


def _mixed(rows: Records, table: AnalysisTable, pair: tuple[str, str]) -> None:
    """Write the mixed model of everybody rated at least once; df 0 where it could not be fitted."""
    found, people = everybody(table, test=pair[1], reference=pair[0])
    fitted = np.isfinite(found.se) & np.isfinite(found.df) & (found.se > 0)
    rows[f"{EVERYBODY}_n"] = people
    for name, x in (("estimate", found.value), ("se", found.se), ("df", found.df)):
        rows[f"{EVERYBODY}_{name}"] = np.where(fitted, x, 0.0)


def _carryover(rows: Records, table: AnalysisTable, pair: tuple[str, str]) -> None:
    if table.y.shape[-1] != 2:
        return
    t = crossover.carryover(crossover.two_periods(table, pair[1], pair[0]))
    rows["carry_estimate"], rows["carry_se"], rows["carry_df"] = t.estimate, t.se, t.df


def _count(
    rows: Records, table: AnalysisTable, pair: tuple[str, str], keep: dict[str, Bools]
) -> None:
    both = complete(table, pair)
    rows["completed"] = both.sum(axis=-1)
    if "responders" in keep:
        rows["open_responders"] = (both & keep["responders"]).sum(axis=-1)


def _information(world: World, pair: tuple[str, str], table: AnalysisTable, done: Bools) -> Array:
    """Return completed pairs over planned ones, both as balanced pairs (`stats.interim`).

    Only sequences that hold both conditions count; in one period, either.
    """
    enough = 1 if world.protocol.periods == 1 else 2
    rows = world.protocol.sequence_conditions
    here = [s for s, row in enumerate(rows) if len(set(pair) & set(row)) >= enough]
    S = len(here)
    count = (done[..., None] & (table.sequence[..., None] == np.array(here))).sum(axis=1)
    some = (count > 0).all(axis=-1)
    effective = S**2 / (1.0 / np.maximum(count, 1)).sum(axis=-1)
    planned = world.people * S / len(world.protocol.sequence_ids)
    return np.where(some, effective / planned, 0.0)
