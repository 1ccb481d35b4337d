"""Williams designs: sequences in which every condition follows every other equally often.

E. J. Williams (1949), "Experimental designs balanced for the estimation of residual effects of
treatments", Australian Journal of Scientific Research A 2:149-168, doi 10.1071/CH9490149.
"""

from __future__ import annotations

from crossblock.core.errors import DesignError, Problem


def williams(conditions: int) -> tuple[tuple[int, ...], ...]:
    """Return the sequences of a Williams design as condition indices by period.

    For an even number t of conditions, t sequences: row i is w + i (modulo t) with the zigzag
    w = 0, 1, t-1, 2, t-2, ...; for an odd number those rows and their reversals, 2 t sequences.
    Two conditions give the 2 x 2 crossover. Raises DesignError below two or above 16 conditions.
    """
    t = conditions
    if not 2 <= t <= 16:
        raise DesignError(
            Problem(
                what="a Williams design needs 2 to 16 conditions",
                value=str(conditions),
                fix="list the sequences in the protocol instead",
            )
        )
    zigzag = [((k + 1) // 2 if k % 2 else t - k // 2) % t for k in range(t)]
    rows = [tuple((w + i) % t for w in zigzag) for i in range(t)]
    return tuple(rows if t % 2 == 0 else [*rows, *(row[::-1] for row in rows)])
