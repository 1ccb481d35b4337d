import numpy as np
import pytest

import crossblock as cb
from crossblock.core.errors import InputError
from crossblock.domain.receptor import ReceptorId
from crossblock.exposure.study import ConditionExposure, expose


def williams(times: list[float], **options: object) -> dict[str, ConditionExposure]:
    protocol = cb.read_protocol("williams-2018")
    compounds = {c: cb.read_compound(c) for c in protocol.compound_ids}
    found = expose(protocol, compounds, times, **options)  # type: ignore[arg-type]
    return {c.cell: c for c in found}


def test_the_blocker_takes_mu_from_the_drug_and_leaves_nmda_alone() -> None:
    cells = williams([85 / 60])
    open_, blocked = cells["open"].occupancy, cells["blocked"].occupancy
    mu, nmda = ("ketamine", ReceptorId.MU), ("ketamine", ReceptorId.NMDA)
    assert np.all(blocked[nmda].with_blocker == open_[nmda].with_blocker)
    assert np.all(blocked[mu].with_blocker < 0.15 * open_[mu].with_blocker)
    assert cells["open"].blockade == {}


def test_no_drug_before_the_drug() -> None:
    cells = williams([0.5])
    assert np.all(cells["open"].plasma["ketamine"].ng_per_ml("ketamine") == 0.0)


def test_a_band_needs_a_stream_and_holds_the_typical_curve() -> None:
    band = williams([1.0, 24.0, 72.0], band=cb.Stream(1, "band"))
    curve = band["blocked"].blockade["naltrexone", ReceptorId.MU]
    assert curve.low is not None
    assert curve.high is not None
    assert np.all((curve.low < curve.fraction) & (curve.fraction < curve.high))


def test_a_weight_nobody_has_is_refused() -> None:
    with pytest.raises(InputError, match="2 to 400 kg"):
        williams([1.0], weight_kg=0.0)


def test_a_compound_given_twice_adds_up() -> None:
    protocol = cb.read_protocol("williams-2018")
    compounds = {c: cb.read_compound(c) for c in protocol.compound_ids}
    tablet = next(a for a in protocol.administrations if a.role == "blocker")
    again = tablet.model_copy(update={"id": "second-tablet"})
    cell = next(c for c in protocol.conditions if c.cell == "blocked")
    both = cell.model_copy(update={"administrations": (*cell.administrations, "second-tablet")})
    twice = protocol.model_copy(
        update={
            "administrations": (*protocol.administrations, again),
            "conditions": tuple(both if c is cell else c for c in protocol.conditions),
        }
    )
    mu = "naltrexone", ReceptorId.MU
    once = {c.cell: c for c in expose(protocol, compounds, [24.0])}["blocked"].blockade[mu]
    more = {c.cell: c for c in expose(twice, compounds, [24.0])}["blocked"].blockade[mu]
    assert np.allclose(more.odds, 2 * once.odds)
