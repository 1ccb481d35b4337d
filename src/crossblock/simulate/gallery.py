"""Some virtual trials as they would be reported: the first ones of a run, never chosen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import stdtrit

from crossblock.domain.characteristics import Gallery, VirtualTrial
from crossblock.domain.protocol import Protocol
from crossblock.domain.truth import Truth
from crossblock.simulate.asked import Asked, asked
from crossblock.simulate.effects import effects
from crossblock.simulate.reading import analysis_table, complete
from crossblock.simulate.trial import simulate
from crossblock.simulate.world import World, prepare
from crossblock.stats.complete_cells import complete_cells, contrast

TRIALS, MOST_TRUTHS = 20, 3


def trial_gallery(
    protocol: Protocol,
    truths: Sequence[Truth],
    *,
    seed: int,
    people: int | None = None,
    endpoint: str | None = None,
    trials: int = TRIALS,
) -> tuple[Gallery, ...]:
    """Return the first `trials` virtual trials of the first three truths."""
    found = []
    for truth in truths[:MOST_TRUTHS]:
        world = prepare(protocol, truth, people)
        found.append(_gallery(world, asked(world, endpoint), seed, trials))
    return tuple(found)


def _gallery(world: World, question: Asked, seed: int, trials: int) -> Gallery:
    made = simulate(world, np.arange(trials), seed)
    table = analysis_table(world, question, made, question.score)
    pair = (question.reference, question.test)
    whole = complete(table, pair)
    cells = complete_cells(table, pair)
    value, se = contrast(cells, np.array([-1.0, 1.0]))
    margin = stdtrit(np.maximum(cells.df, 1.0), 0.975) * se
    scores = [table.cell(c)[0] for c in pair]
    return Gallery(
        truth={s: world.truth[s] for s in world.truth.set},
        mechanism=world.truth.mechanism if world.pharmacology else "",
        difference=effects(world, question).difference,
        trials=tuple(
            VirtualTrial(
                number=b + 1,
                pairs=tuple(
                    (float(scores[0][b, i]), float(scores[1][b, i])) for i in np.flatnonzero(row)
                ),
                estimate=float(value[b]),
                lower=float(value[b] - margin[b]),
                upper=float(value[b] + margin[b]),
                claims=bool(se[b] > 0 and question.sign * value[b] > margin[b]),
            )
            for b, row in enumerate(whole)
        ),
    )
