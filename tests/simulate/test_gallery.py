import numpy as np
import pytest

from crossblock.domain.protocol import Protocol
from crossblock.load.people import truth
from crossblock.simulate.asked import asked
from crossblock.simulate.gallery import trial_gallery
from crossblock.simulate.reading import read
from crossblock.simulate.trial import simulate
from crossblock.simulate.world import prepare


def test_the_gallery_is_the_first_trials_of_the_run(williams: Protocol) -> None:
    told = [truth().with_values({"fraction": f}) for f in (0.0, 1.0)]
    found = trial_gallery(williams, told, seed=4, people=12, endpoint="hamd17", trials=5)
    assert [g.truth["fraction"] for g in found] == [0.0, 1.0]
    world = prepare(williams, told[1], 12)
    made = simulate(world, np.arange(5), 4)
    rows = read(world, asked(world, "hamd17"), made, np.zeros(2, dtype=bool))
    for k, trial in enumerate(found[1].trials):
        assert trial.number == k + 1
        assert trial.estimate == pytest.approx(rows["all_estimate"][k])
        assert len(trial.pairs) == rows["all_n"][k]
        assert trial.lower < trial.estimate < trial.upper
        mean = sum(b - a for a, b in trial.pairs) / len(trial.pairs)
        assert mean == pytest.approx(rows["all_paired_estimate"][k])
