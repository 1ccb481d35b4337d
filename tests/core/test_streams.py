from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from crossblock.core.streams import Stream, threefry2x64

KNOWN = Path(__file__).parents[1] / "reference" / "random123" / "kat_vectors.txt"


@pytest.mark.parametrize("line", KNOWN.read_text().splitlines())
def test_random123_known_answers(line: str) -> None:
    words = [np.uint64([int(w, 16)]) for w in line.split()[2:]]
    out = threefry2x64((words[2], words[3]), (words[0], words[1]))
    assert [int(w[0]) for w in out] == [int(w[0]) for w in words[4:]]


def test_adding_a_participant_changes_nobody_else() -> None:
    few = Stream(7, "weight").normal(4, trial=3, participant=np.arange(10))
    many = Stream(7, "weight").normal(4, trial=3, participant=np.arange(50))
    assert np.array_equal(few, many[:10])


def test_asking_for_more_draws_keeps_the_first() -> None:
    stream = Stream(7, "noise")
    assert np.array_equal(
        stream.words(3, participant=[5]), stream.words(8, participant=[5])[..., :3]
    )


def test_coordinates_broadcast_and_separate() -> None:
    u = Stream(1, "x").uniform(
        2, trial=np.arange(3)[:, None, None], participant=np.arange(4)[:, None], period=np.arange(2)
    )
    assert u.shape == (3, 4, 2, 2)
    assert len(np.unique(u)) == u.size


def test_seed_and_purpose_both_matter() -> None:
    a, b, c = (Stream(s, p).words(2) for s, p in [(1, "x"), (2, "x"), (1, "y")])
    assert not np.array_equal(a, b)
    assert not np.array_equal(a, c)


def test_draws_have_their_distribution() -> None:
    stream = Stream(11, "check")
    u = stream.uniform(2, participant=np.arange(50_000)).ravel()
    assert u.min() > 0
    assert u.max() < 1
    assert stats.kstest(u, "uniform").pvalue > 1e-4
    z = stream.normal(2, participant=np.arange(50_000)).ravel()
    assert stats.kstest(z, "norm").pvalue > 1e-4
    lag = np.corrcoef(z[:-1], z[1:])[0, 1]
    assert abs(lag) < 4 / np.sqrt(z.size)
