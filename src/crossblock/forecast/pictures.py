"""Pictures of a forecast: fans by mechanism and by cause of loss, people, risk, frontier."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from crossblock.domain.repeated_regimen import times
from crossblock.forecast.forecast import Forecast
from crossblock.forecast.policies import BENEFIT, RISK, Comparison
from crossblock.forecast.track import REMISSION, Track
from crossblock.report import bars, curves, fan, frontier, hundred, number, parts, swimmer
from crossblock.report.figure import Figure, Table, Words

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
SHARES = (0.5, 0.95)
ALIKE = 1.0  # MADRS points: trajectories that never differ by more are drawn as one
LANES = 24
SCORE = "MADRS score (lower is better)"
WEEKS = "weeks from the first session"
DAY, TICKS = 24.0, 120
HAIR = 0.02  # of time in response; five times as much of the index
# outcome, its name on the picture, factor and decimals
APART = (
    ("score", "MADRS at the end (points, lower is better)", 1.0, 1),
    ("time-in-response", "Days of 100 in response (more is better)", 100.0, 1),
    ("dependence", "Dependence index (daily full mu agonist = 1)", 1.0, 3),
)


def labels(forecast: Forecast) -> dict[str, str]:
    """Return the short name of every mechanism that was run."""
    return {m.id: m.label for m in forecast.setup.mechanisms}


def groups(forecast: Forecast) -> list[tuple[str, ...]]:
    """Return mechanisms whose median trajectories never differ by more than a point, together."""
    found: list[tuple[str, ...]] = []
    middle = {m: np.median(t.true, axis=1) for m, t in forecast.tracks.items()}
    for m in forecast.tracks:
        for k, group in enumerate(found):
            if max(float(np.max(np.abs(middle[m] - middle[g]))) for g in group) <= ALIKE:
                found[k] = (*group, m)
                break
        else:
            found.append((m,))
    return found


def _fan(label: str, tracks: Sequence[Track], mask: Flags | None = None, cell: str = "") -> fan.Fan:
    scores = np.concatenate(
        [t.true if mask is None else t.true[:, mask] for t in tracks], axis=1
    ).astype(float)
    weeks = tracks[0].days / 7.0
    bands = []
    for share in SHARES:
        low, high = np.quantile(scores, (0.5 - share / 2, 0.5 + share / 2), axis=1)
        bands.append((share, tuple(map(float, low)), tuple(map(float, high))))
    return fan.Fan(
        label=label,
        x=tuple(map(float, weeks)),
        middle=tuple(map(float, np.median(scores, axis=1))),
        bands=tuple(bands),
        cell=cell,
    )


def by_mechanism(forecast: Forecast) -> Figure:
    """Return trajectories by mechanism; mechanisms that agree share one fan."""
    names = labels(forecast)
    alike = groups(forecast)
    fans = [
        _fan(", ".join(names[m] for m in group), [forecast.tracks[m] for m in group])
        for group in alike
    ]
    if len(alike) > 1:  # outer bands of several fans would hide each other
        fans = [replace(f, bands=f.bands[:1]) for f in fans]
    if len(alike) == 1:
        tracks = list(forecast.tracks.values())
        fans = [_fan("every mechanism", tracks, cell=_cell(forecast))]
    ends = [f.middle[-1] for f in fans]
    title = (
        "The mechanism changes the course little"
        if max(ends) - min(ends) < 3.0
        else "The mechanism changes the course"
    )
    sentence = (
        f"After {forecast.setup.days / 7:.0f} weeks the median score is "
        f"{number.fixed(min(ends))} to {number.fixed(max(ends))} points by mechanism; half of the "
        "people lie within the inner band."
        if len(fans) > 1
        else f"After {forecast.setup.days / 7:.0f} weeks the median score is "
        f"{number.fixed(ends[0])} points, within {ALIKE:.0f} point under every mechanism."
    )
    return fan.figure(
        id="fan-mechanism",
        fans=fans,
        axes=curves.Axes(x=WEEKS, y=SCORE, y_range=(0.0, 50.0), doses=_doses(forecast)),
        title=title,
        sentence=sentence,
    )


def _doses(forecast: Forecast) -> tuple[float, ...]:
    """Return the weeks of the planned sessions; none where each person has a schedule of their own.

    A picture of a year has no room for a tick a day.
    """
    if forecast.regimen.rules.ladder_h or forecast.regimen.rules.restart_at:
        return ()
    planned = times(forecast.regimen, forecast.setup.days * DAY)
    return tuple(t / (7.0 * DAY) for t in planned) if len(planned) <= TICKS else ()


def apart(forecast: Forecast) -> Figure:
    """Return what people, constants, reasons and mechanisms each span, for three outcomes."""
    panels = [_panel(forecast, *row) for row in APART]
    s = forecast.outcomes["score"]
    people, constants = s.people[1] - s.people[0], s.constants[1] - s.constants[0]
    low, high = s.between_mechanisms
    largest = "People differ most" if people > constants else "The constants are least known"
    index = forecast.outcomes["dependence"].between_mechanisms
    sentence = (
        f"At the end people span {number.fixed(people, 0)} MADRS points, uncertain constants move "
        f"the mean by {number.fixed(constants, 0)}, the mechanism by {number.fixed(high - low)}; "
        f"for the dependence index the mechanism moves it from {index[0]:.3f} to {index[1]:.3f}."
    )
    return parts.figure(
        id="apart",
        panels=panels,
        words=Words(
            title=f"{largest}; the mechanism moves {_moved(forecast)}",
            subtitle="Bar: what each source spans (95\u202f% of people, 95\u202f% of what the "
            "constants allow, lowest to highest). Dots: single reasons and mechanisms. Dashed: "
            "mean.",
            description=sentence,
            sentence=sentence,
        ),
    )


def _moved(forecast: Forecast) -> str:
    """Say which of mood and index the mechanism moves by more than a hair."""
    days = forecast.outcomes["time-in-response"].between_mechanisms
    low, high = forecast.outcomes["dependence"].between_mechanisms
    moved = [
        *(["mood"] if days[1] - days[0] > HAIR else []),
        *(["the index"] if high > (1.0 + 5.0 * HAIR) * max(low, 1e-12) else []),
    ]
    return number.listed(moved) if moved else "neither mood nor the index"


def _panel(forecast: Forecast, id: str, title: str, scale: float, digits: int) -> parts.Panel:
    s = forecast.outcomes[id]

    def strip(label: str, values: Sequence[float], dots: bool) -> parts.Strip:
        real = [scale * v for v in values if np.isfinite(v)]
        return parts.Strip(
            label=label,
            low=min(real),
            high=max(real),
            text=number.bounds(min(real), max(real), digits),
            dots=tuple(real) if dots else (),
        )

    return parts.Panel(
        title=title,
        mean=scale * s.mean,
        strips=(
            strip("people", s.people, False),
            strip("constants not well known", s.constants, False),
            strip(f"{len(s.losses)} reasons of a lost effect", list(s.losses.values()), True),
            strip(f"{len(s.mechanisms)} mechanisms", list(s.mechanisms.values()), True),
        ),
    )


def of_a_hundred(forecast: Forecast) -> Figure:
    """Return a hundred people by how they fare at the end: nearly free, clearly better, neither."""
    free = round(100 * forecast.outcomes["remission"].mean)
    better = max(free, round(100 * forecast.outcomes["response"].mean))
    groups = (
        hundred.Group(count=free, words="nearly free of symptoms at the end"),
        hundred.Group(count=better - free, words="clearly better, not free of symptoms"),
        hundred.Group(count=100 - better, words="not clearly better at the end"),
    )
    return hundred.figure(
        id="hundred",
        groups=groups,
        title=f"{better} of 100 were clearly better at the end, {100 - better} were not",
        sentence="; ".join(f"{g.count} of 100 {g.words}" for g in groups) + ".",
    )


def everyone(forecast: Forecast) -> Figure:
    """Return all mechanisms in one fan, for a reader who does not ask which."""
    only = _fan("all people", list(forecast.tracks.values()), cell=_cell(forecast))
    title = (
        "Most of the change comes early"
        if only.middle[0] - only.middle[min(4, len(only.middle) - 1)]
        > 0.7 * (only.middle[0] - min(only.middle))
        else "The change comes slowly"
    )
    return fan.figure(
        id="fan-everyone",
        fans=[only],
        axes=curves.Axes(
            x=WEEKS,
            y="depression score (lower is better)",
            y_range=(0.0, 50.0),
            doses=_doses(forecast),
        ),
        title=title,
        sentence=f"The middle person starts at {number.fixed(only.middle[0], 0)} points and ends "
        f"at {number.fixed(only.middle[-1], 0)}.",
    )


def _cell(forecast: Forecast) -> str:
    """Return the cell whose color the course takes: with or without a blocker on board."""
    return "blocked" if any(b.dose is not None for b in forecast.regimen.beside) else "open"


def by_loss(forecast: Forecast) -> Figure:
    """Return trajectories by the reason why an effect is lost, medians with the inner band."""
    tracks = list(forecast.tracks.values())
    fans = []
    for loss in forecast.people.losses:
        whole = _fan(str(loss), tracks, tracks[0].of(loss))
        fans.append(replace(whole, bands=whole.bands[:1]))
    ends = {f.label: f.middle[-1] for f in fans}
    worst, best = (pick(ends, key=lambda k: ends[k]) for pick in (max, min))
    return fan.figure(
        id="fan-loss",
        fans=fans,
        axes=curves.Axes(x=WEEKS, y=SCORE, y_range=(0.0, 50.0)),
        title="Why an effect would be lost is open",
        sentence=f"The median at the end is {number.fixed(ends[best])} points if the reason is "
        f"{best}, {number.fixed(ends[worst])} if it is {worst}; people differ far more than that.",
    )


def lanes(forecast: Forecast) -> Figure:
    """Return a couple of dozen people of the cohort, those longest in response first."""
    name = next(iter(forecast.tracks))
    track = forecast.tracks[name]
    people = range(min(LANES, track.people.count))
    weeks = track.days / 7.0
    states = np.where(track.rated <= REMISSION, 2, np.where(track.responds, 1, 0))
    order = sorted(people, key=lambda i: -float((states[:, i] > 0).sum()))
    rows = [_lane(track, states, weeks, i, k) for k, i in enumerate(order, 1)]
    responded = sum(bool((states[:, i] > 0).any()) for i in people)
    kept = sum(bool(states[-1, i] > 0) for i in people)
    return swimmer.figure(
        id="swimmer",
        lanes=rows,
        x_title=WEEKS,
        end=float(weeks[-1]),
        title=f"{responded} of {len(people)} virtual people responded, {kept} did at the end",
        sentence=f"{len(people)} people drawn at random under {labels(forecast)[name]}: "
        f"{responded} reached half of their baseline at some time, {kept} were there at the end.",
    )


def _lane(track: Track, states: NDArray[np.int64], weeks: Array, i: int, k: int) -> swimmer.Lane:
    words = [s.id for s in swimmer.STATES]
    spans: list[tuple[float, float, str]] = []
    for j in range(len(weeks) - 1):
        name = words[int(states[j, i])]
        if spans and spans[-1][2] == name:
            spans[-1] = (spans[-1][0], float(weeks[j + 1]), name)
        else:
            spans.append((float(weeks[j]), float(weeks[j + 1]), name))
    steps = np.diff(np.concatenate([track.sessions[:, i], track.sessions[-1:, i]]))
    ticks = tuple(float(w) for w, n in zip(weeks, steps, strict=True) if n > 0)
    mark = "stopped" if track.stopped[-1, i] else f"{track.sessions[-1, i]:.0f} sessions"
    return swimmer.Lane(label=str(k), spans=tuple(spans), sessions=ticks, mark=mark)


def risk(forecast: Forecast) -> Figure:
    """Return the dependence index by mechanism, and how much of it opioids carry."""
    names = labels(forecast)
    whole = forecast.outcomes["dependence"].mechanisms
    other = forecast.outcomes["dependence-without-opioids"].mechanisms
    found = []
    for m, value in whole.items():
        low, high = _constants(forecast, m, lambda f, n: f.indices[n].whole[-1])
        share = 1.0 - other[m] / value if value > 0 else 0.0
        found.append(
            bars.Bar(
                label=names[m],
                value=value,
                low=low,
                high=high,
                text=f"{value:.3f}, {number.percent(max(share, 0.0))} of it by opioids",
                lead=share > 0.2,
            )
        )
    top = max(b.high for b in found)
    largest = max(whole, key=lambda m: whole[m])
    sentence = (
        f"At the end the index is {min(whole.values()):.3f} to {max(whole.values()):.3f} of that "
        f"of a daily full mu agonist (1), largest under {names[largest]}; a path without opioids "
        f"carries {min(other.values()):.3f} of it under every mechanism."
    )
    return bars.figure(
        id="dependence",
        bars=found,
        scale=bars.Scale(title="dependence index (daily full mu agonist = 1)", end=1.1 * top),
        words=Words(
            title="Which belief carries the risk",
            subtitle="Bar: mean of people. Line: 95\u202f% of uncertain constants. Dark: more than "
            "a fifth of it comes by opioids.",
            description=sentence,
            sentence=sentence,
        ),
        table=Table(
            caption="Dependence index by mechanism",
            headers=("Mechanism", "Index", "95\u202f% of constants", "Without opioids"),
            rows=tuple(
                (b.label, f"{b.value:.4f}", number.bounds(b.low, b.high, 4), f"{other[m]:.4f}")
                for b, m in zip(found, whole, strict=True)
            ),
        ),
    )


def _constants(
    forecast: Forecast, m: str, value: Callable[[Forecast, str], Array]
) -> tuple[float, float]:
    """Return the 95 % interval of world means under one mechanism."""
    y, people = value(forecast, m), forecast.people
    means = [float(np.mean(y[people.world == w])) for w in range(people.worlds)]
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)


def front(comparison: Comparison) -> Figure:
    """Return benefit against risk, one point a policy."""
    best = comparison.front()
    points = []
    for p, f in comparison.forecasts.items():
        gain, cost = f.outcomes[BENEFIT], f.outcomes[RISK]
        points.append(
            frontier.Point(
                label=f.regimen.title,
                risk=cost.mean,
                benefit=100 * gain.mean,
                risk_interval=cost.constants,
                benefit_interval=(100 * gain.constants[0], 100 * gain.constants[1]),
                by_mechanism=tuple(
                    (m, cost.mechanisms[m], 100 * gain.mechanisms[m]) for m in cost.mechanisms
                ),
                front=p in best,
            )
        )
    dearest = max(points, key=lambda x: x.benefit)
    sentence = (
        f"{len(best)} of {len(points)} policies are beaten by no other in both; most time in "
        f"response has “{dearest.label}”, {number.fixed(dearest.benefit, 0)} of 100 days."
    )
    return frontier.figure(
        id="frontier",
        points=points,
        axes=frontier.Axes(
            risk="dependence index at the end (control = 1)",
            benefit="days of 100 in response",
        ),
        title="More time in response costs more exposure",
        sentence=sentence,
    )


def shares(values: Mapping[str, float]) -> str:
    """Return "people 93 %, constants 6 %" of the parts of a spread, without those below 1 %."""
    said = [f"{k} {number.percent(v)}" for k, v in values.items() if v >= 0.01]
    return ", ".join(said) or "nothing varies"
