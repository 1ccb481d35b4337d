"""Predictions first, outcomes after: the order that the software, not the reader's trust, keeps.

A prediction is written and hashed; only then may the outcome of a held-out study be read, and the
hash stands beside it in the table. The authors of this software knew the published results, which
no hash can undo; what it does prove is that nothing was tuned between prediction and comparison.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from crossblock.core.errors import InputError, Problem
from crossblock.domain.predicted import Predicted
from crossblock.domain.weighed import Kind, Outcome, WeighedStudy


@dataclass(frozen=True, kw_only=True, slots=True)
class SealedPrediction:
    """What was predicted, as the text that was hashed, before any outcome was read."""

    split: str
    text: str
    sha256: str
    figures: tuple[Predicted, ...]


def sealed(split: str, figures: Sequence[Predicted]) -> SealedPrediction:
    """Return predictions with their hash; InputError if one already carries an outcome."""
    seen = [f for f in figures if f.observed is not None]
    if seen:
        raise InputError(
            Problem(
                what="a prediction already carries its outcome",
                value=f"{seen[0].title}, {seen[0].label}",
                why="predictions are hashed before outcomes are read",
                fix="predict from the design alone",
            )
        )
    text = json.dumps({"split": split, "figures": [_plain(f) for f in figures]}, indent=1)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return SealedPrediction(split=split, text=text, sha256=digest, figures=tuple(figures))


def _plain(f: Predicted) -> dict[str, object]:
    return {k: v for k, v in asdict(f).items() if k not in {"observed", "cited"}}


def compared(
    prediction: SealedPrediction,
    studies: Mapping[str, WeighedStudy],
    outcome: Callable[[WeighedStudy], Outcome],
) -> tuple[Predicted, ...]:
    """Return the predictions with what was found, read now through `outcome`.

    Refuses a prediction whose text no longer has its hash.
    """
    if hashlib.sha256(prediction.text.encode()).hexdigest() != prediction.sha256:
        raise InputError(
            Problem(
                what="a prediction was changed after it was hashed",
                where=prediction.split,
                why="only what was predicted may be compared",
                fix="predict again",
            )
        )
    found: dict[str, Outcome] = {}
    out = []
    for figure in prediction.figures:
        study = studies[figure.study]
        if study.id not in found:
            found[study.id] = outcome(study)
        out.append(_with_outcome(figure, study, found[study.id]))
    return tuple(out)


def _with_outcome(figure: Predicted, study: WeighedStudy, found: Outcome) -> Predicted:
    value = _value(figure, study, found)
    cited = "; ".join(dict.fromkeys(r.cited for r in found.rows))
    return replace(figure, observed=value, cited=cited)


def _value(figure: Predicted, study: WeighedStudy, found: Outcome) -> float | None:
    """Return the published number behind a predicted figure, None where none was published."""
    if study.kind in (Kind.FALLS, Kind.RESPONSES):
        for a, arm in enumerate(study.arms):
            for t, time in enumerate(study.times_h):
                if figure.label == f"{arm.label}, day {time / 24:g}":
                    scale = arm.baseline if study.kind is Kind.FALLS else 1.0
                    return float(found.value[a, t] * scale)
        return None
    if study.kind is Kind.EVENT:
        return float(found.value) if figure.label == "responders" else 1.0
    if study.kind in (Kind.TEST, Kind.SIGNAL):
        return float(found.value) if figure.label == "signed root of F" else None
    if study.kind is Kind.ASSAY:
        return 0.0 if figure.unit == "probability" else None
    if study.kind is Kind.DIFFERENCE:
        return float(found.value)
    return None


def ratings_values(study: WeighedStudy, found: Outcome) -> dict[str, float]:
    """Return the observed figures of patient-level data, by the labels of their prediction."""
    assert found.ratings is not None
    out = {}
    for c, arm in enumerate(study.arms):
        seen = found.ratings[~np.isnan(found.ratings[:, c]), c]
        out[f"{arm.label}, mean"] = float(seen.mean())
        out[f"{arm.label}, SD"] = float(seen.std(ddof=1))
    return out
