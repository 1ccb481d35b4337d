"""Failed trials and Maudsley stage from a history, against the published bands."""

import pytest

from crossblock.server.clinic.history import staged

FAILED = {"name": "x", "kind": "antidepressant", "dose": "yes", "weeks": 6.0, "end": "failed"}


def history(*trials: dict[str, object], months: float = 6.0, severity: float = 3.0) -> object:
    found: dict[str, object] = {"months": months, "severity": severity}
    for n, trial in enumerate(trials, start=1):
        found |= {f"trial{n}-{k}": v for k, v in trial.items()}
    return staged(found)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change", [{"dose": "no"}, {"weeks": 3.0}, {"end": "responded"}, {"end": "stopped"}]
)
def test_what_is_no_failed_trial(change: dict[str, object]) -> None:
    assert history(FAILED, FAILED | change).failed == 1  # type: ignore[attr-defined]


def test_the_stage_adds_up() -> None:
    found = history(FAILED, FAILED, FAILED, FAILED | {"kind": "augmentation"},
                    FAILED | {"kind": "ect"}, months=30.0, severity=4.0)  # fmt: skip
    # over 24 months 3, severe 4, three antidepressants 2, augmentation 1, convulsive therapy 1
    assert (found.failed, found.stage, found.band) == (5, 11.0, "severe")  # type: ignore[attr-defined]


def test_nothing_tried_says_so() -> None:
    found = history()
    assert found.failed == 0  # type: ignore[attr-defined]
    assert "no step below" in found.sentence  # type: ignore[attr-defined]
