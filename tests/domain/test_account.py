from crossblock.domain.account import HeldOut
from crossblock.domain.predicted import Predicted


def figure(label: str, observed: float | None) -> Predicted:
    return Predicted(
        study="a", title="A", label=label, unit="points", middle=1, low=0, high=2, observed=observed
    )


def test_failures_are_the_figures_outside_and_no_other() -> None:
    held = HeldOut(
        split="s",
        sha256="0" * 64,
        figures=(figure("in", 1.5), figure("out", 2.5), figure("unknown", None)),
    )
    assert [f.label for f in held.failures] == ["out"]
