"""Virtual raters: from severity to the answers of every item, and from these to scores.

    w_ijv = sqrt(c) a_ij + sqrt(1 - c) e_ijv,   answer = #{k : w <= edge_jk(expected total)}

a belongs to person and item and comes back at every visit (c is `item_persistence`), e is drawn
anew. The expected total is severity, in the points of the scale, plus the mood of the day, the
leniency of the rater of that period, and drift. Answers go through the instrument's own scoring.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from crossblock.core.streams import Stream
from crossblock.domain.bank import PER_POINT, ItemBank
from crossblock.domain.instrument import Instrument
from crossblock.domain.truth import Truth
from crossblock.simulate.cohort import Draws
from crossblock.simulate.latent import Latent
from crossblock.simulate.plain import points_per_point
from crossblock.simulate.world import PARTS, World

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]
Answers = NDArray[np.int8]
LEVELS = 65536
NORMAL = ndtri((np.arange(LEVELS) + 0.5) / LEVELS).astype(np.float32)
"""Standard normal quantiles of 16-bit words: four draws from one random word."""
VISITS = 64  # most visits of a period; period and visit share one coordinate of a stream


@dataclass(frozen=True, kw_only=True, eq=False)
class Sheets:
    """Answers of one instrument: (B, n, P, I) at each visit where it is rated, by visit index."""

    ids: tuple[str, ...]
    answers: Mapping[int, Answers]
    known: Mapping[int, Bools]
    """Which answers were given, shaped alike."""


def sheets(world: World, state: Latent, draws: Draws) -> dict[str, Sheets]:
    """Return the filled-in forms of every instrument that has an item bank, by its id."""
    severity = with_noise(world.truth, state.severity, draws)
    found = {}
    for name, bank in world.banks.items():
        factor = points_per_point(world.truth, name)
        total = state.dissociation if factor is None else factor * severity
        visits = _visits(world, name)
        answers = fill(bank, world.truth, total, visits, draws)
        found[name] = Sheets(
            ids=bank.ids,
            answers=answers,
            known={v: _known(name, world.truth, draws, x, v) for v, x in answers.items()},
        )
    return found


def with_noise(truth: Truth, severity: Array, draws: Draws) -> Array:
    """Return severity as it shows on the day to the rater of the period, (B, n, P, V)."""
    P, V = severity.shape[2:]
    mood = draws.normal("mood", P * V).reshape(severity.shape)
    rater = draws.normal("rater", P)[..., None]
    drift = truth["rater_drift"] * np.arange(P)[:, None]
    return np.asarray(severity + truth["mood_sd"] * mood + truth["rater_sd"] * rater + drift)


def fill(
    bank: ItemBank, truth: Truth, total: Array, visits: tuple[int, ...], draws: Draws
) -> dict[int, Answers]:
    """Return answers (B, n, P, I) whose expected sum is `total` (B, n, P, V), at some visits."""
    steps, count = np.ascontiguousarray(np.moveaxis(bank.edges, -1, 0)), len(bank.items)
    row = np.round(np.clip(total, 0.0, bank.maximum) * PER_POINT).astype(np.int64)
    c = np.float32(np.sqrt(truth["item_persistence"]))
    rest = np.float32(np.sqrt(1.0 - truth["item_persistence"]))
    person = c * _normals(f"item/{bank.instrument}", draws, 1, 0, count)
    out = {}
    for v in visits:
        own = _normals(f"answer/{bank.instrument}", draws, total.shape[2], v, count)
        w = person + rest * own
        out[v] = np.zeros(w.shape, dtype=np.int8)
        for edges in steps:  # a sum along an axis of four is several times as slow
            out[v] += w <= edges[row[..., v]]
    return out


def _normals(
    purpose: str, draws: Draws, periods: int, visit: int, count: int
) -> NDArray[np.float32]:
    """Return standard normal draws (B, n, P, count) of 16 bits each."""
    words = Stream(draws.seed, purpose).words(
        -(-count // 4),
        trial=draws.trials[:, None, None],
        participant=np.arange(draws.people)[:, None],
        period=np.arange(periods) * VISITS + visit,
    )
    bits = np.ascontiguousarray(words).astype("<u8", copy=False).view("<u2")
    return np.asarray(NORMAL[bits[..., :count]])


def _known(name: str, truth: Truth, draws: Draws, answers: Answers, visit: int) -> Bools:
    """Return which items were not forgotten."""
    p = truth["missing_item"]
    if p == 0.0:
        return np.ones(answers.shape, dtype=np.bool_)
    words = _words16(f"forgotten/{name}", draws, answers.shape, visit)
    return np.asarray(words >= round(p * LEVELS))


def _words16(purpose: str, draws: Draws, shape: tuple[int, ...], visit: int) -> NDArray[np.uint16]:
    count = shape[-1]
    words = Stream(draws.seed, purpose).words(
        -(-count // 4),
        trial=draws.trials[:, None, None],
        participant=np.arange(draws.people)[:, None],
        period=np.arange(shape[2]) * VISITS + visit,
    )
    return np.ascontiguousarray(words).astype("<u8", copy=False).view("<u2")[..., :count]


def _visits(world: World, name: str) -> tuple[int, ...]:
    """Return the visits at which an instrument, or one made of its items, is rated."""
    wanted = {name, *(part for part, whole in PARTS.items() if whole == name)}
    return tuple(k for k, v in enumerate(world.protocol.visits) if wanted & set(v.instruments))


def scores(world: World, forms: Mapping[str, Sheets], observed: Bools) -> tuple[Array, Bools]:
    """Return scores and which are defined, (B, n, P, V, K), for the protocol's score ids.

    A score is defined where its visit was held and the instrument's rule for unanswered items
    gives one.
    """
    labels = world.protocol.score_ids
    score = np.zeros((*observed.shape, len(labels)))
    known = np.zeros(score.shape, dtype=np.bool_)
    for name, instrument in world.instruments.items():
        sheet = forms.get(PARTS.get(name, name))
        if sheet is None:
            continue
        columns = [sheet.ids.index(i.id) for i in instrument.scored_items]
        for v, answers in sheet.answers.items():
            if name not in world.protocol.visits[v].instruments:
                continue
            _score_visit(world, instrument, answers, sheet.known[v], columns, v, score, known)
    return np.where(known & observed[..., None], score, 0.0), known & observed[..., None]


def _score_visit(
    world: World,
    instrument: Instrument,
    answers: Answers,
    given: Bools,
    columns: list[int],
    visit: int,
    score: Array,
    known: Bools,
) -> None:
    """Write the total and every single-item endpoint of one instrument at one visit."""
    x, seen = answers[..., columns], given[..., columns]
    made = instrument.score_array(x, None if seen.all() else seen, check=False)
    ids = [i.id for i in instrument.scored_items]
    for k, label in enumerate(world.protocol.score_ids):
        base, _, part = label.partition(".")
        if base != instrument.id:
            continue
        if not part:
            score[..., visit, k], known[..., visit, k] = made.total, made.observed
        elif part in made.scales:
            score[..., visit, k] = made.scales[part]
            known[..., visit, k] = made.scales_observed[part]
        elif part in ids:
            score[..., visit, k], known[..., visit, k] = (
                x[..., ids.index(part)],
                seen[..., ids.index(part)],
            )
