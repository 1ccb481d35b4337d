from pathlib import Path

import numpy as np

from crossblock.load.mechanism import mechanism
from crossblock.weigh.bank import build
from tests.weigh.small import bank, model, regimens


def test_a_bank_goes_on_where_it_stopped(tmp_path: Path) -> None:
    h1 = mechanism("h1")
    one = regimens("ketamine")
    two = regimens("ketamine", "placebo")
    said: list[str] = []
    first = build([h1], one, model(), size=8, folder=tmp_path, say=said.append)
    second = build([h1], two, model(), size=8, folder=tmp_path, say=said.append)
    again = build([h1], two, model(), size=8, folder=tmp_path)
    assert (first.fresh, second.fresh, again.fresh) == (1, 1, 0)
    assert len(said) == 2
    for name in ("ketamine", "placebo"):
        mine, theirs = second.rivals["h1"].reach, again.rivals["h1"].reach
        assert np.array_equal(mine.relative[name], theirs.relative[name])


def test_another_prior_seed_or_dose_never_meets_old_numbers(tmp_path: Path) -> None:
    h1 = mechanism("h1")
    one = regimens("ketamine")
    build([h1], one, model(), size=8, folder=tmp_path)
    assert build([h1], one, model(), size=8, seed=2, folder=tmp_path).fresh == 1
    other = h1.with_values(half_life_R=100.0)
    assert build([other], one, model(), size=8, folder=tmp_path).fresh == 1


def test_free_coordinates_move_without_another_run() -> None:
    rival = bank().rivals["h1"]
    z = rival.particles.z[:2].copy()
    z[:, rival.particles.symbols.index("fall")] = 0.0
    moved = rival.moved(np.array([0, 1]), z, ["ketamine"])
    assert np.allclose(moved.particles["fall"], rival.mechanism["fall"])
    assert np.array_equal(moved.reach.relative["ketamine"], rival.reach.relative["ketamine"][:2])
