"""Laws that every instrument of the catalog keeps, whatever is answered."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossblock.domain.instrument import Instrument
from crossblock.domain.scale import Item
from crossblock.load import instrument as load

SCORED = [n for n in load.names() if load.read(n).scored_items]


def answer(item: Item) -> st.SearchStrategy[float]:
    if item.values:
        return st.sampled_from(item.values)
    if item.continuous:
        return st.floats(item.minimum, item.maximum)
    return st.integers(int(item.minimum), int(item.maximum)).map(float)


def forms(instrument: Instrument) -> st.SearchStrategy[dict[str, float | None]]:
    """Any form that a rater could hand in: each item answered as allowed, or not at all."""
    return st.fixed_dictionaries(
        {i.id: st.one_of(answer(i), answer(i), st.none()) for i in instrument.scored_items}
    )


@pytest.mark.parametrize("name", SCORED)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_every_score_lies_in_its_range_and_is_never_nan(name: str, data: st.DataObject) -> None:
    instrument = load.read(name)
    score = instrument.score(data.draw(forms(instrument)))
    for scale in instrument.scales:
        value = score.total if scale.id == instrument.primary else score.subscales[scale.id]
        assert value is None or scale.minimum <= value <= scale.maximum
        if value is not None and scale.bands:
            assert scale.band(value) in {band.name for band in scale.bands}


@pytest.mark.parametrize("name", SCORED)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_a_batch_scores_each_row_as_if_it_were_alone(name: str, data: st.DataObject) -> None:
    instrument = load.read(name)
    rows = data.draw(st.lists(forms(instrument), min_size=1, max_size=4))
    ids = [i.id for i in instrument.scored_items]
    values = np.array([[row[k] or 0.0 for k in ids] for row in rows])
    seen = np.array([[row[k] is not None for k in ids] for row in rows])
    batch = instrument.score_array(values, seen)
    for b, row in enumerate(rows):
        alone = instrument.score(row)
        both = {**alone.subscales, instrument.primary: alone.total}
        for scale in instrument.scales:
            got = batch.scales[scale.id][b] if batch.scales_observed[scale.id][b] else None
            assert got == both[scale.id]


@pytest.mark.parametrize("name", SCORED)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_a_worse_answer_never_lowers_a_sum(name: str, data: st.DataObject) -> None:
    instrument = load.read(name)
    full = data.draw(st.fixed_dictionaries({i.id: answer(i) for i in instrument.scored_items}))
    item = data.draw(st.sampled_from(instrument.scored_items))
    before = instrument.score(full)
    after = instrument.score({**full, item.id: item.highest})
    for scale in instrument.scales:
        if any(w < 0 for w in scale.factors):
            continue
        pair = [
            s.total if scale.id == instrument.primary else s.subscales[scale.id]
            for s in (before, after)
        ]
        assert pair[0] is not None
        assert pair[1] is not None
        assert pair[1] >= pair[0]
