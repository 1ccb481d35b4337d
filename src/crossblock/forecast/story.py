"""The page of a forecast: what the model projects under which assumption, and how far to trust it.

Fixed rules compose it from values; every sentence says whose assumption it rests on. No advice.
"""

from __future__ import annotations

from collections.abc import Sequence

from crossblock.domain.adaptation import Loss
from crossblock.domain.result import Reference
from crossblock.domain.target import Use
from crossblock.forecast import assumed, pictures
from crossblock.forecast.forecast import Forecast
from crossblock.forecast.outcomes import OUTCOMES, Outcome
from crossblock.forecast.policies import SHOWN, Comparison
from crossblock.forecast.setup import EQUAL
from crossblock.forecast.spread import Spread
from crossblock.forecast.validation import Compared, kept
from crossblock.report import number
from crossblock.report.figure import Table
from crossblock.report.story import (
    Assumed,
    Paragraph,
    Section,
    Story,
    Tile,
    paragraph,
    strong,
)

BARE = frozenset({"share", "count", "relative"})
HARDLY = 0.02  # of people: a difference between mechanisms not worth a number
NO_ADVICE = "This is a computation under stated assumptions, not medical advice."
CAN = (
    "how a course would run if a mechanism, a reason of loss and the listed constants were true",
    "which belief a projected risk rests on, and which outcomes do not depend on the mechanism",
    "how two policies differ on the same virtual people",
)
CANNOT = (
    "whether anybody becomes dependent: the index is relative to a control and no probability of a "
    "use disorder",
    "that a clinic course causes or does not cause dependence",
    "what will happen to one patient; people differ more than mechanisms do",
    "anything about people unlike those of the source trials (adults with treatment-resistant "
    "depression)",
    "which mechanism is true",
)


def story(
    forecast: Forecast,
    *,
    comparison: Comparison | None = None,
    compared: Sequence[Compared] = (),
    provenance: tuple[tuple[str, str], ...] = (),
) -> Story:
    """Return the page of one regimen, with policies and predicted v observed where given."""
    found = forecast
    return Story(
        kicker="Repeated use · a forecast under assumptions, not advice",
        question=f"{found.regimen.title}: what does the model project?",
        answer=_answer(found),
        tiles=_tiles(found),
        sections=tuple(
            s
            for s in (
                _fare(found),
                _policies(comparison),
                _knowing(comparison),
                _risk(found),
                _loss(found),
                _numbers(found),
                _compared(compared),
            )
            if s is not None
        ),
        can=CAN,
        cannot=CANNOT,
        limits="What this forecast can and cannot say",
        assumed=_assumed(found),
        methods=_methods(found),
        references=_references(found, compared),
        provenance=(("Regimen", found.regimen.id), *provenance),
    )


def _percent_band(s: Spread) -> str:
    low, high = s.constants
    return f"{number.percent(low)} to {number.percent(high)}"


def _answer(f: Forecast) -> tuple[Paragraph, ...]:
    response, index = f.outcomes["response"], f.outcomes["dependence"]
    low, high = response.between_mechanisms
    a, b = index.between_mechanisms
    week = f.setup.days / 7
    lead = paragraph(
        f"If the listed assumptions held, after {week:.0f} weeks ",
        strong(f"{number.percent(response.mean)} of virtual people"),
        " would be at half of their baseline score or below. What is uncertain in the constants "
        f"allows {_percent_band(response)} (95\u202f%); {_moved(low, high)}.",
    )
    risk = paragraph(
        "The dependence index, relative to a full mu agonist taken every day, is projected at ",
        strong(f"{index.mean:.3f}"),
        f" ({a:.3f} to {b:.3f} by mechanism). It orders courses; it is no probability.",
    )
    said = [lead, risk]
    if f.flags:
        said.append(paragraph(" ".join(_sentence(x) for x in f.flags)))
    return tuple(said)


def _moved(low: float, high: float) -> str:
    if high - low < HARDLY:
        return "which mechanism is true hardly moves it"
    return f"which mechanism is true moves it from {number.percent(low)} to {number.percent(high)}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _tiles(f: Forecast) -> tuple[Tile, ...]:
    score, time, sessions = (f.outcomes[k] for k in ("score", "time-in-response", "sessions"))
    low, high = score.people
    return (
        Tile(
            value=f"{number.fixed(score.mean)} points",
            words=f"mean MADRS at the end; 95\u202f% of people {number.fixed(low, 0)} to "
            f"{number.fixed(high, 0)}",
        ),
        Tile(
            value=f"{number.fixed(100 * time.mean, 0)} of 100 days",
            words="at half the baseline or below",
        ),
        Tile(value=f"{number.fixed(sessions.mean, 0)} sessions", words="given to a person"),
    )


