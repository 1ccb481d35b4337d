"""The illness: hazards add up to the shares they promise; remission consolidates."""

from dataclasses import replace

import numpy as np
import pytest

from crossblock.domain.adaptation import Loss
from crossblock.forecast.disease import Illness
from crossblock.forecast.weather import weather
from tests.forecast.settings import people

N, DAY = 4000, 24.0


def after(days, remits, **hazards):
    crowd = people(N, losses=[Loss.TOLERANCE], spread=False)
    zero = np.zeros(N)
    values = {"recovery": 0.0, "relapse": 0.0, "worsening": 0.0, **hazards}
    crowd = replace(crowd, **{k: zero + v / DAY for k, v in values.items()})
    illness = Illness(crowd, weather(crowd, days * DAY))
    for _ in range(days):
        illness.pass_time(DAY, np.full(N, remits))
    return illness, crowd


def test_the_share_that_recovers_is_that_of_the_hazard():
    illness, _ = after(100, False, recovery=0.01)
    assert 1 - illness.ill.mean() == pytest.approx(1 - np.exp(-1.0), abs=0.03)


def test_remission_consolidates():
    slow, _ = after(60, False, recovery=0.004)
    fast, crowd = after(60, True, recovery=0.004)
    assert 1 - fast.ill.mean() == pytest.approx(
        1 - np.exp(-0.24 * crowd.consolidation[0]), abs=0.03
    )
    assert fast.ill.mean() < slow.ill.mean()


def test_what_has_ended_can_return():
    illness, _ = after(200, False, recovery=0.05, relapse=0.05)
    assert illness.ill.mean() == pytest.approx(0.5, abs=0.05)


def test_severity_moves_to_its_target():
    illness, crowd = after(300, False, worsening=0.05)
    assert np.all(illness.target[illness.worse] == 1.0 + crowd.growth[illness.worse])
    assert illness.worse.mean() > 0.95
