"""Which design, and why: a fixed order of arguments, so that two plans can be compared.

At one cost, a design whose intervals of the fraction are mostly unbounded comes after all others:
it is too small to be run. The rest are ordered by (1) how many rival readings a study is expected
to tell apart, the sum of its probabilities, to one decimal; (2) expected information about the
mechanism; (3) the width of the interval of the fraction. A design that cannot see a reading at all
is not repaired by more people, so what cannot be answered counts as nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from crossblock.domain.trial_plan import Outcome, Question, Scored

BOUNDED = 0.8  # share of intervals that must be bounded for a design to be worth running


def ranked(scored: Sequence[Scored], questions: Sequence[Question]) -> tuple[Scored, ...]:
    """Return the candidates best first, each with its rank and reasons."""
    ordered = sorted(scored, key=_key)
    return tuple(
        replace(s, rank=k, reasons=reasons(s, ordered[0], questions))
        for k, s in enumerate(ordered, start=1)
    )


def _key(s: Scored) -> tuple[bool, float, float, float, str]:
    bits = s.information.bits if s.information else 0.0
    width = s.precision.median_width if s.precision else math.inf
    small = s.precision is not None and s.precision.bounded < BOUNDED
    return (small, -round(s.answers, 1), -round(bits, 3), width, s.design.id)


def reasons(s: Scored, best: Scored, questions: Sequence[Question]) -> tuple[str, ...]:
    """Return why a design stands where it stands, in sentences."""
    words = {q.id: q.words for q in questions}
    sure = [words[t.question] for t in s.told if t.probability is not None and t.probability >= 0.8]
    blind = [words[t.question] for t in s.told if t.probability is None]
    said = [
        f"Is expected to tell {s.answers:.1f} of {len(s.told)} pairs of readings apart; in 8 "
        f"studies of 10 or more: {'; '.join(sure) if sure else 'none'}."
    ]
    if blind:
        said.append(f"Cannot tell at any size: {'; '.join(blind)}.")
    if s.information is not None:
        said.append(
            f"Expected information {s.information.bits:.2f} bits, "
            f"{1000 * s.information.per_participant:.0f} thousandths of a bit a participant."
        )
    if s.precision is not None:
        width = s.precision.median_width
        said.append(
            "Half of its intervals of the fraction would be unbounded: too small to be run."
            if math.isinf(width)
            else f"The usual interval of the fraction is {100 * width:.0f} points wide."
        )
    if s is not best and s.budget.months < best.budget.months:
        said.append(f"Ends {best.budget.months - s.budget.months:.0f} months sooner.")
    return tuple(said)


def outcomes(best: Scored, fraction: float) -> tuple[Outcome, ...]:
    """Return what each result of the advised study would prove, and what it would not."""
    cells = set(best.design.cells)
    part = f"{100 * fraction:.0f} %"
    found = [
        Outcome(
            result="The interval of the fraction excludes 0 and 1",
            means=f"The blocked receptors carry part of the effect (planned for: {part}), and not "
            "all of it.",
            probability=_both(best),
        ),
        Outcome(
            result="It includes 0 and excludes 1",
            means="The effect does not need these receptors; a small part may. The upper end of "
            "the interval says how large a part is still possible.",
        ),
        Outcome(
            result="It includes 1 and excludes 0",
            means="These receptors carry most or all of the effect.",
        ),
        Outcome(
            result="It is unbounded, or holds both 0 and 1",
            means="The study is uninformative about the fraction: the open effect was too small "
            "or too uncertain. It counts neither for nor against blockade.",
        ),
    ]
    if {"no_drug", "blocker_alone"} <= cells:
        found.append(
            Outcome(
                result="Blocker alone scores worse than no drug",
                means="The blocker itself lowers mood; only the fraction corrected for it (four "
                "cells) speaks about the drug.",
            )
        )
    if "no_drug" in cells:
        found.append(
            Outcome(
                result="Open and no-drug sessions do not differ",
                means="Assay sensitivity failed: nothing can be said about blockade.",
            )
        )
    if best.design.glx:
        found.append(
            Outcome(
                result="Mood effect blocked, Glx surge not",
                means="The step at the blocked receptors lies beside or after the surge; if both "
                "are blocked, it lies before it.",
            )
        )
    return tuple(found)


def _both(best: Scored) -> float | None:
    if best.precision is None:
        return None
    return max(0.0, best.precision.above_none + best.precision.below_all - 1.0)
