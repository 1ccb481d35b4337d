"""Failed trials and the Maudsley stage, computed from the treatment history.

A trial counts as failed when an adequate dose was held for at least four weeks without response
(rules and their confidence: catalog instruments `athf-sf` and `maudsley-staging`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crossblock.load import instrument
from crossblock.server.clinic.sheets import TRIALS
from crossblock.server.record.sheet import Answer

WEEKS = 4.0
STEPS = ((2, 1.0), (4, 2.0), (6, 3.0), (10, 4.0))
"""Failed antidepressants up to ... score so much in the Maudsley method; more than 10 score 5."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Staged:
    """What a history comes to."""

    failed: int
    stage: float
    band: str
    sentence: str


def staged(answers: Mapping[str, Answer]) -> Staged:
    """Return failed-trial count and Maudsley stage of a saved history."""
    kinds = [_kind(answers, n) for n in range(1, TRIALS + 1) if _failed(answers, n)]
    adequacy = {
        f"trial{n}": 3.0 if _failed(answers, n) else 0.0
        for n in range(1, TRIALS + 1)
        if f"trial{n}-name" in answers
    }
    failed = int(instrument.read("athf-sf").score(adequacy).total or 0)
    drugs = kinds.count("antidepressant")
    months = _number(answers, "months")
    tried = {_kind(answers, n) for n in range(1, TRIALS + 1)}
    found = instrument.read("maudsley-staging").score(
        {
            "duration": 1.0 if months <= 12 else 2.0 if months <= 24 else 3.0,
            "severity": _number(answers, "severity"),
            "antidepressants": next((s for most, s in STEPS if drugs <= most), 5.0),
            "augmentation": float("augmentation" in tried),
            "ect": float("ect" in tried),
        }
    )
    stage = found.total or 0.0
    words = "treatment trial" if failed == 1 else "treatment trials"
    floor = "" if drugs else " (the method has no step below 1 to 2 failed antidepressants)"
    return Staged(
        failed=failed,
        stage=stage,
        band=found.band,
        sentence=f"{failed} adequate {words} failed in this episode; Maudsley stage {stage:g} of "
        f"15, {found.band}{floor}.",
    )


def _failed(answers: Mapping[str, Answer], n: int) -> bool:
    weeks = answers.get(f"trial{n}-weeks")
    return (
        answers.get(f"trial{n}-end") == "failed"
        and answers.get(f"trial{n}-dose") == "yes"
        and isinstance(weeks, float)
        and weeks >= WEEKS
    )


def _kind(answers: Mapping[str, Answer], n: int) -> str:
    return str(answers.get(f"trial{n}-kind", ""))


def _number(answers: Mapping[str, Answer], key: str) -> float:
    value = answers.get(key)
    return float(value) if value is not None else 0.0
