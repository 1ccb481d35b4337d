"""The picture of every instrument over a course, with its numbers beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from crossblock.load import instrument
from crossblock.server.clinic.course import Course
from crossblock.server.clinic.drawing import NARROW, Picture, trajectory
from crossblock.server.clinic.forecasts import RATED_BY, Forecast
from crossblock.server.clinic.watch import days

DRAWN = ("madrs", "hamd17", "qids-sr16", "phq9", "ketamine-craving", "drug-liking", "pwc20", "gad7",
         "cadss6")  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One picture with its title and rows."""

    form: str
    name: str
    title: str
    svg: SafeString
    narrow: SafeString
    rows: tuple[tuple[str, str], ...]


def pictures(
    course: Course, forms: Sequence[str] = DRAWN, forecast: Forecast | None = None
) -> tuple[Drawn, ...]:
    """Return the pictures of the instruments that have at least two scores.

    A forecast adds its band to the scale it was made on.
    """
    wanted = [form for form in forms if len(course.scores(form)) >= 2]
    bands = {RATED_BY: forecast.with_session} if forecast else {}
    return tuple(_picture(course, form, bands.get(form, ())) for form in wanted)


def _picture(course: Course, form: str, band: Sequence[tuple[float, float, float]]) -> Drawn:
    scale = instrument.read(form)
    rows = course.scores(form)
    start = course.sessions[0].at if course.sessions else rows[0].occurred
    at = [(f.occurred - start).total_seconds() / 86400 for f in rows]
    score = [float(f.total or 0.0) for f in rows]
    base = course.baseline(form)
    low = scale.lower_is_better is not False
    limit = (1 - scale.response) * base if scale.response and base and low else None
    title = _title(scale.short_name, base, score, limit, scale.remission)
    picture = Picture(
        title=title,
        how="Dots are ratings, ticks are sessions"
        + ("; blue area: forecast with the next session, 95 % interval" if band else "")
        + ("; shaded: response and remission; lower is better" if limit is not None else ""),
        days=at,
        scores=score,
        sessions=list(days(course)) if course.sessions else (),
        low=scale.minimum,
        high=scale.maximum,
        response=limit,
        remission=scale.remission if limit is not None else None,
        band=band,
    )
    return Drawn(
        form=form,
        name=scale.short_name,
        title=title,
        svg=trajectory(picture),
        narrow=trajectory(picture, NARROW),
        rows=tuple((f"day {d:.0f}", f"{s:g}") for d, s in zip(at, score)),
    )


def _title(
    name: str,
    base: float | None,
    score: Sequence[float],
    limit: float | None,
    remission: float | None,
) -> str:
    last = score[-1]
    if base is None or limit is None:
        return f"{name}: {last:g} at the last rating"
    where = "response" if last <= limit else "no response"
    if remission is not None and last <= remission:
        where = "remission"
    return f"{name}: from {base:g} before the first session to {last:g} now ({where})"
