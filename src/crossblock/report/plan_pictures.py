"""Pictures of a plan: power and width against people, designs by questions, information, truths."""

from __future__ import annotations

import math

from crossblock.domain.trial_plan import CurvePoint, TrialPlan
from crossblock.report import bars, curves, forest, matrix, number
from crossblock.report.figure import Figure, Table, Words

SHORT = {
    "open data: ketamine against saline, days 2 to 3": "open data",
    "textbook model of the virtual trials": "textbook",
    "numbers stated for this plan": "stated",
}
WIDEST = 2.0  # of the fraction; what is wider runs off the picture


def _bands(
    points: tuple[CurvePoint, ...], name: str
) -> tuple[tuple[tuple[float, ...], tuple[float, ...]], ...]:
    found = [(p, getattr(p, name)) for p in points if getattr(p, name) is not None]
    if not found:
        return ()
    low = tuple(v - 1.96 * se for _, (v, se) in found)
    high = tuple(v + 1.96 * se for _, (v, se) in found)
    return ((low, high),)


def power_figure(plan: TrialPlan) -> Figure:
    """Return power against completers, computed as lines, simulated as points with their error."""
    lines = []
    simulated = any(p.simulated for found in plan.curves.values() for p in found)
    for title, found in plan.curves.items():
        lines.append(
            curves.Line(
                label=SHORT.get(title, title),
                x=tuple(float(p.n) for p in found),
                y=tuple(p.power for p in found),
            )
        )
        made = tuple(p for p in found if p.simulated is not None)
        if made:
            lines.append(
                curves.Line(
                    label="virtual trials",
                    x=tuple(float(p.n) for p in made),
                    y=tuple(p.simulated[0] for p in made if p.simulated),
                    bands=_bands(made, "simulated"),
                    points=True,
                )
            )
    need = next((s.completers for s in plan.sizes if s.fraction == plan.fraction), None)
    share = number.percent(plan.fraction)
    title = (
        f"{need} completers show that {share} is blocked, {10 * plan.target_power:.2g} times in 10"
        if need is not None
        else f"No size shows that {share} is blocked"
    )
    return curves.figure(
        id="plan-power",
        lines=lines,
        axes=curves.Axes(
            x="people who complete", y="power of the 5 % test", y_range=(0.0, 1.0), percent=True
        ),
        levels=(curves.Level(value=plan.target_power, label=f"{plan.target_power:g} wanted"),),
        words=Words(
            title=title,
            subtitle=f"2 × 2 crossover, {plan.response.scale}; by which numbers are believed."
            + (" Points: virtual trials with their Monte Carlo error." if simulated else ""),
            description="Power against number of completers, for each set of planning numbers.",
            sentence=f"{title}.",
        ),
        table=_numbers(plan, "power"),
    )


def width_figure(plan: TrialPlan) -> Figure:
    """Return the usual width of the fraction's interval against completers."""
    lines = []
    for title, found in plan.curves.items():
        seen = [p for p in found if p.width <= WIDEST]
        if seen:
            lines.append(
                curves.Line(
                    label=SHORT.get(title, title),
                    x=tuple(float(p.n) for p in seen),
                    y=tuple(p.width for p in seen),
                )
            )
    wanted = number.percent(plan.target_width)
    n = next((s.completers for s in plan.sizes if "interval" in s.goal), None)
    title = (
        f"An interval within {wanted} takes {n} completers"
        if n is not None
        else f"No size gives an interval within {wanted}"
    )
    return curves.figure(
        id="plan-width",
        lines=lines,
        axes=curves.Axes(
            x="people who complete",
            y="usual width of the 95 % interval",
            y_range=(0.0, WIDEST),
            percent=True,
        ),
        levels=(curves.Level(value=plan.target_width, label="wanted"),),
        words=Words(
            title=title,
            subtitle="2 × 2 crossover; half of the intervals are narrower. Lower is better.",
            description="Median width of the interval of the blockade fraction against completers.",
            sentence=f"{title}.",
        ),
        table=_numbers(plan, "width"),
    )


