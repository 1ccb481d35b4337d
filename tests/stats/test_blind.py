import math

from tests.stats.test_families import analysis


def test_nobody_asked_means_no_analysis() -> None:
    assert analysis(n=20).blinding is None


def test_a_broken_blind_is_seen_and_its_expectancy_sized() -> None:
    found = analysis(n=60, removed=0.4, right=0.9).blinding
    assert found is not None
    assert all(r.bang.lower > 0 for r in found.rows)
    assert {(r.condition, r.period) for r in found.rows} == {
        (c, p) for c in ("open", "blocked") for p in (1, 2)
    }
    assert sum(r.right + r.wrong + r.unsure for r in found.rows) == 120
    assert math.isfinite(found.to_zero)
    assert found.pairs == 60


def test_a_kept_blind_looks_like_chance() -> None:
    found = analysis(n=60, removed=0.4, right=0.5, seed=3).blinding
    assert found is not None
    assert sum(r.bang.lower <= 0 <= r.bang.upper for r in found.rows) >= 3
