"""Issue H: the clinic."""

from __future__ import annotations

import json
import sys

from crossblock.server.clinic.interactions import every, found
from proofs.proof import CLI, Register, Shown, run, suite

register = Register("h")


@register.line(
    "signals", "at 5 % false alarms a patient-year: detection and delay, against a threshold rule"
)
def signals_proof() -> Shown:
    out, _, status, wall = run(sys.executable, "-m", "proofs.clinic_signals")
    found = json.loads(out.strip().splitlines()[-1])
    watch = {
        (truth, kind): row
        for truth, rows in found["rows"].items()
        for kind, row in rows.items()
        if kind.endswith("whole watch")
    }
    # 5 in 100 must be inside what was counted: no allowance is added to it
    kept = all(row["false_alarms_per_patient_year"] <= 0.05 for row in watch.values())
    seen = all(
        row["detected_within_the_year"] >= 0.9
        for (_, kind), row in watch.items()
        if kind.startswith(("tolerance", "escalation"))
    )
    return Shown(
        holds=status == 0 and kept and seen,
        numbers={**found, "wall_s": round(wall, 1)},
        command="python -m proofs.clinic_signals",
        note="every series that is watched counts: any signal on a steady course is a false alarm",
    )


@register.line("walk", "the first-time clinician's way in real Chromium, axe 0, 320 px, 200 % zoom")
def walk() -> Shown:
    return suite("tests/server/clinic/test_walk.py", require="chromium")


@register.line("access", "own patients, oneself only, all audited; the attack list holds")
def access() -> Shown:
    return suite(
        "tests/server/clinic/test_access.py",
        "tests/server/attacks/test_clinic.py",
        require="postgresql",
    )


@register.line("bad-input", "impossible vitals, ten times the dose, pounds, tomorrow, half filled")
def bad_input() -> Shown:
    return suite(
        "tests/server/clinic/test_fill.py",
        "tests/server/clinic/test_doubts.py",
        require="postgresql",
    )


@register.line("wording", "no page advises or names a mechanism as fact")
def wording() -> Shown:
    return suite("tests/server/clinic/test_wording.py", require="postgresql")


@register.line("interactions", "every class of the issue is found, with sources; amber is counted")
def interactions() -> Shown:
    lines = {
        "naltrexone 50 mg": "opioid-antagonist-oral",
        "depot naltrexone 380 mg": "opioid-antagonist-depot",
        "buprenorphine": "buprenorphine",
        "methadone": "opioid-agonist",
        "lorazepam": "benzodiazepine",
        "lamotrigine": "lamotrigine",
        "tranylcypromine": "maoi",
        "methylphenidate": "stimulant",
    }
    said = {line: [h.interaction.id for h in found([line])] for line in lines}
    findings = [f for one in every() for f in one.found]
    return Shown(
        holds=all(said[line] == [id] for line, id in lines.items()),
        numbers={
            "found": said,
            "findings": len(findings),
            "from_memory": sum(f.amber for f in findings),
        },
    )


@register.line("export", "de-identified export that forecast and weigh read, with consent")
def export() -> Shown:
    return suite(
        "tests/server/clinic/test_export.py",
        "tests/server/clinic/test_evidence.py",
        require="postgresql",
    )


@register.line("demo", "crossblock clinic --demo fills every page with simulated patients")
def demo() -> Shown:
    _, said, status, wall = run(CLI, "clinic", "--demo", "--no-serve", check=False)
    return Shown(
        holds=status == 0 and "Filled" in said,
        numbers={"wall_s": round(wall, 1), "patients": said.count("patient ")},
        command="crossblock clinic --demo --no-serve",
        note="courses come from the forecast's virtual people; forecasts are made through the jobs",
    )


@register.line(
    "load", "10,000 patients x 2 years in PostgreSQL: patient page p95 < 300 ms, board < 2 s"
)
def load() -> Shown:
    out, _, status, wall = run(sys.executable, "-m", "proofs.clinic_load")
    found = json.loads(out.strip().splitlines()[-1])
    return Shown(
        holds=status == 0 and found["patient_p95_ms"] < 300 and found["quality_p95_ms"] < 2000,
        numbers={**found, "wall_s": round(wall, 1)},
        command="python -m proofs.clinic_load",
    )
