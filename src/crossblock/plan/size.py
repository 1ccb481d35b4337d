"""How many people: for power, and for an interval of the blockade fraction that is narrow enough.

Two goals, two answers: a study can show that something is blocked long before it can say how much.
"""

from __future__ import annotations

import math

from crossblock.core.errors import ConvergenceError, InputError, Problem
from crossblock.domain.candidate import Candidate
from crossblock.domain.response import Response
from crossblock.domain.trial_plan import Size
from crossblock.plan import assurance, designs
from crossblock.plan.budget import Prices, stay
from crossblock.plan.precision import fewest, precision
from crossblock.plan.questions import told


def for_power(design: Candidate, response: Response, fraction: float, *, power: float = 0.8) -> int:
    """Return completers, even over the sequences, with the wanted power for open - blocked."""
    if not 0.05 < power < 1.0:
        raise _impossible("power", power, "power runs from the level of the test, 0.05, to 1", 0.8)
    if fraction * response.drug == 0.0:
        raise _impossible("effect", 0.0, "a difference of 0 points has no power at any size", 0.28)
    return fewest(
        lambda n: assurance.power(design, response, fraction, n) >= power,
        multiple=len(design.sequences),
        least=len(design.sequences) + 2,
        what=f"a power of {power:g}",
    )


def for_width(design: Candidate, response: Response, fraction: float, *, width: float = 0.3) -> int:
    """Return completers at which half of the 95 % intervals of the fraction are within `width`."""
    if not 0.0 < width < math.inf:
        raise _impossible("width", width, "an interval is wider than 0", 0.3)

    def narrow(n: int) -> bool:
        a, V = designs.effects(design, response, fraction, n)
        return precision(a, V, designs.degrees(design, n)).median_width <= width

    return fewest(
        narrow,
        multiple=len(design.sequences),
        least=len(design.sequences) + 2,
        what=f"an interval of {100 * width:g} percentage points",
    )


def to_settle(design: Candidate, response: Response, fraction: float, power: float = 0.8) -> int:
    """Return completers at which every question that the design can see is answered.

    Each with probability `power` or more; raises `ConvergenceError` beyond 100,000 people.
    """

    def good(n: int) -> bool:
        answers = [t.probability for t in told(design, response, fraction, n)]
        return all(x >= power for x in answers if x is not None)

    S = len(design.sequences)
    return fewest(good, multiple=S, least=S + 2, what="an answer to every question it can see")


def sizes(
    design: Candidate, response: Response, p: Prices, *, fraction: float, power: float, width: float
) -> tuple[Size, ...]:
    """Return the sizes of one design for power at the fraction and at 1, and for the width."""
    asked = (
        (f"power {power:g} at {100 * fraction:.0f} % blocked", fraction, power, None),
        (f"power {power:g} at 100 % blocked", 1.0, power, None),
        (f"interval within {100 * width:.0f} points of percent", fraction, None, width),
    )
    return tuple(_size(design, response, p, *row) for row in asked)


def _size(
    design: Candidate,
    response: Response,
    p: Prices,
    goal: str,
    fraction: float,
    power: float | None,
    width: float | None,
) -> Size:
    n: int | None
    why = ""
    try:
        if power is not None:
            n = for_power(design, response, fraction, power=power)
        else:
            n = for_width(design, response, fraction, width=width or 0.0)
    except ConvergenceError as error:
        n, why = None, error.problems[0].what
    return Size(
        goal=goal,
        design=design.id,
        fraction=fraction,
        completers=n,
        randomized=None if n is None else math.ceil(n / stay(design, p)),
        why=why,
    )


def _impossible(what: str, value: float, why: str, instead: float) -> InputError:
    return InputError(
        Problem(
            what=f"no number of people reaches this {what}",
            value=f"{value:g}",
            why=why,
            fix=f"ask for example for {instead:g}",
        )
    )
