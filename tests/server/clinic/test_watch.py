"""What is watched: rows behind every finding, a chance for each, and no cause named."""

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from crossblock.server.clinic import house, watch
from crossblock.server.clinic.course import Course, Filled
from crossblock.server.clinic.demo import madrs
from crossblock.stats.signal_truth import Kind, Truth, simulate
from tests.server.clinic.conftest import CLINIC

START = datetime(2026, 1, 5, 9, tzinfo=UTC)


def filled(form: str, visit: str, period: int, day: float, **content: object) -> Filled:
    return Filled(
        form=form, visit=visit, period=period, repeat=1, number=1, version=int(1e3 * day + 1e5),
        entry=int(1e3 * day + 1e5), occurred=START + timedelta(days=day), by=None,
        content=json.loads(json.dumps(content)),
    )  # fmt: skip


def course_of(kind: Kind, seed: int, tmp: object) -> Course:
    found = simulate(Truth(kind=kind, days=330, onset=110), np.random.default_rng(seed))
    forms = [filled("madrs", "intake", 0, -3, answers=madrs(33), total=33.0)]
    for n, (day, dose) in enumerate(zip(found.session, found.mg_per_kg), start=1):
        answers = {"dose": 70 * dose, "weight": 70.0, "route": "iv", "drug": "ketamine"}
        forms.append(filled("dose", "session", n, float(day), answers=answers))
    forms += [
        filled("madrs", "between", 0, float(t), answers={}, total=float(y))
        for t, y in zip(found.rated, found.score)
    ]
    (tmp / "clinic.toml").write_text(CLINIC)  # type: ignore[operator]
    forms.sort(key=lambda f: f.occurred)
    return Course(code="C-TEST", forms=tuple(forms), house=house.read(tmp))  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "id"), [("tolerance", "stays"), ("escalation", "weekly")])
def test_the_signal_that_is_there_is_found(kind: Kind, id: str, tmp_path: object) -> None:
    rows = {w.id: w for w in watch.watched(course_of(kind, 3, tmp_path))}
    assert rows[id].alarm
    assert "of 100 years" in rows[id].chance
    assert len(rows[id].rows) >= 20


def test_a_steady_course_is_quiet(tmp_path: object) -> None:
    alarms = sum(w.alarm for s in range(6) for w in watch.watched(_fresh("steady", s, tmp_path)))
    assert alarms <= 2  # five series, six years, at 5 in 100 each


def _fresh(kind: Kind, seed: int, tmp: object) -> Course:
    house.read.cache_clear()
    return course_of(kind, seed, tmp)


def test_counts_have_no_chance_and_causes_are_not_named(tmp_path: object) -> None:
    rows = watch.watched(course_of("steady", 1, tmp_path))
    total = next(w for w in rows if w.id == "cumulative")
    assert total.noise is None
    assert "plain count" in total.chance
    for w in rows:
        assert "because" not in (w.finding + w.note).lower()


def test_nothing_before_the_first_session(tmp_path: object) -> None:
    course = course_of("steady", 1, tmp_path)
    empty = Course(code="C-NEW", forms=(), house=course.house)
    assert watch.watched(empty) == ()


def test_memory_and_blood_of_the_monthly_form_are_watched(tmp_path: object) -> None:
    course = course_of("steady", 1, tmp_path)
    asked = [
        filled("monthly", "between", 0, 28.0 * n, answers={"blood": "yes" if n == 2 else "no",
               "memory": float(n)}) for n in range(1, 4)
    ]  # fmt: skip
    more = Course(code="C-M", forms=(*course.forms, *asked), house=course.house)
    rows = {w.id: w for w in watch.watched(more)}
    assert rows["blood"].finding == "Reported 1 of 3 times asked."
    assert [v for _, v in rows["memory"].rows] == ["1 of 3", "2 of 3", "3 of 3"]
