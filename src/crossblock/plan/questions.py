"""What a design can tell apart: rival readings of a smaller effect, each with what it needs.

Every probability is that of a 95 % interval, at the study's own size, to exclude one reading when
the other is true. Where a cell is missing the answer is "cannot", never a small number.
"""

from __future__ import annotations

from scipy.stats import nct

from crossblock.domain.candidate import Candidate
from crossblock.domain.response import ALONE, BLOCKED, HIGHER, NONE, OPEN, Response
from crossblock.domain.trial_plan import Question, Told
from crossblock.plan import designs
from crossblock.plan.precision import precision

HIGHER_GAIN = 0.5  # of what the first dose left unblocked of the fraction: what a larger one adds


def questions(fraction: float) -> tuple[Question, ...]:
    """Return the questions, put for one partial fraction."""
    part = f"{100 * fraction:.0f} %"
    return (
        Question(id="none", words=f"nothing or {part} blocked", needs="open and blocked cells"),
        Question(id="all", words=f"{part} or all blocked", needs="open and blocked cells"),
        Question(id="drug", words="drug or time and hope", needs="a no-drug cell"),
        Question(id="rest", words="what is left: drug or not", needs="a no-drug cell"),
        Question(
            id="blocker",
            words="blockade or blocker's own harm",
            needs="blocker-alone and no-drug cells",
        ),
        Question(id="dose", words="one dose or enough", needs="a second blocker dose"),
    )


def told(design: Candidate, response: Response, fraction: float, n: int) -> tuple[Told, ...]:
    """Return how well a design with n completers answers each question."""
    a, V = designs.effects(design, response, fraction, n)
    whole = precision(a, V, designs.degrees(design, n))
    loss = fraction * response.drug
    left = (1.0 - fraction) * response.drug

    def difference(plus: str, minus: str, points: float) -> float | None:
        if not {plus, minus} <= set(design.cells):
            return None
        return detects(design, response, fraction, n, (plus, minus), points)

    found = {
        "none": whole.above_none,
        "all": whole.below_all,
        "drug": difference(OPEN, NONE, response.drug),
        "rest": difference(BLOCKED, NONE, left),
        "blocker": difference(NONE, ALONE, loss),
        "dose": difference(BLOCKED, HIGHER, HIGHER_GAIN * left),
    }
    return tuple(
        Told(
            question=q.id,
            probability=found[q.id],
            why="" if found[q.id] is not None else f"needs {q.needs}",
        )
        for q in questions(fraction)
    )


def detects(
    design: Candidate,
    response: Response,
    fraction: float,
    n: int,
    pair: tuple[str, str],
    points: float,
) -> float:
    """Return the power of the two-sided 5 % t test for a true difference of `points`."""
    se = designs.contrast_se(design, response, fraction, n, *pair)
    df = designs.degrees(design, n)
    if df < 1.0:
        return 0.0
    critical = float(nct.isf(0.025, df, 0.0))
    return min(1.0, float(nct.sf(critical, df, points / se) + nct.cdf(-critical, df, points / se)))
