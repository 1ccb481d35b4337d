"""Ratings of williams-2018 with known truth, drawn for tests of the analysis (not of people)."""

from __future__ import annotations

import numpy as np

import crossblock as cb
from crossblock.domain.codelist import CodeList
from crossblock.domain.rating import RatingsBatch


def williams(
    n: int = 40,
    removed: float = 0.5,
    cadss_shift: float = 0.0,
    seed: int = 1,
    right: float | None = None,
) -> tuple[cb.Protocol, RatingsBatch, CodeList]:
    """Draw n people; the blocker removes `removed` of a fall of about 14 HAM-D17 points.

    With `right`, that share of people guess the capsule rightly on day 1, the rest wrongly.
    """
    protocol = cb.read_protocol("williams-2018")
    rng = np.random.default_rng(seed)
    scores = tuple(dict.fromkeys(e.score for e in protocol.endpoints))
    scores += () if right is None else ("blinding-guess",)
    visits = protocol.visit_ids
    score = np.zeros((1, n, 2, len(visits), len(scores)))
    observed = np.zeros(score.shape, dtype=bool)
    sequence = np.arange(n)[None, :] % 2
    codes = CodeList(
        sequence=sequence,
        sequences=protocol.sequence_ids,
        conditions=protocol.sequence_conditions,
    )
    blocked = codes.condition_index(protocol.condition_ids)[0] == protocol.condition_ids.index(
        "blocked"
    )
    base = rng.normal(26, 3, (n, 1))
    person = rng.normal(14, 4, (n, 1))
    for k, name in enumerate(scores):
        size = {"hamd17": 1.0, "hamd6": 0.45, "madrs": 1.3}.get(name)
        for v, visit in enumerate(visits):
            if name == "cadss" and visit == "infusion":
                score[0, :, :, v, k] = 20 + rng.normal(0, 6, (n, 2)) + cadss_shift * blocked
                observed[0, :, :, v, k] = True
            if name == "blinding-guess" and visit == "d1" and right is not None:
                truth = np.where(blocked, 1.0, -1.0)
                score[0, :, :, v, k] = truth * np.where(rng.random((n, 2)) < right, 1, -1)
                observed[0, :, :, v, k] = True
            if size is None or visit == "infusion":
                continue
            fall = 0.0 if visit == "baseline" else person * (1 - removed * blocked)
            score[0, :, :, v, k] = size * (base - fall + rng.normal(0, 3, (n, 2)))
            observed[0, :, :, v, k] = True
    return (
        protocol,
        RatingsBatch(
            score=score,
            observed=observed,
            enrolled=np.ones((1, n), dtype=bool),
            stratum=np.zeros((1, n), dtype=np.int64),
            participants=tuple(f"P{i:02d}" for i in range(n)),
            visits=visits,
            instruments=scores,
        ),
        codes,
    )
