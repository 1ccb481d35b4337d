"""What a study can and cannot say, and which of its values nobody has read in a text.

The rules look at the protocol and the result only: a sentence stands when its condition holds.
"""

from __future__ import annotations

import re
from typing import Any

from crossblock.domain.analysis import StudyAnalysis
from crossblock.domain.curve import ExposurePicture
from crossblock.domain.protocol import Protocol
from crossblock.report import number, sides
from crossblock.report.sides import inside
from crossblock.report.story import Assumed, Run
from crossblock.report.verdict import Verdict, verdict

HOW = {"memory": "from memory", "assumed": "assumed"}
NO_BLOCKER = re.compile(r"These ratings contain no (?P<blocker>[\w-]+)")
MARKED = re.compile(r"(?P<value>.*) \((?P<how>assumed|memory)\)")
EXPECTANCY = {"inert placebo", "none"}


def has_blocker(protocol: Protocol) -> bool:
    """Tell whether any condition gives a blocker."""
    return any(c.cell in {"blocked", "blocker_alone"} for c in protocol.conditions)


def blocker(*protocols: Protocol | None) -> str:
    """Return the blocker that a question is about: one that is given, or one said to be missing."""
    known = [p for p in protocols if p is not None]
    given = [a.compound for p in known for a in p.administrations if a.role == "blocker"]
    missing = [m["blocker"] for p in known for line in p.limits if (m := NO_BLOCKER.match(line))]
    return next((str(name) for name in (*given, *missing) if name), "blocker")


def without_blocker(protocol: Protocol, blocker: str) -> str:
    """Return the sentence that keeps a reader from taking drug ratings for blockade ratings."""
    if has_blocker(protocol):
        return ""
    return (
        f"These ratings contain no {blocker}; they show how large and how variable the drug effect "
        "is that a blocker would have to remove."
    )


def can(protocol: Protocol, analysis: StudyAnalysis) -> tuple[str, ...]:
    """Return what the design and the result carry."""
    lines = []
    if protocol.design.kind == "crossover":
        lines.append("Each person is their own control: differences between people cancel out.")
    if protocol.randomization.method.value not in {"fixed order", "none"}:
        lines.append("The order of conditions was random, so time alone does not explain it.")
    first = analysis.endpoints[0]
    here = sides.of(protocol, first)
    if verdict(first.primary) in (Verdict.LOWER, Verdict.HIGHER):
        e = first.primary
        lines.append(
            f"Scores were {verdict(e).value} {here.after_test} than {here.after_reference}; "
            f"differences from {number.bounds(e.lower, e.upper)} points on the "
            f"{first.instrument_name} fit these data ({number.level(e)})."
        )
    if first.sensitivity:
        other = first.sensitivity[0]
        lines.append(
            f"With all {other.n} people who have at least one rating the estimate is "
            f"{number.with_interval(other)}: people who left do not change the picture."
            if verdict(other) is verdict(first.primary)
            else f"With all {other.n} people who have at least one rating the estimate is "
            f"{number.with_interval(other)}: people who left change the picture."
        )
    return tuple(lines)


def cannot(protocol: Protocol, analysis: StudyAnalysis) -> tuple[str, ...]:
    """Return the limits: those the protocol states, and those that follow from its design."""
    lines = [line for line in protocol.limits if not NO_BLOCKER.match(line)]
    if protocol.comparator.kind.value in EXPECTANCY and not any("expect" in x for x in lines):
        lines.append("The comparator is easy to tell from the drug: part may be expectancy.")
    lines.extend(_carryover(analysis))
    return tuple(dict.fromkeys(lines))


def _carryover(analysis: StudyAnalysis) -> list[str]:
    first = analysis.endpoints[0]
    if first.carryover is None or first.carryover_detectable is None:
        return []
    return [
        "Whether the first period reached into the second: the carryover estimate is "
        f"{number.with_interval(first.carryover)} {first.instrument_name} points, and only "
        f"{number.fixed(first.carryover_detectable)} or more would have been found 4 times in 5."
    ]


def marked(text: str, path: str, claim: Any) -> Run:
    """Return `text`, in amber when nobody read the value of `claim` in a text."""
    return Run(text=text, assumed=path if claim.amber else "")


def assumed(protocol: Protocol, exposure: ExposurePicture | None) -> tuple[Assumed, ...]:
    """Return every remembered or assumed value that the page rests on, with its reason."""
    listed = [
        Assumed(
            key=a.path,
            what=what(protocol, a.path),
            value=a.value,
            how=HOW.get(a.confidence, a.confidence),
            reason=a.note or "No source was read for it.",
        )
        for a in protocol.assumptions()
    ]
    curves = (
        ()
        if exposure is None
        else (*exposure.concentration, *exposure.occupancy, *exposure.blockade)
    )
    for k, text in enumerate(dict.fromkeys(t for c in curves for t in c.assumed), start=1):
        found = MARKED.fullmatch(text)
        listed.append(
            Assumed(
                key=f"exposure.{k}",
                what="an input of the curves",
                value=found["value"] if found else text,
                how=HOW[found["how"]] if found else "assumed or from memory",
                reason="No text was read for it.",
            )
        )
    return tuple(listed)


def what(protocol: Protocol, path: str) -> str:
    """Return a key path in words: administrations.ketamine.dose is "ketamine infusion, dose"."""
    parts = [p for p in re.sub(r"\[\d+\]", "", path).split(".") if p]
    if parts[0] in {"administrations", "endpoints", "visits", "estimands"} and len(parts) > 2:
        noun = getattr(protocol, parts[0][:-1])(parts[1])
        return f"{inside(noun.label)}, {' '.join(parts[2:]).replace('_', ' ')}"
    return ", ".join(p.replace("_", " ") for p in parts)


def disagreements(protocol: Protocol) -> tuple[tuple[str, str], ...]:
    """Return the points on which sources differ, each with what each source says."""
    return tuple(
        (
            what(protocol, d.path),
            "; ".join(f"{value} ({HOW.get(source, source)})" for value, source in d.statements),
        )
        for d in protocol.disagreements()
    )
