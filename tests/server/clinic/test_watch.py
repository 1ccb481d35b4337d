"""What is watched: rows behind every finding, a chance for each, and no cause named."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from crossblock.server.clinic import house, watch
from crossblock.server.clinic.course import Course
from crossblock.server.clinic.watch_truth import as_course
from crossblock.stats.signal_truth import Kind, Truth, simulate
from tests.server.clinic.conftest import CLINIC


def course_of(kind: Kind, seed: int, tmp: Path) -> Course:
    house.read.cache_clear()
    (tmp / "clinic.toml").write_text(CLINIC)
    found = simulate(Truth(kind=kind, days=330, onset=110), np.random.default_rng(seed))
    return as_course(found, house.read(tmp))


@pytest.mark.parametrize(
    ("kind", "id"),
    [("tolerance", "kept"), ("escalation", "weekly"), ("craving", "ketamine-craving"),
     ("bladder", "frequency"), ("pressure", "pressure")],
)  # fmt: skip
def test_the_signal_that_is_there_is_found(kind: Kind, id: str, tmp_path: Path) -> None:
    rows = {w.id: w for w in watch.watched(course_of(kind, 3, tmp_path))}
    assert rows[id].alarm
    assert "of 1,000 years; a signal at" in rows[id].chance
    assert len(rows[id].rows) >= 10


def test_a_steady_course_is_quiet(tmp_path: Path) -> None:
    courses = [course_of("steady", s, tmp_path) for s in range(6)]
    # six years at 5 of 100 over all series: two have a chance of 3 in 100
    assert sum(any(w.alarm for w in watch.watched(c)) for c in courses) <= 1


def test_counts_have_no_chance_and_causes_are_not_named(tmp_path: Path) -> None:
    rows = watch.watched(course_of("steady", 1, tmp_path))
    total = next(w for w in rows if w.id == "cumulative")
    assert total.noise is None
    assert "plain count" in total.chance
    for w in rows:
        assert "because" not in (w.finding + w.note).lower()


def test_nothing_before_the_first_session(tmp_path: Path) -> None:
    course = course_of("steady", 1, tmp_path)
    empty = Course(code="C-NEW", forms=(), house=course.house)
    assert watch.watched(empty) == ()


def test_memory_and_blood_of_the_monthly_form_are_watched(tmp_path: Path) -> None:
    course = course_of("steady", 1, tmp_path)
    asked = course.all("monthly")[:3]
    said = [
        replace(f, content={"answers": {"blood": "yes" if n == 2 else "no", "memory": float(n)}})
        for n, f in enumerate(asked, start=1)
    ]
    others = tuple(f for f in course.forms if f.form != "monthly")
    more = Course(code="C-M", forms=(*others, *said), house=course.house)
    rows = {w.id: w for w in watch.watched(more)}
    assert rows["blood"].finding == "Reported 1 of 3 times asked."
    assert [v for _, v in rows["memory"].rows] == ["1 of 3", "2 of 3", "3 of 3"]
