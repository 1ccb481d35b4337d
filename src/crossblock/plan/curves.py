"""Power and interval width against people, with virtual trials at some sizes beside them.

The curves are computed; the points are the textbook virtual trials (`simulate`) read by the real
analysis, with their Monte Carlo error, so that the two can be seen to agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from crossblock.domain.candidate import Candidate
from crossblock.domain.protocol import Protocol
from crossblock.domain.response import Response
from crossblock.domain.scheme import Scheme
from crossblock.domain.source import Sourced
from crossblock.domain.trial_plan import CurvePoint
from crossblock.domain.truth import Generator, Truth
from crossblock.plan import assurance, designs
from crossblock.plan.precision import precision
from crossblock.plan.truths import WHOLE
from crossblock.simulate.batch import run
from crossblock.simulate.chunk import job
from crossblock.simulate.world import prepare

SIZES = (8, 10, 12, 16, 20, 26, 30, 40, 50, 60, 80, 100, 120)
BEYOND = (150, 200, 250, 300, 400, 500, 700, 1000, 1500, 2000)  # where a wanted size lies farther


def curve(
    design: Candidate,
    response: Response,
    fraction: float,
    sizes: Sequence[int] = SIZES,
    simulated: Sequence[CurvePoint] = (),
) -> tuple[CurvePoint, ...]:
    """Return power and median width at each size that the design's sequences allow."""
    known = {p.n: p for p in simulated}
    S = len(design.sequences)
    found = []
    for n in sorted({S * round(k / S) for k in sizes} | set(known)):
        if n < S + 3:
            continue
        a, V = designs.effects(design, response, fraction, n)
        made = known.get(n)
        found.append(
            CurvePoint(
                n=n,
                fraction=fraction,
                power=assurance.power(design, response, fraction, n),
                width=precision(a, V, designs.degrees(design, n)).median_width,
                simulated=made.simulated if made else None,
                simulated_width=made.simulated_width if made else None,
            )
        )
    return tuple(found)


def even(protocol: Protocol) -> Protocol:
    """Return the protocol with equal sequences and no look: what the closed forms describe."""
    blocks = (2 * len(protocol.sequence_ids),)
    scheme = Scheme(method=Sourced(value="permuted blocks"), block_sizes=blocks)
    return protocol.model_copy(update={"randomization": scheme, "interim": None})


def textbook(truth: Truth, fraction: float) -> Truth:
    """Return the textbook model without floor and dropout, at one fraction."""
    free = replace(truth, generator=Generator.GAUSSIAN)
    return free.with_values({**WHOLE, "floor": 0.0, "fraction": fraction})


def simulated(
    protocol: Protocol,
    truth: Truth,
    fraction: float,
    sizes: Sequence[int],
    *,
    trials: int,
    seed: int,
    endpoint: str | None = None,
) -> tuple[CurvePoint, ...]:
    """Return power and mean width of bounded intervals over virtual trials of each size.

    `simulated` and `simulated_width` are (value, Monte Carlo standard error); power counts both
    directions, as the t test does.
    """
    found = []
    for n in sizes:
        world = prepare(even(protocol), textbook(truth, fraction), n)
        group = run(job(world, trials=trials, seed=seed, endpoint=endpoint)).group("all")
        power = group.significant.value + group.opposite.value
        f = group.fraction
        found.append(
            CurvePoint(
                n=n,
                fraction=fraction,
                power=power,
                width=f.width.value if f else float("nan"),
                simulated=(power, group.significant.se),
                simulated_width=(f.width.value, f.width.se) if f else None,
            )
        )
    return tuple(found)