def _fare(f: Forecast) -> Section:
    return Section(
        heading="How people would fare",
        paragraphs=(
            paragraph(
                "Mechanisms were scaled so that one reference infusion does the same on day 1 "
                "under each. What they say differently about mood therefore comes from the route, "
                "the dose and what else is on board."
            ),
        ),
        figures=(pictures.by_mechanism(f), pictures.apart(f), pictures.lanes(f)),
    )


def _risk(f: Forecast) -> Section:
    control = next(iter(f.controls.values()))
    stop, first = float(control.stopping.mean()), float(control.precipitated.mean())
    w, p = f.outcomes["withdrawal"], f.outcomes["precipitated"]
    return Section(
        heading="Which belief would drive a risk",
        paragraphs=(
            paragraph(
                "Liking a dose has a path without opioids under every mechanism: liking after "
                "one reference infusion was close to the ceiling of its scale in a trial. Opioid "
                "release or expectancy add to it; direct binding at this occupancy hardly does. "
                f"The control, a full mu agonist all day for 28 days, withdraws at {stop:.2f} of "
                f"receptors on stopping, {first:.2f} when naltrexone precipitates it, and half of "
                f"it is gone in {control.half_d.mean():.0f} days. This course: {w.mean:.4f} on "
                f"stopping ({w.between_mechanisms[0]:.4f} to {w.between_mechanisms[1]:.4f} by "
                f"mechanism), {p.mean:.4f} more than in anybody when precipitated."
            ),
        ),
        figures=(pictures.risk(f),),
        table=Table(
            headers=("Mechanism", "What would be true"),
            rows=tuple((m.label, m.claim) for m in f.setup.mechanisms),
        ),
    )


def _loss(f: Forecast) -> Section:
    said = tuple(
        paragraph(strong(f"{str(loss).capitalize()}. "), Loss(loss).claim)
        for loss in f.people.losses
    )
    return Section(
        heading="Why an effect might be lost",
        paragraphs=(
            paragraph(
                "Controlled data show no loss of the antidepressant effect over weeks at clinic "
                "spacing, and a faster loss in those who relapsed on the drug; these differ in "
                "more than the drug. So rival reasons are carried side by side, each for an equal "
                "share of the people."
            ),
            *said,
        ),
        figures=(pictures.by_loss(f),),
    )


def _numbers(f: Forecast) -> Section:
    rows = []
    for o in OUTCOMES:
        s = f.outcomes[o.id]
        low, high = s.between_mechanisms
        rows.append(
            (
                _named(o),
                _short(s.mean, o.unit),
                _range(*s.people, o.unit),
                _range(*s.constants, o.unit),
                _range(low, high, o.unit),
                pictures.shares(s.parts),
            )
        )
    return Section(
        heading="Every outcome, with the parts of its spread",
        table=Table(
            headers=(
                "Outcome",
                "Mean",
                "95\u202f% of people",
                "95\u202f% of constants",
                "By mechanism",
                "Where the spread comes from",
            ),
            rows=tuple(rows),
        ),
    )


def _named(o: Outcome) -> str:
    """Return an outcome with its unit, where the number does not carry it."""
    return o.words if o.unit in BARE else f"{o.words} ({o.unit})"


def _short(x: float, unit: str = "") -> str:
    if x != x:
        return "not defined"
    return number.percent(x) if unit == "share" else number.short(x)


def _range(low: float, high: float, unit: str = "") -> str:
    return "not defined" if low != low else f"{_short(low, unit)} to {_short(high, unit)}"


def _policies(c: Comparison | None) -> Section | None:
    if c is None:
        return None
    every = {o.id: o for o in OUTCOMES}
    found = list(c.forecasts.values())
    rows = tuple(
        (_named(every[k]), *(_short(f.outcomes[k].mean, every[k].unit) for f in found))
        for k in SHOWN
    )
    return Section(
        heading="Policies side by side",
        figures=(pictures.front(c),),
        table=Table(headers=("Mean of people", *(f.regimen.title for f in found)), rows=rows),
    )


