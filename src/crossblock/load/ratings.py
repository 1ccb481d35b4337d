"""Tables of ratings to `RatingsBatch`: scores on their grid, and nothing about the allocation."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from crossblock.domain.protocol import Protocol
from crossblock.domain.rating import RatingsBatch
from crossblock.load import tidy


def read(
    path_or_name: str | Path, protocol: Protocol, participants: str | Path | None = None
) -> RatingsBatch:
    """Return the ratings of a tidy CSV file, a study folder or a catalog name as a batch of one.

    The CSV (at most 100 MiB, UTF-8) has the columns participant, sequence, period, visit,
    instrument, score and perhaps condition; sequence and condition may be open or sealed (empty).
    An empty score is a missing rating. `participants`, or participants.csv in the folder, names
    everybody who was enrolled; without it they are those of the ratings. Scores are checked against
    the range of their instrument. Raises `RatingsError` with every problem and its line.
    """
    found = tidy.read(path_or_name, protocol, participants)
    names = tuple(found.people)
    shape = (1, len(names), protocol.periods, len(found.visits), len(found.instruments))
    score = np.empty(shape)
    for i, person in enumerate(found.people.values()):
        score[0, i] = np.frombuffer(person.scores).reshape(shape[2:])
    observed = ~np.isnan(score)
    score[~observed] = 0.0
    return RatingsBatch(
        score=score,
        observed=observed,
        enrolled=np.ones(shape[:2], dtype=np.bool_),
        stratum=np.zeros(shape[:2], dtype=np.int64),
        participants=names,
        visits=found.visits,
        instruments=found.instruments,
        source=found.source,
        sha256=found.sha256,
    )
