"""The virtual trials that stand beside a plan: points on its curves, and the trial run again."""

from __future__ import annotations

from crossblock.domain.protocol import Protocol
from crossblock.domain.trial_plan import CurvePoint, Scored, Truths
from crossblock.domain.truth import Truth
from crossblock.load.protocol import parse
from crossblock.plan import budget, curves, designs, numbers, truths
from crossblock.plan.edit import edited

YARDSTICKS = (12, 26)  # completers of the two published blockade crossovers
AGAIN = (0.0, 0.28, 1.0)  # true fractions under which the trial itself is run again


def beside(
    protocol: Protocol, people: Truth, endpoint: str, asked: tuple[float, int, int]
) -> tuple[tuple[CurvePoint, ...], tuple[Truths, ...]]:
    """Return simulated points of the 2 x 2, and a 2 x 2 trial itself under three truths.

    `asked` is (fraction, trials, seed); nothing is simulated for 0 trials, or for a scale whose
    points the textbook model does not know.
    """
    fraction, trials, seed = asked
    if trials == 0 or protocol.endpoint(endpoint).instrument not in numbers.known_scales():
        return (), ()
    own = protocol.periods == 2 and len(protocol.sequence_ids) == 2
    points = curves.simulated(
        protocol if own else two_by_two(protocol, endpoint, people),
        people,
        fraction,
        YARDSTICKS,
        trials=trials,
        seed=seed,
        endpoint=endpoint,
    )
    if not own:
        return points, ()
    done = protocol.participants.completed or protocol.participants.planned
    again = truths.repeated(
        curves.even(protocol),
        curves.textbook(people, 0.0).with_values({"floor": 1.0}),
        AGAIN,
        people=done.value if done else YARDSTICKS[0],
        trials=trials,
        seed=seed,
        endpoint=endpoint,
    )
    return points, again


def two_by_two(protocol: Protocol, endpoint: str, people: Truth) -> Protocol:
    """Return the protocol as a 2 x 2 of drug with and without blocker, as its edited file is."""
    two = designs.candidate("2x2")
    scored = Scored(
        design=two,
        budget=budget.budget(two, budget.prices(protocol, people), YARDSTICKS[0]),
        power={},
        precision=None,
        assurance=0.0,
        told=(),
        information=None,
    )
    text = edited(protocol, scored, interim=None, pharmacy=None, endpoint=endpoint, because="")
    return parse(text.encode(), protocol.id)
