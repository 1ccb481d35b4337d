"""Data sets for the tests of the mixed-model kernels: uneven, with missing scores."""

import numpy as np

from crossblock.kernels.covariance import Blocks

PERIODS, VISITS = 2, 3


def crossover_blocks(seed: int, sets: int = 2, participants: int = 9, missing: float = 0.1):
    """Return 2 x 2 crossovers with three visits a period; effects 1, treatment, period, day."""
    draw = np.random.default_rng(seed)
    m = PERIODS * VISITS
    period, visit = np.repeat(np.arange(PERIODS), VISITS), np.tile(np.arange(VISITS), PERIODS)
    sequence = np.arange(participants) % 2
    treatment = (period[None] != sequence[:, None]).astype(float)
    X = np.stack(
        [np.ones_like(treatment), treatment, treatment * 0 + period, treatment * 0 + visit], axis=-1
    )
    X = np.broadcast_to(X, (sets, *X.shape))
    y = (
        2.0 * draw.normal(size=(sets, participants, 1))
        + 1.5 * draw.normal(size=(sets, participants, PERIODS))[..., period]
        + draw.normal(size=(sets, participants, m)) * (1.0 + 0.3 * visit)
        + 3.0 * treatment
    )
    observed = draw.random(y.shape) > missing
    who = np.broadcast_to(np.arange(participants)[None, :, None], y.shape)
    group = np.stack([who, who * PERIODS + period], axis=-1)
    return Blocks(
        y=np.where(observed, y, 0.0),
        X=X * observed[..., None],
        observed=observed,
        group=group,
        Z=np.ones((*y.shape, 2)) * observed[..., None],
        unit=np.array(who),
        position=np.broadcast_to(np.arange(m), y.shape).copy(),
    )


def without_terms(blocks: Blocks) -> Blocks:
    return blocks._replace(group=blocks.group[..., :0], Z=blocks.Z[..., :0])


def with_slope(blocks: Blocks) -> Blocks:
    """Return the blocks with one term: intercept and day, correlated."""
    day = np.stack([np.ones_like(blocks.y), blocks.position * 1.0], axis=-1)
    return blocks._replace(group=blocks.group[..., :1], Z=day * blocks.observed[..., None])
