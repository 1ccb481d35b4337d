"""Issue G: instruments and the conduct server."""

from __future__ import annotations

import json
import sys

from proofs.proof import CLI, ROOT, Register, Shown, run, suite

register = Register("g")
AUC = (0.45, 0.55)
ALONE = (0.6, 0.75)
"""What the ratings alone may tell: less would be no effect, more leaves a leak no room."""
MORE = 0.02
PLANTED = 10


@register.line(
    "virtual-study",
    "30 participants through a served study over HTTP by role, with dropouts, corrections, a code "
    "break and an interim look by the boundary; the bundle's analysis equals the simulation's",
)
def virtual_study() -> Shown:
    return suite("tests/server/test_rehearsal.py", CROSSBLOCK_WIRE="1")


@register.line("chromium", "a whole participant path in real Chromium, axe: 0 violations, 320 px")
def chromium() -> Shown:
    return suite(
        "tests/server/test_browser.py", "tests/server/test_browser_pages.py", require="chromium"
    )


@register.line(
    "leakcheck",
    "2,000 participants: no arm found; identical truth: every classifier's AUC 0.45 to 0.55; true "
    "effect (ratings alone 0.6 to 0.75): everything tells at most 0.02 more; planted leaks caught "
    "under both",
)
def leakcheck() -> Shown:
    arguments = ("leakcheck", "williams-2018", "--participants", "2000", "--controls", "--json")
    out, _, _, wall = run(CLI, *arguments)
    found = json.loads(out)
    same, effect = found["identical"], found["effect"]
    areas = [a["auc"] for a in same["areas"].values()]
    holds = (
        not same["leaks"]
        and not effect["leaks"]
        and all(AUC[0] <= a <= AUC[1] for a in areas)
        and ALONE[0] <= max(a["auc"] for a in effect["ratings"].values()) <= ALONE[1]
        and effect["gain"][0] <= MORE
        and not effect["doubt"]
        and all(c["gain"][0] > MORE for c in effect["controls"].values())
        and all(len(f["controls"]) >= PLANTED for f in (same, effect))
        and all(c["caught"] for f in (same, effect) for c in f["controls"].values())
    )
    return Shown(
        holds=holds,
        numbers={**found, "wall_s": round(wall, 1)},
        command="crossblock " + " ".join(arguments),
    )


@register.line(
    "planted-leaks", "twelve leaks planted in the server and twelve in what it sent are each caught"
)
def planted() -> Shown:
    return suite(
        "tests/server/test_walk.py",
        "tests/cli/test_leak_plants.py",
        require="postgresql",
    )


@register.line(
    "views", "each view as three people: outcome rater, pharmacist, outsider, by the table"
)
def views() -> Shown:
    return suite(
        "tests/server/attacks/test_three_people.py",
        "tests/server/pages/test_access.py",
        require="postgresql",
    )


@register.line("bad-input", "bad input at a form never loses what was typed: every form there is")
def bad_input() -> Shown:
    return suite(
        "tests/server/attacks/test_typed.py",
        "tests/server/pages/test_form.py",
        require="postgresql",
    )


@register.line(
    "allocation",
    "64 simultaneous randomizations on PostgreSQL, one participant 40 times, kill -9 at 60 "
    "moments, yesterday's backup",
)
def allocation() -> Shown:
    return suite("tests/server/trial/test_allocation.py", require="postgresql")


@register.line(
    "tampering", "event edited, deleted, reordered, trigger dropped, chain rewritten: each found"
)
def tampering() -> Shown:
    return suite(
        "tests/server/record/test_audit.py",
        "tests/server/record/test_grants.py",
        require="postgresql",
    )


@register.line("attacks", "every case of the attack list that touches this server")
def attacks() -> Shown:
    return suite(
        "tests/server/attacks",
        "tests/server/pages",
        "tests/server/record",
        "tests/server/accounts",
        "tests/server/test_guard.py",
        require="postgresql",
    )


@register.line(
    "load",
    "50 requests/s for 10 minutes with 1 M item values and 3 M events: p95 < 300 ms, 0 errors; "
    "randomize p99 < 2 s at 64 clients; chain at least 50,000 events/s; cold start < 5 s",
)
def load() -> Shown:
    run(sys.executable, "-m", "benchmarks", "server")
    kept = ROOT / "benchmarks" / "results" / "server.json"
    found = json.loads(kept.read_text(encoding="utf-8"))["found"]
    holds = (
        found["load"]["p95_ms"] < 300
        and found["load"]["requests_per_s"] >= 50
        and found["load"]["seconds"] >= 600
        and found["item_values"] >= 1_000_000
        and not found["load"]["errors"]
        and found["randomize"]["all_done"]
        and found["randomize"]["p99_ms"] < 2000
        and found["chain"]["events"] >= 3_000_000
        and found["chain"]["events_per_s"] >= 50_000
        and found["afterwards"]["sound"]
        and found["cold_start_s"] < 5
    )
    return Shown(holds=holds, numbers=found, command="python -m benchmarks server")