def _knowing(c: Comparison | None) -> Section | None:
    """Return what settling the mechanism would change, price by price."""
    if c is None:
        return None
    titles = {p: f.regimen.title for p, f in c.forecasts.items()}
    labels = {m.id: m.label for m in c.setup.mechanisms}
    rows = tuple(
        (
            number.short(k.price),
            titles[k.best],
            "; ".join(f"{labels[m]}: {titles[k.by_mechanism[m]]}" for m in k.changes) or "none",
            f"{number.fixed(100 * k.gain, 2)} of 100 days",
        )
        for k in c.knowing
    )
    return Section(
        heading="What would knowing the mechanism change for a patient?",
        paragraphs=(_knowing_words(c),),
        table=Table(
            headers=("Price of one unit of the index", "First without knowing",
                     "Another policy first under", "Gain by knowing"),
            rows=rows,
        ),
    )  # fmt: skip


def _knowing_words(c: Comparison) -> Paragraph:
    """Return what settling the mechanism would change, over the range of prices."""
    titles = {p: f.regimen.title for p, f in c.forecasts.items()}
    most = max(c.knowing, key=lambda k: k.gain)
    if not most.changes:
        return paragraph(
            "Nothing here: by the measure of time in response less a price on the index, the same "
            "policy comes first under every mechanism, at every price tried "
            f"({number.short(c.knowing[0].price)} to {number.short(c.knowing[-1].price)})."
        )
    return paragraph(
        f"At a price of {number.short(most.price)} (time in response that one unit of the index is "
        f"held to be worth: a judgment), “{titles[most.best]}” comes first without knowing it; "
        f"under {len(most.changes)} of {len(most.by_mechanism)} mechanisms another policy would. "
        f"Choosing by mechanism would gain {number.fixed(100 * most.gain)} of 100 days in "
        "response, net of that price."
    )


def _compared(rows: Sequence[Compared]) -> Section | None:
    if not rows:
        return None
    (a, b), (c, d) = kept(rows, Use.FIT), kept(rows, Use.HELD_OUT)
    verdict = {True: "inside", False: "OUTSIDE", None: "too few"}
    return Section(
        heading="Predicted against observed",
        paragraphs=(
            paragraph(
                f"Of the figures the constants were fitted to, {a} of {b} lie inside their "
                f"95\u202f% prediction interval; of those held out, {c} of {d}. Rows outside stay, "
                "and no constant was chosen to meet a held-out one."
            ),
        ),
        table=Table(
            headers=("Figure", "Use", "Observed", "Predicted", "95\u202f% interval", "Verdict",
                     "Source"),
            rows=tuple(
                (
                    r.target.words,
                    str(r.target.use),
                    number.short(r.target.value),
                    _short(r.predicted),
                    _range(r.low, r.high),
                    verdict[r.inside],
                    r.target.source.text.split(",")[0],
                )
                for r in sorted(rows, key=lambda r: r.target.use is Use.FIT)
            ),
        ),
    )  # fmt: skip


def _assumed(f: Forecast) -> tuple[Assumed, ...]:
    slow = assumed.of_adaptation(f.setup.adaptation)
    mine = {a.key for a in slow}
    rest = tuple(a for a in assumed.of_mechanisms(f.setup.mechanisms) if a.key not in mine)
    known = {*mine, *(a.key for a in rest), *assumed.UNUSED}
    return (*slow, *rest, *assumed.of_sessions(f.assumed, known))


def _methods(f: Forecast) -> tuple[str, ...]:
    s = f.setup
    weights = (
        EQUAL if s.weights_from == EQUAL else f"weights of mechanisms come from {s.weights_from}"
    )
    listed = number.listed([f"{m.label} {s.weights[m.id]:.2f}" for m in s.mechanisms])
    return (
        f"{s.count} virtual people in {f.people.worlds} worlds of uncertain constants were taken "
        f"through the regimen under {len(s.mechanisms)} mechanisms for {s.days:g} days (seed "
        f"{s.seed}). Weights: {listed}; {weights}. One session was solved in the five-state "
        "response for every person; between sessions every slow state relaxes exactly.",
        NO_ADVICE,
    )


def _references(f: Forecast, rows: Sequence[Compared]) -> tuple[Reference, ...]:
    sources = [*f.setup.adaptation.sources, *(r.target.source for r in rows)]
    for m in f.setup.mechanisms:
        sources += [x for x in m.sources if x.doi]
    seen: dict[str, Reference] = {}
    for x in sources:
        if not x.text.startswith("This project"):
            seen.setdefault(x.text, Reference(key=x.key, text=x.text, doi=x.doi))
    return tuple(seen.values())
