"""A watched series: when it is called a signal, and how its chance is said."""

from pathlib import Path

import pytest

from crossblock.server.clinic import series
from crossblock.server.clinic.series import Watched, points_of
from crossblock.server.clinic.watch import watched
from tests.server.clinic.test_watch import course_of


def one(id: str, noise: float | None, count: bool = False) -> Watched:
    return Watched(
        id=id, group="g", title="t", finding="f", noise=noise, rows=(), count=count
    )  # fmt: skip


def test_the_shares_of_all_series_add_up_to_the_rate(tmp_path: Path) -> None:
    shares = [series.SHARES.get(id, series.LEAST) for id in series.SERIES]
    assert sum(shares) == pytest.approx(series.RATE)
    with_chance = {w.id for w in watched(course_of("escalation", 3, tmp_path)) if not w.count}
    assert with_chance <= set(series.SERIES)


def test_a_signal_is_a_chance_within_the_share_of_its_series() -> None:
    assert one("kept", 0.015).alarm
    assert not one("pressure", 0.015).alarm
    assert not one("kept", None).alarm


@pytest.mark.parametrize(
    ("noise", "words"),
    [(0.0004, "fewer than 1 of 1,000 years; a signal at 2 or fewer"),
     (0.26, "260 of 1,000 years; a signal at 2 or fewer"),
     (0.995, "nearly every year"), (None, "too few values yet")],
)  # fmt: skip
def test_the_chance_is_said_with_what_counts_as_a_signal(noise: float | None, words: str) -> None:
    assert one("pressure", noise).chance.endswith(words)


def test_values_that_are_not_there_are_not_drawn() -> None:
    found = points_of([1.0, 2.0, 3.0], [4.0, float("nan"), 6.0], [False, False, True])
    assert found == ((1.0, 4.0, False), (3.0, 6.0, True))