def _numbers(plan: TrialPlan, name: str) -> Table:
    rows = []
    for title, found in plan.curves.items():
        for p in found:
            made = p.simulated if name == "power" else p.simulated_width
            x = getattr(p, name)
            said = "unbounded" if math.isinf(x) else number.percent(x)
            beside = "" if made is None else f"{100 * made[0]:.1f} (SE {100 * made[1]:.1f})"
            rows.append((SHORT.get(title, title), str(p.n), said, beside))
    virtual = "Virtual trials, %" if name == "power" else "Virtual trials: mean width, %"
    return Table(headers=("Numbers", "Completers", name.capitalize(), virtual), rows=tuple(rows))


def designs_figure(plan: TrialPlan) -> Figure:
    """Return designs by questions: how often each pair of readings is told apart."""
    rows = [
        matrix.Row(
            label=s.design.label,
            lead=s.rank == 1,
            cells=tuple(
                matrix.Cell(text="cannot", share=None)
                if t.probability is None
                else matrix.Cell(text=number.percent(t.probability), share=t.probability)
                for t in s.told
            ),
        )
        for s in plan.scored
    ]
    best = plan.advised
    title = f"{best.design.label[0].upper()}{best.design.label[1:]} tells most apart at this cost"
    return matrix.figure(
        id="plan-designs",
        columns=[q.words for q in plan.questions],
        rows=rows,
        corner="Design",
        words=Words(
            title=title,
            subtitle="Share of studies whose 95 % interval excludes one reading when the other is "
            "true; every design costs the same.",
            description="Matrix of candidate designs by pairs of rival readings.",
            sentence=f"{title}.",
        ),
    )


def information_figure(plan: TrialPlan) -> Figure:
    """Return bars of expected information about the mechanism at the common cost."""
    found = sorted(
        (s for s in plan.scored if s.information is not None),
        key=lambda s: -(s.information.bits if s.information else 0.0),
    )
    drawn, rows = [], []
    for s in found:
        assert s.information is not None
        bits, each = s.information.bits, 1000 * s.information.per_participant
        drawn.append(
            bars.Bar(
                label=s.design.label,
                value=bits,
                low=bits,
                high=bits,
                text=f"{bits:.2f}; {each:.0f} per 1,000 people",
                lead=s.rank == 1,
            )
        )
        rows.append(
            (s.design.label, f"{bits:.2f}", f"{each:.1f}", number.percent(s.information.named))
        )
    most = math.log2(max(len(plan.mechanisms), 2))
    title = f"{found[0].design.label[0].upper()}{found[0].design.label[1:]} tells most bits"
    return bars.figure(
        id="plan-information",
        bars=drawn,
        scale=bars.Scale(title="expected information about the mechanism, bits", end=most),
        words=Words(
            title=title,
            subtitle=f"Of {most:.1f} bits that would name the mechanism for certain; every design "
            "costs the same.",
            description="Expected information about the mechanism by design.",
            sentence=f"{title}.",
        ),
        table=Table(
            headers=("Design", "Bits", "Bits per 1,000 people", "True one named"),
            rows=tuple(rows),
        ),
    )


def truths_figure(plan: TrialPlan) -> Figure:
    """Return the sampling range of the estimated fraction under each truth."""
    rows = []
    for t in plan.truths:
        low, high = number.fixed(100 * t.low, 0), number.fixed(100 * t.high, 0)
        rows.append(
            forest.Row(
                label=f"{number.percent(t.fraction)} blocked in truth",
                value=100 * t.mean,
                lower=100 * t.low,
                upper=100 * t.high,
                text=f"{low} to {high}{number.THIN}%",
                verdict=f"significant in {number.percent(t.significant)}",
                cell="blocked",
            )
        )
    first = plan.truths[0]
    title = f"{first.n} people see almost anything" if first.n < 20 else "What chance alone does"
    return forest.figure(
        id="plan-truths",
        rows=rows,
        axis=forest.Axis(title="estimated blockade fraction, %", zero=0.0),
        words=Words(
            title=title,
            subtitle=f"95 % of {first.trials} virtual trials estimate it within the line.",
            description="Sampling range of the estimated fraction for three true fractions.",
            sentence=f"{title}.",
        ),
        table=Table(
            headers=("Truth", "Estimates, 95 %", "Significant, %", "Responders only, %"),
            rows=tuple(
                (
                    number.percent(t.fraction),
                    number.bounds(100 * t.low, 100 * t.high, 0),
                    f"{100 * t.significant:.1f} (SE {100 * t.significant_se:.1f})",
                    "" if t.responders_only is None else f"{100 * t.responders_only:.1f}",
                )
                for t in plan.truths
            ),
        ),
    )
