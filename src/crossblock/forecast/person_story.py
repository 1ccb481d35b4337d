"""The page of one person's forecast: own ratings, the next session, signs of a lost effect."""

from __future__ import annotations

import numpy as np

from crossblock.domain.history import History
from crossblock.forecast.person import Band, PersonForecast
from crossblock.forecast.personal import STABLE
from crossblock.forecast.story import NO_ADVICE
from crossblock.report import bars, curves, number
from crossblock.report.figure import Figure, Table, Words
from crossblock.report.story import Paragraph, Section, Story, Tile, paragraph, strong
from crossblock.stats.signals import time_above

STORIES = {
    "stable": "nothing has changed",
    "illness": "the illness has grown",
    "ceiling": "grown past the drug's reach",
    "tolerance": "each session does less",
}
CAN = (
    "what these ratings say under the model, with their gaps and their noise",
    "how far a falling benefit could be chance",
)
CANNOT = (
    "what to do: it gives no advice",
    "why a score changed: life events, other medicines and the season are not in it",
    "whether this person is or becomes dependent",
)


def person_story(
    found: PersonForecast, history: History, provenance: tuple[tuple[str, str], ...] = ()
) -> Story:
    """Return the page of one person's forecast."""
    b = found.benefit
    return Story(
        kicker="One person · a computation from own ratings, not advice",
        question="Is this person losing the effect?",
        answer=_answer(found),
        tiles=(
            Tile(
                value=f"{number.fixed(b.points)} points",
                words="lower over a week with the next session than without; 95\u202f% interval "
                f"{number.bounds(b.low, b.high)}",
            ),
            Tile(
                value=f"{number.fixed(b.days_with, 1)} or {number.fixed(b.days_without, 1)} days",
                words="of 28 at half the baseline or below, with it or without",
            ),
            Tile(
                value=number.percent(found.stories[STABLE]),
                words="probability that nothing has changed",
            ),
        ),
        sections=(
            Section(
                heading="Ratings, sessions, and what the model makes of them",
                paragraphs=tuple(paragraph(_sentence(n)) for n in found.notes),
                figures=(_course(found, history), *_stays(history)),
            ),
            Section(heading="Four stories of what is going on", figures=(_stories(found),)),
        ),
        can=CAN,
        cannot=CANNOT,
        limits="What this page can and cannot say",
        assumed=found.assumed,
        methods=(
            "Four stories were fitted to the ratings by importance sampling, with slow ups and "
            "downs of severity and the error of a rating integrated out exactly "
            f"({found.effective:.0f} effective draws).",
            NO_ADVICE,
        ),
        provenance=provenance,
    )


def _answer(found: PersonForecast) -> tuple[Paragraph, ...]:
    if not found.flags:
        return (
            paragraph(
                "Under the model these ratings do not stand out: ",
                strong(f"{number.percent(found.stories[STABLE])}"),
                " is the probability that nothing has changed.",
            ),
        )
    return tuple(
        paragraph(
            strong(_sentence(flag.words)),
            f" The probability that this is noise is {_chance(flag.noise)}. "
            f"{_sentence(flag.detail)}",
        )
        for flag in found.flags
    )


def _chance(p: float) -> str:
    return f"below {number.percent(0.01)}" if p < 0.005 else number.percent(p)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _course(found: PersonForecast, history: History) -> Figure:
    rated = [(r.day, r.score) for r in history.ratings if r.score is not None]
    half = 0.5 * (history.baseline or 0.0)
    lines = []
    if rated:
        lines.append(_points("rated", rated))
    if len(found.seen.days):
        lines.append(_line("model", found.seen, ""))
    lines.append(_line("without", found.without, "no_drug"))
    lines.append(_line("with a session", found.with_session, "open"))
    sentence = (
        f"{len(rated)} ratings and {len(history.sessions)} sessions; with the next session on "
        f"day {number.short(found.next_day)} the score is expected "
        f"{number.fixed(found.benefit.points)} points lower over a week than without."
    )
    return curves.figure(
        id="person",
        lines=lines,
        axes=curves.Axes(
            x="day", y=f"{history.instrument} score (lower is better)",
            y_range=(history.lowest, history.highest),
            doses=tuple(s.day for s in history.sessions),
        ),
        words=Words(
            title=f"The next session is expected to take {number.fixed(found.benefit.points)} "
            "points off",
            subtitle="Points: ratings. Bands: 95\u202f% and 50\u202f% of what the model allows. "
            "Ticks on the axis: sessions.",
            description=sentence,
            sentence=sentence,
        ),
        table=_table(found),
        levels=(
            curves.Level(value=half, label="half the baseline", right=True),
            curves.Level(value=found.next_day, label="next session", axis="x"),
        ),
    )  # fmt: skip


