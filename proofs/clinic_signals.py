"""The whole watch on courses whose truth is known, beside a threshold rule. Prints one JSON line.

Every course is simulated anew for every truth; two processes share them. Imports wait inside
functions until Django knows its settings.
"""

from __future__ import annotations

import json
import os
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import django
import numpy as np

from crossblock.stats.signal_truth import Kind, Operating, Truth, naive_alarm, operating, simulate

STEADY, CHANGED, SEED = 400, 200, 1
TRUTHS = {
    "as assumed": Truth(),
    "slow weather of the illness": Truth(weather_days=14.0, weather_sd=3.0),
    "irregular intervals": Truth(gap_sd=2.0),
}
RATIOS: dict[Kind, tuple[float, ...]] = {"tolerance": (0.5, 0.1), "escalation": (1.25, 1.4, 1.6)}
CLINIC = """
name = "Virtual clinic"
zone = "UTC"
page_to = "clinician@example.org"
crisis = [{ who = "Emergency number", how = "112" }]
"""


def _start(folder: str) -> None:
    os.environ["CROSSBLOCK_STUDY"] = folder
    os.environ["DJANGO_SETTINGS_MODULE"] = "crossblock.server.clinic.settings"
    django.setup()


def _alarms(kind: Kind, people: int, truth: Truth) -> list[dict[str, float]]:
    from crossblock.server.clinic import house, watch_truth  # noqa: PLC0415

    return watch_truth.alarms(kind, people, SEED, house.current(), truth)


def _row(o: Operating) -> dict[str, float]:
    return {
        "false_alarms_per_patient_year": round(o.false_per_year, 3),
        "standard_error": round(o.false_error, 3),
        "detected_within_the_year": round(o.detected, 3),
        "alarm_before_anything_changed": round(o.early, 3),
        "median_delay_days": round(o.delay, 0),
    }


def _plain(kind: Kind, ratio: float, truth: Truth) -> dict[str, float]:
    def days(of: Kind, people: int) -> np.ndarray:
        rng = np.random.default_rng([SEED, 0 if of == "steady" else 1])
        one = Truth(**{k: getattr(truth, k) for k in Truth.__slots__} | {"kind": of})
        return np.array([naive_alarm(simulate(one, rng), kind, ratio) for _ in range(people)])

    return _row(operating(days("steady", STEADY), days(kind, CHANGED), truth))


def main(folder: str) -> dict[str, object]:
    _start(folder)
    from crossblock.server.clinic import watch_truth  # noqa: PLC0415

    cells = [("steady", name) for name in TRUTHS]
    cells += [(kind, name) for kind in watch_truth.GROUPS for name in TRUTHS
              if kind in RATIOS or name == "as assumed"]  # fmt: skip
    with ProcessPoolExecutor(2, initializer=_start, initargs=(folder,)) as pool:
        sent = {
            (kind, name): pool.submit(
                _alarms, kind, STEADY if kind == "steady" else CHANGED, TRUTHS[name]
            )
            for kind, name in cells
        }
        found = {cell: job.result() for cell, job in sent.items()}
    rows: dict[str, dict[str, dict[str, float]]] = {}
    for kind, name in cells[len(TRUTHS) :]:
        truth = TRUTHS[name]
        one = watch_truth.judged(kind, found["steady", name], found[kind, name], truth)
        rows.setdefault(name, {})[f"{kind}, whole watch"] = _row(one)
        for ratio in RATIOS.get(kind, ()):
            row = _plain(kind, ratio, truth)
            rows[name][f"{kind}, threshold rule at {ratio:g} of the first three"] = row
    return {"steady_courses": STEADY, "changed_courses_each": CHANGED, "rows": rows}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="crossblock-signals-") as folder:
        (Path(folder) / "clinic.toml").write_text(CLINIC)
        print(json.dumps(main(folder)))
