import numpy as np
import pytest

import crossblock as cb
from crossblock.core.errors import InputError
from crossblock.domain.table import AnalysisTable
from crossblock.stats.derive import derive
from crossblock.weigh.shares import shares
from tests.weigh.small import study

S = study("nimh-day-2")


def tables() -> list[AnalysisTable]:
    protocol = cb.read_protocol(S.protocol)
    ratings = cb.read_ratings(S.protocol, protocol)
    codes = cb.read_open_codelist(S.protocol, protocol)
    return [
        derive(ratings, codes, instrument="madrs", visit=v, conditions=protocol.condition_ids)
        for v in (S.baseline_visit, S.visit)
    ]


def test_the_nimh_ratings_as_shares_agree_with_their_published_summary() -> None:
    """27 ketamine and 26 saline ratings; means of the evidence rows within rounding."""
    y = shares(S, *tables()).ratings
    assert y is not None
    assert (~np.isnan(y)).sum(axis=0).tolist() == [27, 26]
    left = 33.4 * (1 - np.nanmean(y, axis=0))
    assert np.allclose(left, [23.59, 31.31], atol=0.8)


def test_too_few_people_are_a_sentence() -> None:
    before, after = tables()
    empty = AnalysisTable(
        y=before.y,
        observed=np.zeros_like(before.observed),
        condition=before.condition,
        sequence=before.sequence,
        participants=before.participants,
        conditions=before.conditions,
        sequences=before.sequences,
    )
    with pytest.raises(InputError, match="too few people"):
        shares(S, empty, after)
