"""Small pictures of the watched series: on the shared axis, sorted by whether they have moved."""

from pathlib import Path

from crossblock.server.clinic.series import days
from crossblock.server.clinic.trajectory import across
from crossblock.server.clinic.trend import ALWAYS, Trends, trends
from crossblock.server.clinic.watch import watched
from tests.server.clinic.test_watch import course_of


def found_in(tmp_path: Path) -> Trends:
    course = course_of("tolerance", 3, tmp_path)
    return trends(watched(course), days(course), across(course))


def test_every_series_stands_in_one_place(tmp_path: Path) -> None:
    found = found_in(tmp_path)
    assert "kept" in [t.watched.id for t in found.signals]
    assert found.stays is not None
    assert [t.watched.id for t in found.counts] == ["cumulative", "unsanctioned"]
    assert all(not t.watched.alarm for t in (*found.looked_at, *found.quiet))
    shown = {t.watched.id for t in (*found.signals, *found.looked_at, *found.counts, *found.quiet)}
    course = course_of("tolerance", 3, tmp_path)
    assert shown | {found.stays.watched.id} == {w.id for w in watched(course)}


def test_time_in_response_has_open_marks_where_it_is_known_as_a_bound(tmp_path: Path) -> None:
    found = found_in(tmp_path)
    assert found.stays is not None
    open_ = [v for _, v in found.stays.watched.rows if v.endswith("or more")]
    assert open_
    assert found.stays.open_marks
    assert str(found.stays.svg).count('fill="#fff" stroke') == len(open_)
    assert "days in response after a session (longer is better)" in str(found.stays.svg)


def test_bladder_and_pressure_are_drawn_with_their_unit(tmp_path: Path) -> None:
    more = course_of("steady", 1, tmp_path)
    found = trends(watched(more), days(more), across(more))
    every = {t.watched.id: t for t in (*found.signals, *found.looked_at)}
    assert set(ALWAYS) <= set(every)
    for id, unit in (("frequency", "points of 9"), ("pressure", "mmHg"), ("weekly", "mg/kg a week"),
                     ("intervals", "days since")):  # fmt: skip
        assert unit in str(every[id].svg)
        assert str(every[id].svg).count('class="session"') == len(more.sessions)
    assert every["pressure"].watched.zero is False
