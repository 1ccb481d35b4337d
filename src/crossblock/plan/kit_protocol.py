"""The protocol draft: headings in the order of ICH M11, content after SPIRIT 2025.

The headings are those of the harmonized template as remembered, not copied from its text: compare
them with the official template before submission. Sections that the protocol file does not decide
are open lines, so that none is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable

from crossblock.domain.protocol import Protocol
from crossblock.domain.trial_plan import TrialPlan
from crossblock.plan.kit_analysis import estimand_text, interim_text, sample_size_text
from crossblock.plan.kit_words import assumptions, listed, open_line, percent, stated, table

Part = Callable[[Protocol, TrialPlan], str]


def _open(what: str) -> Part:
    return lambda study, plan: open_line(what)


def _synopsis(study: Protocol, plan: TrialPlan) -> str:
    b = plan.advised.budget
    return listed(
        (
            f"Question: {study.question}",
            f"Design: {study.design.kind}, {study.periods} periods, "
            f"{len(study.sequence_ids)} sequences ({plan.advised.design.label})",
            f"Participants: {b.screened} to enroll, {b.randomized} to randomize, {b.completers} to "
            "complete every period",
            f"Primary endpoint: {study.endpoint(plan.endpoint).label}",
            f"Expected length: {b.months:.0f} months at {b.per_month:g} people enrolled a month",
        )
    )


def _schema(study: Protocol, plan: TrialPlan) -> str:
    rows = [
        (s.id, *(study.condition(c).label for c in s.conditions)) for s in study.design.sequences
    ]
    wait = stated(study.design.washout, "washout between periods")
    heads = ("Sequence", *(f"Period {k}" for k in range(1, study.periods + 1)))
    return f"{table(heads, rows)}\n\nFrom one period's start to the next: {wait}."


def _schedule(study: Protocol, plan: TrialPlan) -> str:
    rows = [
        (
            v.label,
            v.kind,
            f"{study.visit_h(v.id):g} h after {study.time_zero}",
            ", ".join(v.instruments) or "none",
            ", ".join(map(str, v.periods)) if v.periods else "every",
        )
        for v in study.visits
    ]
    return table(("Visit", "Kind", "When", "Rated", "Periods"), rows)


def _purpose(study: Protocol, plan: TrialPlan) -> str:
    limits = listed(study.limits)
    return f"{study.question}\n\nWhat the study cannot say:\n\n{limits}"


def _risk(study: Protocol, plan: TrialPlan) -> str:
    said = plan.pharmacy.sentences if plan.pharmacy else ()
    more = open_line("risks of drug and blocker, and what is done about them")
    return f"Planning numbers on exposure, no advice:\n\n{listed(said)}\n\n{more}"


def _objectives(study: Protocol, plan: TrialPlan) -> str:
    return "\n\n".join(estimand_text(study, e.id) for e in study.estimands)


def _design(study: Protocol, plan: TrialPlan) -> str:
    kind = stated(study.comparator.kind, "kind of comparator")
    return f"A {study.design.kind} study in {study.periods} period(s); comparator: {kind}."


def _rationale(study: Protocol, plan: TrialPlan) -> str:
    proves = table(("Result", "What it means"), [(o.result, o.means) for o in plan.outcomes])
    return f"{listed(plan.advised.reasons)}\n\nLaid down before the data:\n\n{proves}"


def _population(study: Protocol, plan: TrialPlan) -> str:
    return stated(study.population.label, "the population")


def _inclusion(study: Protocol, plan: TrialPlan) -> str:
    who = study.population.registered
    return listed(
        (
            f"Diagnosis: {stated(who.diagnosis, 'diagnosis')}",
            f"Severity: {stated(who.severity, 'severity at screening')}",
            f"Age: {stated(who.age_min, 'least')} to {stated(who.age_max, 'highest')} years",
            f"Failed treatments, at least: {stated(who.failed_treatments, 'number')}",
            *(stated(c, "") for c in who.inclusion),
        )
    )


def _exclusion(study: Protocol, plan: TrialPlan) -> str:
    stated_ = [stated(c, "") for c in study.population.registered.exclusion]
    return listed(
        stated_, open_line("exclusions, among them opioid use, which the blocker makes dangerous")
    )


def _interventions(study: Protocol, plan: TrialPlan) -> str:
    rows = [
        (
            a.label,
            a.role,
            a.compound or a.vehicle or "",
            stated(a.dose, "none") if a.dose else "",
            stated(a.route, "route"),
            stated(a.start, "start"),
            stated(a.duration, "") if a.duration else "at once",
        )
        for a in study.administrations
    ]
    heads = ("What", "Role", "Compound", "Dose", "Route", f"Start after {study.time_zero}", "Over")
    given = [f"{c.label}: {', '.join(c.administrations)}" for c in study.conditions]
    return f"{table(heads, rows)}\n\n{listed(given)}"


def _assignment(study: Protocol, plan: TrialPlan) -> str:
    roles = [
        f"{r.role}: blind to {', '.join(r.blind_to.value)}" for r in study.blinding.roles or ()
    ]
    return "\n".join(
        (
            f"Method: {stated(study.randomization.method, 'method')}. The list is made offline "
            "from operating-system entropy and sealed; nobody who meets participants holds it.",
            "",
            f"Masking: {stated(study.blinding.masking, 'masking')}",
            "",
            listed(roles),
            "",
            "Guesses of the condition are asked at the end of every period.",
        )
    )


def _assessments(study: Protocol, plan: TrialPlan) -> str:
    rows = [
        (e.label, e.family, stated(e.role, "role"), study.visit(e.visit).label)
        for e in study.endpoints
    ]
    return table(("Endpoint", "Family", "Role", "First read"), rows)


def _primary(study: Protocol, plan: TrialPlan) -> str:
    rows = [(a.estimand, a.model, a.role, a.note) for a in study.analysis.analyses]
    return table(("Estimand", "Model", "Role", "Note"), rows) + "\n\nSee analysis-plan.md."


def _size(study: Protocol, plan: TrialPlan) -> str:
    return sample_size_text(study, plan)


def _interim(study: Protocol, plan: TrialPlan) -> str:
    return interim_text(plan)


def _assumed(study: Protocol, plan: TrialPlan) -> str:
    return assumptions(study, plan)


def _references(study: Protocol, plan: TrialPlan) -> str:
    own = [f"{s.text}{' doi ' + s.doi if s.doi else ''}" for s in study.sources.values()]
    return listed([*own, *(f"{r.text}{' doi ' + r.doi if r.doi else ''}" for r in plan.references)])


SECTIONS: tuple[tuple[str, Part | None], ...] = (
    ("1 Protocol Summary", None),
    ("1.1 Protocol Synopsis", _synopsis),
    ("1.2 Trial Schema", _schema),
    ("1.3 Schedule of Activities", _schedule),
    ("2 Introduction", None),
    ("2.1 Purpose of Trial", _purpose),
    ("2.2 Assessment of Risks and Benefits", _risk),
    ("3 Trial Objectives and Associated Estimands", _objectives),
    ("4 Trial Design", None),
    ("4.1 Description of Trial Design", _design),
    ("4.2 Rationale for Trial Design", _rationale),
    ("4.3 Trial Stopping Rules", _interim),
    ("4.4 Start of Trial and End of Trial", _open("first and last visit that count")),
    ("4.5 Access to Trial Intervention After End of Trial", _open("whether and how")),
    ("5 Trial Population", _population),
    ("5.1 Inclusion Criteria", _inclusion),
    ("5.2 Exclusion Criteria", _exclusion),
    ("5.3 Screen Failure and Rescreening", _open("who may be screened again")),
    ("6 Trial Intervention and Concomitant Therapy", _interventions),
    ("6.1 Preparation, Storage and Accountability", _open("pharmacy manual")),
    ("6.2 Participant Assignment, Randomisation and Blinding", _assignment),
    ("6.3 Concomitant Therapy", _open("what is allowed, what is not, and for how long")),
    ("7 Discontinuation of Intervention and Withdrawal", _open("reasons, and what is still rated")),
    ("8 Trial Assessments and Procedures", _assessments),
    ("9 Adverse Events, Serious Adverse Events and Pregnancy", _open("definitions and reporting")),
    ("10 Statistical Considerations", _primary),
    ("10.1 Interim Analyses", _interim),
    ("10.2 Sample Size Determination", _size),
    ("11 Trial Oversight and Other General Considerations", _open("board, consent, monitoring")),
    ("11.1 Patient and Public Involvement", _open("who was asked, and what it changed")),
    ("11.2 Data Governance, Sharing and Dissemination", _open("where data and code will be")),
    ("12 Appendix: Assumed Values", _assumed),
    ("13 Appendix: Glossary", _open("terms that a lay reader needs")),
    ("14 Appendix: References", _references),
)


def draft(study: Protocol, plan: TrialPlan, *, before: Protocol) -> str:
    """Return the protocol draft as Markdown."""
    head = [
        f"# {study.title}",
        "",
        f"Draft from `crossblock plan {before.id}` and protocol.toml (SHA-256 {study.sha256}). "
        "Headings in the order of ICH M11, as remembered: compare with the official template. "
        "Content after SPIRIT 2025. Not advice to give any drug; a draft that people must finish.",
        f"What is assumed is marked ASSUMED; power {percent(plan.target_power)} was asked for.",
    ]
    for title, part in SECTIONS:
        level = "##" if "." not in title.split(" ")[0] else "###"
        head += ["", f"{level} {title}"]
        if part is not None:
            head += ["", part(study, plan)]
    return "\n".join(head) + "\n"
