"""The analysis plan with ICH E9(R1) estimands, table shells, and the sample-size paragraph."""

from __future__ import annotations

from crossblock.domain.endpoint import Endpoint
from crossblock.domain.protocol import Protocol
from crossblock.domain.trial_plan import TrialPlan
from crossblock.plan.kit_words import assumptions, listed, open_line, percent, table

MODELS = {
    "complete pairs": "period-adjusted differences of people rated in both conditions; exact t "
    "with people minus sequences degrees of freedom",
    "all participants": "treatment and period fixed, participant random, restricted maximum "
    "likelihood, Kenward-Roger; keeps people with one period, missing at random given the rest",
    "responders only": "people chosen by their response; biased, shown beside the primary analysis",
    "two groups": "difference of independent groups, pooled variance",
    "change from baseline": "within one arm; no comparison with a control",
}


def estimand_text(study: Protocol, estimand: str) -> str:
    """Return one estimand by its five attributes."""
    e = study.estimand(estimand)
    ends = ", ".join(study.endpoint(x).label for x in e.endpoints)
    events = [f"{i.event}: {i.strategy}. {i.handling}" for i in e.intercurrent]
    rows = [
        ("Treatment", f"{study.condition(e.test).label} against "
         f"{study.condition(e.reference).label}"),
        ("Population", e.population),
        ("Variable", f"{ends}, at {_visits(study, e.endpoints)}"),
        ("Intercurrent events", "; ".join(events) or open_line("events and their strategies")),
        ("Population-level summary", e.measure),
    ]  # fmt: skip
    return f"**{e.label}**\n\n" + table(("Attribute (ICH E9(R1))", "Is"), rows)


def _visits(study: Protocol, endpoints: tuple[str, ...]) -> str:
    first = dict.fromkeys(study.visit(study.endpoint(e).visit).label for e in endpoints)
    return ", ".join(first)


def interim_text(plan: TrialPlan) -> str:
    """Return the interim rule in words."""
    if plan.interim is None:
        return "No look is planned: the study is too small to be looked at before its end."
    i = plan.interim
    rows = [(percent(f), percent(p), f"{i.expected_n[f]:.0f}") for f, p in sorted(i.stop.items())]
    return f"{i.sentence}\n\n" + table(("Truly blocked", "Stops early", "Expected size"), rows)


def analysis_plan(study: Protocol, plan: TrialPlan) -> str:
    """Return the statistical analysis plan as Markdown."""
    analyses = [(a.estimand, a.role, a.model, MODELS[a.model]) for a in study.analysis.analyses]
    parts = [
        f"# Statistical analysis plan: {study.title}",
        f"From protocol.toml (SHA-256 {study.sha256}). Fixed before the code list is opened.",
        "## Estimands",
        *(estimand_text(study, e.id) for e in study.estimands),
        "## Analyses",
        table(("Estimand", "Role", "Model", "What it is"), analyses),
        f"Intervals are {percent(study.analysis.level)}. Changes are from "
        f"{study.analysis.baseline or 'no baseline'}. No result rests on a p value alone.",
        "## Blockade fraction",
        "One minus the ratio of the blocked to the open effect, with the Fieller set as its "
        "interval. An unbounded set is reported as uninformative and never cut. With all four "
        "cells nothing is assumed; with fewer, what the missing cell would show is assumed 0.",
        "## Carry-over",
        "Shown with its interval and what the study could have found; it selects no analysis.",
        "## Interim look",
        interim_text(plan),
        "## Blinding",
        "Guesses by condition and period, with an index and its interval; how many points of "
        "expectancy would explain the result.",
        "## Missing ratings",
        "Primary: complete pairs. Beside it: every person, missing at random; then a shift of the "
        "unseen periods until the result changes.",
        "## Sample size",
        sample_size_text(study, plan),
        "## What each outcome means",
        table(("Result", "Means"), [(o.result, o.means) for o in plan.outcomes]),
        "## Assumed values",
        assumptions(study, plan),
    ]
    return "\n\n".join(parts) + "\n"


