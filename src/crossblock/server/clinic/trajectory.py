"""The picture of every instrument over a course, with its numbers beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.safestring import SafeString

from crossblock.load import instrument
from crossblock.server.clinic.course import Course
from crossblock.server.clinic.drawing import NARROW, Fan, Picture, Span, draw
from crossblock.server.clinic.forecasts import RATED_BY, Forecast
from crossblock.server.clinic.series import days

DRAWN = ("madrs", "hamd17", "qids-sr16", "phq9", "ketamine-craving", "drug-liking", "pwc20", "gad7",
         "cadss6")  # fmt: skip
DATED = ("dose", "monthly")
"""Further forms whose days the shared axis holds."""
SHORTEST = 7.0
AROUND = 28.0
"""Days before the last rating that the enlarged forecast shows."""


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One picture with its title, how to read it, and its numbers."""

    form: str
    name: str
    title: str
    how: str
    svg: SafeString
    narrow: SafeString
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def across(course: Course, forecast: Forecast | None = None) -> Span:
    """Return the first and last day that pictures of this course share as their axis."""
    shown = [f for f in course.forms if f.form in DRAWN or f.form in DATED]
    at = [(f.occurred - _start(course)).total_seconds() / 86400 for f in shown]
    ahead = [row[0] for row in forecast.with_session] if forecast else []
    first = min(at, default=0.0)
    return first, max([*at, *ahead, first + SHORTEST])


def pictures(
    course: Course,
    forms: Sequence[str] = DRAWN,
    forecast: Forecast | None = None,
    span: Span | None = None,
) -> tuple[Drawn, ...]:
    """Return the pictures of the instruments that have at least two scores, on one time axis.

    A forecast adds its bands to the scale it was made on.
    """
    wanted = [form for form in forms if len(course.scores(form)) >= 2]
    ends = span or across(course, forecast)
    return tuple(
        _picture(course, form, _fans(forecast) if form == RATED_BY else (), ends) for form in wanted
    )


def main(course: Course) -> tuple[Drawn, ...]:
    """Return the picture that a course is read by: its own instrument's, or the first there is."""
    order = (course.rated_by, *DRAWN)
    found = next((form for form in order if len(course.scores(form)) >= 2), None)
    return pictures(course, (found,)) if found else ()


def enlarged(course: Course, forecast: Forecast) -> Drawn:
    """Return the forecast by itself: the last four weeks of ratings, and what is ahead."""
    known = across(course)
    last = min(known[1], forecast.with_session[0][0])
    span = (max(known[0], last - AROUND), forecast.with_session[-1][0])
    fans = _fans(forecast, ("with", "without"))
    picture = _scale(course, RATED_BY, fans, span)
    name = instrument.read(RATED_BY).short_name
    return _drawn(
        RATED_BY,
        name,
        replace(
            picture,
            title=f"{name}, the last four weeks and the next four",
            how="Solid line: middle of the forecast with a session on day "
            f"{forecast.next_day:.0f}; areas around it: 50 % and 95 % of what the model holds "
            "possible. Dashed line: middle without a session; dotted lines: its 95 %. Both begin "
            "at the last rating. They are of the score behind the ratings; a single rating "
            "scatters more",
            named=False,
        ),
        ("Day", "With a session: middle (95 %)", "Without: middle (95 %)"),
        tuple(
            (f"day {a[0]:.0f}", _said(a), _said(b))
            for a, b in zip(forecast.with_session, forecast.without)
        ),
    )


def _said(row: Sequence[float]) -> str:
    return f"{row[3]:g} ({row[1]:g} to {row[5]:g})"


def _start(course: Course) -> datetime:
    """Return day 0: the first session, or the first rating while there is none."""
    return course.sessions[0].at if course.sessions else course.forms[0].occurred


def _fans(forecast: Forecast | None, words: tuple[str, str] = ("", "")) -> tuple[Fan, ...]:
    if forecast is None:
        return ()
    return (
        Fan(words=words[1], rows=forecast.without, plain=True),
        Fan(words=words[0], rows=forecast.with_session),
    )


def _picture(course: Course, form: str, fans: tuple[Fan, ...], span: Span) -> Drawn:
    picture = _scale(course, form, fans, span)
    rows = tuple((f"day {d:.0f}", f"{v:g}") for d, v, _ in picture.points)
    return _drawn(form, instrument.read(form).short_name, picture, ("When", "Score"), rows)


def _scale(course: Course, form: str, fans: tuple[Fan, ...], span: Span) -> Picture:
    scale = instrument.read(form)
    rows = course.scores(form)
    start = _start(course)
    points = [
        ((f.occurred - start).total_seconds() / 86400, float(f.total or 0.0), False) for f in rows
    ]
    base = course.baseline(form)
    low = scale.lower_is_better
    limit = (1 - scale.response) * base if scale.response and base and low is not False else None
    both = ((limit, "response"), (scale.remission if limit is not None else None, "remission"))
    limits = [(v, w) for v, w in both if v is not None and v > scale.minimum]
    better = {True: " (lower is better)", False: " (higher is better)", None: ""}[low]
    return Picture(
        title=_title(scale.short_name, base, points[-1][1], limit, scale.remission),
        how="Dots are ratings, ticks below the axis are sessions"
        + ("; shaded: " + ", ".join(f"{w} at {v:g} or less" for v, w in limits) if limits else "")
        + ("; at the right the forecast, enlarged below" if fans else ""),
        axis=f"{scale.short_name} total, points{better}",
        points=points,
        sessions=list(days(course)) if course.sessions else (),
        span=span,
        low=scale.minimum,
        high=scale.maximum,
        limits=limits,
        fans=fans,
    )


def _drawn(
    form: str, name: str, p: Picture, columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]
) -> Drawn:
    return Drawn(
        form=form,
        name=name,
        title=p.title,
        how=p.how,
        svg=draw(p),
        narrow=draw(p, NARROW),
        columns=columns,
        rows=rows,
    )


def _title(
    name: str, base: float | None, last: float, limit: float | None, remission: float | None
) -> str:
    if base is None or limit is None:
        return f"{name}: {last:g} at the last rating"
    where = "response" if last <= limit else "no response"
    if remission is not None and last <= remission:
        where = "remission"
    return f"{name}: from {base:g} before the first session to {last:g} now ({where})"
