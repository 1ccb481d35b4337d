"""Which words a result has earned: fixed rules from interval to sentence, nothing in between.

A person reading two reports must be able to trust that the same words mean the same thing. The
rules look at the interval only: its side of no difference, and whether it is bounded.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from enum import StrEnum

from crossblock.domain.result import Estimate


class Verdict(StrEnum):
    """What a difference may be called. A closed set."""

    LOWER = "lower"
    HIGHER = "higher"
    UNCLEAR = "not clearly different"
    UNINFORMATIVE = "not told apart by these data"


def verdict(e: Estimate) -> Verdict:
    """Return the word that the interval of a difference earns.

    lower    the whole interval lies below 0
    higher   the whole interval lies above 0
    unclear  it is bounded and includes 0, or touches it
    uninformative  it has no bounds on either side, or there is no estimate
    """
    if math.isnan(e.value) or (math.isinf(e.lower) and math.isinf(e.upper)):
        return Verdict.UNINFORMATIVE
    if e.upper < 0:
        return Verdict.LOWER
    if e.lower > 0:
        return Verdict.HIGHER
    return Verdict.UNCLEAR


def agreement(verdicts: Sequence[Verdict], nouns: str, say: Callable[[Verdict], str]) -> str:
    """Return how several scales stand together: "All 3 scales are lower", or that they do not.

    `say` turns a verdict into a verb phrase: "are lower", "improved less".
    """
    first = verdicts[0]
    if len(set(verdicts)) > 1:
        clear = sum(v in (Verdict.LOWER, Verdict.HIGHER) for v in verdicts)
        return f"{clear} of {len(verdicts)} {nouns} show a clear difference"
    if len(verdicts) == 1:
        return f"Scores {say(first)}"
    count = "Both" if len(verdicts) == 2 else f"All {len(verdicts)}"
    return f"{count} {nouns} {say(first)}"
