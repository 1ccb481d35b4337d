import pytest

from crossblock.core.errors import InputError
from crossblock.core.streams import Stream
from crossblock.exposure.planner import plan_blockade
from crossblock.load.compound import compound
from crossblock.load.protocol import Protocol, read
from crossblock.plan.pharmacy import USUAL_D, advice

STREAM = Stream(1, "test")


def of(protocol: Protocol):  # type: ignore[no-untyped-def]
    return advice(protocol, {n: compound(n) for n in protocol.compound_ids}, STREAM)


def test_advice_repeats_the_planner_and_waits_for_both() -> None:
    protocol = read("williams-2018")
    compounds = {n: compound(n) for n in protocol.compound_ids}
    found, planned = of(protocol), plan_blockade(protocol, compounds, stream=STREAM)
    assert planned.washout is not None
    assert found.washout_d == planned.washout.both_d
    assert found.recommended_washout_d in USUAL_D
    assert found.recommended_washout_d >= planned.washout.both_d[0]
    assert found.recommended_washout_d >= planned.washout.blockade_d[2]
    low, middle, high = found.blockade[1], found.blockade[0], found.blockade[2]
    assert low < middle < high
    assert middle == pytest.approx(0.881, abs=0.01)  # issue A: 88.1 % at 45 min
    assert any("before the drug" in s or "No lead time" in s for s in found.sentences)


def test_without_a_blocker_there_is_nothing_to_advise() -> None:
    with pytest.raises(InputError, match="no blocker"):
        of(read("nimh-ketamine-saline"))
