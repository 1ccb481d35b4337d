import numpy as np

from crossblock.weigh.atoms import HALVINGS, TURNS, partitions, reached
from tests.weigh.small import rival

REGIMENS = ("ketamine", "ketamine-naltrexone")
POOL = np.arange(1, 96, 4)


def test_every_atom_of_the_island_lies_in_one_cell_and_cells_are_alike_in_size() -> None:
    found = partitions(rival(), REGIMENS, 1, 4)
    assert len(found) == len(HALVINGS) * TURNS
    for p in found:
        inside = p.members[p.members >= 0]
        assert np.array_equal(np.sort(inside), POOL)
        assert p.size.max() - p.size.min() <= 1
        assert np.array_equal(p.members[p.cell[POOL], p.place[POOL]], POOL)
    assert found[0].size[0] == len(POOL)
    assert found[-1].size.max() < len(POOL) / 2


def test_a_step_leads_to_every_other_member_of_the_cell_alike() -> None:
    p = partitions(rival(), REGIMENS, 1, 4)[-1]
    rng = np.random.default_rng(1)
    atom = int(POOL[5])
    others = p.other(np.full(20_000, atom), rng)
    mates = p.members[p.cell[atom]]
    mates = mates[(mates >= 0) & (mates != atom)]
    names, count = np.unique(others, return_counts=True)
    assert np.array_equal(names, np.sort(mates))
    expected = 20_000 / len(mates)
    assert np.all(np.abs(count - expected) < 5 * np.sqrt(expected))


def test_members_of_small_cells_reach_much_the_same() -> None:
    X = reached(rival(), REGIMENS)
    p = partitions(rival(), REGIMENS, 0, 1)[-1]
    within = np.mean([X[m[m >= 0]].var(axis=0).sum() for m in p.members])
    assert within < 0.25 * X.var(axis=0).sum()
