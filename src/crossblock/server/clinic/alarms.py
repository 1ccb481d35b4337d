"""Alarms of vital signs, and what was out of the ordinary at a session: facts in words, no verdict.

The limits are the instrument's own (`catalog/instruments/session-vitals.toml`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crossblock.load import instrument

Answers = Mapping[str, Any]
VITALS, ACTION = "session-vitals", "action"
CRITERIA = {
    "oriented": "fully oriented, walks safely",
    "pressure": "blood pressure back to a safe level",
    "sickness": "no vomiting, can drink",
    "company": "goes home with somebody, does not drive",
    "safe": "asked about thoughts of self-harm, safe to go",
}
"""Of discharge; a "no" is said."""
SHORTEST = 10
"""Letters of a note that says something."""


def raised(answers: Answers) -> tuple[str, ...]:
    """Return the alarms that vital signs raise, in the instrument's words."""
    known = {k: v for k, v in answers.items() if isinstance(v, float | int)}
    return tuple(a.message for a in instrument.read(VITALS).alarms(known))


def noted(answers: Answers) -> bool:
    """Tell whether the action taken is noted."""
    return len(str(answers.get(ACTION, "")).strip()) >= SHORTEST


def limits() -> str:
    """Return the limits in one sentence, for the form."""
    return "Alarms: " + "; ".join(
        a.message.partition(":")[0] for a in instrument.read(VITALS).alerts
    )


def _minutes(vitals: Answers) -> float:
    return float(vitals.get("minutes", 0.0))


def at_discharge(answers: Answers, vitals: Sequence[Answers], watch_min: int) -> tuple[str, ...]:
    """Return what speaks against a discharge as it is entered."""
    said = []
    stayed = answers.get("stayed")
    if isinstance(stayed, float | int) and stayed < watch_min:
        said.append(f"discharge after {stayed:g} min, before the {watch_min} min of watching")
    if stayed is None:
        said.append("not noted: how long the patient stayed")
    said += [f"answered no: {words}" for k, words in CRITERIA.items() if answers.get(k) == "no"]
    said += [f"not answered: {words}" for k, words in CRITERIA.items() if k not in answers]
    if vitals:
        last = max(reversed(vitals), key=_minutes)
        said += [f"last vital signs in alarm: {m.partition(':')[0]}" for m in raised(last)]
    said += [
        f"no action noted for the alarm at {_minutes(v):g} min"
        for v in vitals
        if raised(v) and not noted(v)
    ]
    return tuple(said)


def out_of_order(
    started: Mapping[str, str],
    vitals: Sequence[Answers],
    leaving: Answers | None,
    reason: Mapping[str, str],
    watch_min: int,
) -> tuple[str, ...]:
    """Return what was out of the ordinary at a session, with the reasons that were given.

    `started` and `reason` are the settled doubts of dose and discharge ("asked", "reason").
    """
    said = []
    if started:
        said.append(f"{started['asked'].removesuffix(' Go on all the same?')} {_why(started)}")
    said += of_vitals(vitals)
    if leaving is not None:
        against = at_discharge(leaving, vitals, watch_min)
        if against:
            said.append(f"{'; '.join(against)}. {_why(reason)}")
    return tuple(said)


def _why(settled: Mapping[str, str]) -> str:
    reason = settled.get("reason", "")
    return f"Reason given: {reason}" if reason else "No reason given"


def of_vitals(vitals: Sequence[Answers]) -> tuple[str, ...]:
    """Return every alarm of a session with the action noted for it."""
    said = []
    for v in vitals:
        words = "; ".join(m.partition(":")[0] for m in raised(v))
        if words:
            note = f"done: {v[ACTION]}" if noted(v) else "no action noted yet"
            said.append(f"at {_minutes(v):g} min {words} ({note})")
    return tuple(said)