def _stays(history: History) -> tuple[Figure, ...]:
    """Return the days at half the baseline or below after each session, where they can be told."""
    rated = [(r.day, r.score) for r in history.ratings if r.score is not None]
    if len(history.sessions) < 3 or len(rated) < 3 or history.baseline is None:
        return ()
    at = np.array([s.day for s in history.sessions])
    day, score = (np.array(x, dtype=float) for x in zip(*rated, strict=True))
    stays, cut = time_above(at, day, score, 0.5 * history.baseline)
    rows = [(float(d), float(t)) for d, t in zip(at, stays, strict=True) if np.isfinite(t)]
    if len(rows) < 2:
        return ()
    still = {float(d) for d, c in zip(at, cut, strict=True) if c}
    longest, newest = max(t for _, t in rows), rows[-1][1]
    sentence = (
        f"{number.fixed(longest)} days at its longest, {number.fixed(newest)} after the newest "
        f"session that was rated; read between ratings by straight lines."
    )
    return (
        curves.figure(
            id="stays",
            lines=[_points("days", rows)],
            axes=curves.Axes(
                x="day of the session",
                y="days at half the baseline (more is better)",
                y_range=(0.0, 1.1 * max(1.0, *(t for _, t in rows))),
                doses=tuple(d for d, _ in rows),
            ),
            words=Words(
                title=f"Time at half the baseline: {number.fixed(longest)} days at its longest, "
                f"{number.fixed(newest)} after the newest session",
                subtitle="One point a session. It counts until the next session at most, so that "
                "a short interval shows a short time.",
                description=sentence,
                sentence=sentence,
            ),
            table=Table(
                caption="Days at half the baseline or below after each session",
                headers=("Day of the session", "Days", "Until the next session or longer"),
                rows=tuple(
                    (number.short(d), number.fixed(t), "yes" if d in still else "no")
                    for d, t in rows
                ),
            ),
        ),
    )


def _points(label: str, at: list[tuple[float, float]]) -> curves.Line:
    return curves.Line(
        label=label, x=tuple(x for x, _ in at), y=tuple(y for _, y in at), points=True
    )


def _line(label: str, band: Band, cell: str) -> curves.Line:
    def wall(x: object) -> tuple[float, ...]:
        return tuple(float(v) for v in x)  # type: ignore[attr-defined]

    return curves.Line(
        label=label,
        x=wall(band.days),
        y=wall(band.middle),
        bands=((wall(band.low), wall(band.high)), (wall(band.low_half), wall(band.high_half))),
        cell=cell,
    )


def _table(found: PersonForecast) -> Table:
    rows = []
    for name, band in (
        ("model", found.seen),
        ("with a session", found.with_session),
        ("without", found.without),
    ):
        for k, day in enumerate(band.days):
            rows.append(
                (
                    name,
                    number.short(float(day)),
                    number.fixed(float(band.middle[k])),
                    number.bounds(float(band.low[k]), float(band.high[k])),
                )
            )
    return Table(
        caption="True score: median and 95\u202f% interval",
        headers=("Course", "Day", "Median", "95\u202f% interval"),
        rows=tuple(rows),
    )


def _stories(found: PersonForecast) -> Figure:
    best = max(found.stories, key=lambda s: found.stories[s])
    sentence = (
        f"Most probable: {STORIES[best]} ({number.percent(found.stories[best])}); before any "
        "rating, nothing changed was as probable as the three losses together."
    )
    return bars.figure(
        id="stories",
        bars=[
            bars.Bar(
                label=STORIES[s], value=p, low=p, high=p, text=number.percent(p), lead=s == best
            )
            for s, p in found.stories.items()
        ],
        scale=bars.Scale(title="probability after these ratings", end=1.0, percent=True),
        words=Words(
            title=f"Most probable: {STORIES[best]}",
            subtitle="Probability of each story after these ratings.",
            description=sentence,
            sentence=sentence,
        ),
        table=Table(
            caption="Stories",
            headers=("Story", "Probability"),
            rows=tuple((STORIES[s], number.percent(p, 1)) for s, p in found.stories.items()),
        ),
    )