def sample_size_text(study: Protocol, plan: TrialPlan) -> str:
    """Return the sample-size paragraph, every number with where it comes from."""
    best, r = plan.advised, plan.response
    b = best.budget
    amber = any(v.amber for v in r.values)
    said = (
        f"The study randomizes {b.randomized} participants so that {b.completers} complete every "
        f"period ({best.design.label}). Planning numbers{' (ASSUMED)' if amber else ''} are from "
        f"{r.title}: a drug effect of {r.drug:.1f} {r.scale} points and a standard deviation of "
        f"{r.sd_difference(plan.fraction):.1f} points of a person's difference between sessions. "
        f"With {b.completers} completers the power of the two-sided 5 % test is "
        f"{percent(best.power[plan.fraction])} if the blocker removes {percent(plan.fraction)} of "
        f"the effect and {percent(best.power[1.0])} if it removes all of it; averaged over what is "
        f"thought before the study, the probability of a significant loss is "
        f"{percent(best.assurance)}."
    )
    if best.precision is not None and best.precision.median_width < float("inf"):
        said += (
            f" Half of the 95 % intervals of the blockade fraction will be narrower than "
            f"{100 * best.precision.median_width:.0f} percentage points."
        )
    return said + "".join(f" {w}" for w in plan.warnings)


def sample_size(study: Protocol, plan: TrialPlan) -> str:
    """Return the page for an ethics board: the paragraph, the sizes behind it, the sources."""
    rows = [
        (s.design, s.goal, _found(s.completers, s.why), _found(s.randomized, ""))
        for s in plan.sizes
    ]
    values = [
        (v.name, f"{v.value:g} {v.unit}", "ASSUMED" if v.amber else str(v.confidence), v.source)
        for v in plan.values
    ]
    parts = [
        f"# Sample size: {study.title}",
        sample_size_text(study, plan),
        table(("Design", "Goal", "Completers", "Randomized"), rows),
        "## Where the numbers come from",
        table(("Number", "Value", "How", "Source"), values),
    ]
    return "\n\n".join(parts) + "\n"


def _found(people: int | None, otherwise: str) -> str:
    return otherwise if people is None else str(people)


def shells(study: Protocol, plan: TrialPlan) -> str:
    """Return empty tables that the report will fill."""
    conditions = [study.condition(c).label for c in study.condition_ids]
    parts = [f"# Table shells: {study.title}"]
    parts += [
        "## 1 Flow by sequence and period",
        table(
            ("Sequence", "Randomized", *(f"Period {k} rated" for k in range(1, study.periods + 1))),
            [(s, *("" for _ in range(study.periods + 1))) for s in study.sequence_ids],
        ),
        "## 2 Baseline by sequence",
        table(
            ("Characteristic", *study.sequence_ids),
            [(x, *("" for _ in study.sequence_ids)) for x in _baseline(study)],
        ),
        "## 3 Scores by condition",
        table(
            ("Endpoint", "Visit", *conditions),
            [
                (e.label, study.visit(v).label, *("n, mean (SD)" for _ in conditions))
                for e in study.endpoints
                for v in (e.visit, *e.also_at)
            ],
        ),
    ]
    parts += _effects(study, study.endpoints)
    return "\n\n".join(parts) + "\n"


def _baseline(study: Protocol) -> list[str]:
    scores = dict.fromkeys(e.instrument for e in study.endpoints if e.family == "efficacy")
    return ["Age, years", "Women, n (%)", *(f"{s} before the first period" for s in scores)]


def _effects(study: Protocol, endpoints: tuple[Endpoint, ...]) -> list[str]:
    rows = [
        (e.label, a.role, study.endpoint(x).label, "", "", "")
        for a in study.analysis.analyses
        for e in [study.estimand(a.estimand)]
        for x in e.endpoints
    ]
    harms = [(e.label, "", "") for e in endpoints if e.family in {"safety", "opioid_like"}]
    return [
        "## 4 Effects",
        table(("Estimand", "Role", "Endpoint", "n", "Estimate", "95 % interval"), rows),
        "## 5 Blinding",
        table(("Condition", "Guessed right", "Index, 95 % interval"),
              [(study.condition(c).label, "", "") for c in study.condition_ids]),
        "## 6 Adverse events and opioid-like effects",
        table(("What", "n (%)", "Difference, 95 % interval"), harms or [("", "", "")]),
        "## 7 Deviations and unblinding",
        listed([open_line("who, when, why")]),
    ]  # fmt: skip
