"""From a recommendation to a protocol file: the same study with the advised design, size and look.

What the file keeps: people, drugs, doses, visits, endpoints, sources. What it loses: counts, dates
and analyses of the study that was run. What is new is marked "decided" (this file lays it down) or
"assumed", with the reason in its note.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from crossblock.core.quantity import parse
from crossblock.domain.candidate import Candidate
from crossblock.domain.protocol import Protocol
from crossblock.domain.response import ALONE, BLOCKED, HIGHER, NONE, OPEN
from crossblock.domain.trial_plan import InterimAdvice, PharmacyAdvice, Scored
from crossblock.plan import designs
from crossblock.plan.tomltext import dumps

GLX_APART = (
    "\nGlx is a co-primary endpoint of this design; no instrument of the catalog holds it yet."
)
Data = dict[str, Any]
TIME = re.compile(r"-?[0-9.]+(e-?[0-9]+)? h")
INFUSION, BLIND = "placebo-infusion", "placebo-capsule"
LETTER = {OPEN: "K", BLOCKED: "B", HIGHER: "H", ALONE: "N", NONE: "P"}
NEW, QUALIFYING = "next", "qualifying"


def edited(
    protocol: Protocol,
    best: Scored,
    *,
    interim: InterimAdvice | None,
    pharmacy: PharmacyAdvice | None,
    endpoint: str,
    because: str,
) -> str:
    """Return the protocol file of the next study as TOML text, ready for `crossblock check`."""
    data = protocol.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    data = {"schema": protocol.format, **{k: v for k, v in data.items() if k != "schema"}}
    _name(data, protocol)
    data["participants"] = {"planned": _decided(best.budget.screened, because)}
    if best.design.id != designs.OWN:
        conditions = _conditions(data, protocol, best.design)
        _design(data, best.design, conditions, pharmacy)
        _randomization(data, best.design)
    _interim(data, endpoint, interim, because)
    _analyses(data)
    _limits(data, best.design)
    return dumps(_tidy(data), _head(protocol, best))


def _tidy(x: Any) -> Any:
    """Return data with times in the unit that people would write: 40 min, 36 h, 14 d."""
    if isinstance(x, dict):
        return {k: _tidy(v) for k, v in x.items()}
    if isinstance(x, list):
        return [_tidy(v) for v in x]
    if not isinstance(x, str) or not TIME.fullmatch(x):
        return x
    hours = float(x.removesuffix(" h"))
    for unit, size in (("d", 24.0), ("h", 1.0), ("min", 1.0 / 60.0)):
        count = round(hours / size)
        written = f"{count} {unit}"
        if parse(written, dimension="time").value == hours and (count or unit == "h"):
            return written
    return x


def _head(protocol: Protocol, best: Scored) -> str:
    said = (
        f"The next study after {protocol.id}, written by `crossblock plan {protocol.id}`.\n"
        f"Design: {best.design.label}; {best.budget.randomized} randomized, "
        f"{best.budget.completers} to complete. Read every line before you use it:\n"
        "what is assumed says so, and `crossblock check` reads this file."
    )
    return said + (GLX_APART if best.design.glx else "")


def _decided(value: object, note: str) -> Data:
    return {"value": value, "confidence": "decided", "note": note}


def _name(data: Data, protocol: Protocol) -> None:
    data["id"] = f"{protocol.id}-{NEW}"
    data["title"] = f"{protocol.title}: the next study (draft)"
    data.pop("registry", None)


def _conditions(data: Data, protocol: Protocol, design: Candidate) -> dict[str, str]:
    """Add the cells that the protocol lacks; return cell -> condition id."""
    known = _known(protocol)
    found: dict[str, str] = {}
    for cell in design.cells:
        if cell in known:
            found[cell] = known[cell]
        else:
            found[cell] = cell.replace("_", "-")
            data["conditions"].append(_condition(data, protocol, cell))
    data["conditions"] = [c for c in data["conditions"] if c["id"] in found.values()]
    return found


def _known(protocol: Protocol) -> dict[str, str]:
    """Return the condition of each cell: those of the primary estimand, and what goes with them."""
    first = next(a.estimand for a in protocol.analysis.analyses if a.role == "primary")
    estimand = protocol.estimand(first)
    chosen = (protocol.condition(c) for c in (estimand.reference, estimand.test))
    found: dict[str, str] = {c.cell: c.id for c in chosen}
    for c in protocol.conditions:
        if c.cell != ALONE or designs.blockers(protocol, c.id) == designs.blockers(
            protocol, found[BLOCKED]
        ):
            found.setdefault(c.cell, c.id)
    rest = [c for c in protocol.conditions if c.cell == BLOCKED and c.id != found.get(BLOCKED)]
    return found | ({HIGHER: rest[0].id} if rest else {})


def _condition(data: Data, protocol: Protocol, cell: str) -> Data:
    given = protocol.given(_known(protocol)[BLOCKED])
    blocker = next(a.id for a in given if a.role == "blocker")
    drugs = [a.id for a in given if a.role == "drug"]
    if cell == HIGHER:
        blocker = _larger(data, blocker)
    first = blocker if cell in (ALONE, HIGHER, BLOCKED) else _placebo(data, blocker, BLIND)
    then = drugs if cell in (OPEN, HIGHER) else [_placebo(data, drugs[0], INFUSION)]
    words = {
        OPEN: "Placebo of the blocker, then the drug",
        HIGHER: "Twice the blocker, then the drug",
        ALONE: "Blocker, then placebo of the drug",
        NONE: "Placebo of both",
    }
    return {
        "id": cell.replace("_", "-"),
        "label": words[cell],
        "cell": BLOCKED if cell == HIGHER else cell,
        "administrations": [first, *then],
    }


def _placebo(data: Data, of: str, name: str) -> str:
    """Return the placebo that takes the place of an administration, added where there is none."""
    for a in data["administrations"]:
        if a["role"] == "placebo" and a.get("in_place_of") == of:
            return str(a["id"])
    real = next(a for a in data["administrations"] if a["id"] == of)
    copied = {k: real[k] for k in ("route", "start", "duration", "repeat") if k in real}
    data["administrations"].append(
        {
            "id": name,
            "label": f"Placebo of {real['label'][0].lower()}{real['label'][1:]}",
            "role": "placebo",
            "vehicle": "saline" if name == INFUSION else "capsule",
            "in_place_of": of,
            **copied,
        }
    )
    return name


def _larger(data: Data, of: str) -> str:
    real = next(a for a in data["administrations"] if a["id"] == of)
    amount, _, unit = real["dose"]["value"].partition(" ")
    name = f"{of}-high"
    data["administrations"].append(
        {
            **real,
            "id": name,
            "label": f"{real['label']}, twice the dose",
            "dose": {
                "value": f"{2.0 * float(amount)!r} {unit}",
                "confidence": "assumed",
                "note": "A second dose of the blocker; its safety is the sponsor's to establish.",
            },
        }
    )
    return name


def _design(
    data: Data, design: Candidate, conditions: Mapping[str, str], pharmacy: PharmacyAdvice | None
) -> None:
    sequences: list[Data] = [
        {"id": "-".join(LETTER[c] for c in s).lower(), "conditions": [conditions[c] for c in s]}
        for s in design.sequences
    ]
    before = data["design"].get("washout")
    periods = design.periods
    if design.qualifying:
        periods += 1
        apart = next(c for c in data["conditions"] if c["id"] == conditions[OPEN])
        data["conditions"].append({**apart, "id": QUALIFYING, "label": "Qualifying session, open"})
        for s in sequences:
            s["conditions"] = [QUALIFYING, *s["conditions"]]
    data["design"] = {"periods": periods, "sequences": sequences}
    if periods > 1:
        if pharmacy is not None:
            note = "Advised: blockade and the drug's own effect both below their residuals."
            data["design"]["washout"] = {
                "value": f"{pharmacy.recommended_washout_d:g} d",
                "confidence": "assumed",
                "note": note,
            }
        else:
            data["design"]["washout"] = before or {"value": "28 d", "confidence": "assumed"}
    for visit in data["visits"]:
        if "periods" in visit:
            visit["periods"] = [p for p in visit["periods"] if p <= periods] or [1]


def _randomization(data: Data, design: Candidate) -> None:
    S = len(design.sequences)
    data["randomization"] = {
        "method": _decided("permuted blocks", "Equal numbers in every sequence."),
        "block_sizes": [S, 2 * S],
    }


def _interim(data: Data, endpoint: str, interim: InterimAdvice | None, because: str) -> None:
    data.pop("interim", None)
    if interim is None:
        return
    data["interim"] = {
        "counts": "completed",
        "looks": [_decided(interim.looks[0], because)],
        "rules": [
            {
                "purpose": "efficacy",
                "endpoint": endpoint,
                "boundary": _decided("O'Brien-Fleming", "Spending function of this shape."),
                "alpha": _decided(0.05, "Two-sided."),
                "scale": "two-sided p",
            }
        ],
        "note": interim.sentence,
    }


def _analyses(data: Data) -> None:
    """Drop what was done as published, and whatever no kept analysis or condition carries."""
    analyses = [a for a in data["analysis"]["analyses"] if a["role"] != "as published"]
    known = {c["id"] for c in data["conditions"]}
    kept = [e for e in data["estimands"] if {e["test"], e["reference"]} <= known]
    names = {e["id"] for e in kept}
    data["analysis"]["analyses"] = [a for a in analyses if a["estimand"] in names]
    used = {a["estimand"] for a in data["analysis"]["analyses"]}
    data["estimands"] = [e for e in kept if e["id"] in used]
    data["analysis"].pop("published", None)


def _limits(data: Data, design: Candidate) -> None:
    """Keep the limits that the new design still has."""
    solved: Sequence[str] = ("stopped at its interim", "chosen by their response")
    cells = set(design.cells)
    kept = [
        line
        for line in data.get("limits", [])
        if not any(s in line for s in solved)
        and not ("no condition with" in line and {NONE, ALONE} <= cells)
    ]
    if kept:
        data["limits"] = kept
    else:
        data.pop("limits", None)
