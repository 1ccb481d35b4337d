"""What is known at an interim look: calendar time, completed pairs, people mid-crossover.

A look that counts people studied is held when the first so many to enter have completed or left; a
look that counts people completed, when so many have. Whoever entered and is neither by then is
mid-crossover: nothing of theirs is in the comparison at the look, and they enter afterwards.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from crossblock.domain.protocol import Protocol
from crossblock.simulate.trial import Trials, primary_visit

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


class Moment(NamedTuple):
    """One look: when (B,), whose data are complete and who is mid-crossover (B, n), who entered."""

    at_h: Array
    done: Bools
    between: Bools
    entered: Bools


def look_counts(protocol: Protocol, people: int) -> tuple[int, ...]:
    """Return the looks of the protocol that come before the last participant."""
    looks = protocol.interim.looks if protocol.interim else ()
    return tuple(look.value for look in looks if look.value < people)


def moments(protocol: Protocol, trials: Trials) -> list[Moment]:
    """Return what each look of the protocol sees, in order."""
    people = trials.attends.shape[1]
    visit_h = protocol.visit_h(primary_visit(protocol))
    entered = trials.start_h[..., 0]
    finish = trials.start_h[..., -1] + visit_h
    done = np.where(trials.attends.all(axis=-1), finish, np.inf)
    missed = np.where(~trials.attends, trials.start_h, np.inf).min(axis=-1)
    studied = protocol.interim is not None and protocol.interim.counts == "studied"
    # people are in the order in which they entered, so the first so many are over at the maximum
    over = np.maximum.accumulate(np.minimum(done, missed), axis=-1)
    clock = over if studied else np.sort(done, axis=-1)
    found = []
    for count in look_counts(protocol, people):
        at = clock[:, count - 1]
        now = at[:, None]
        finished, came = done <= now, entered <= now
        between = came & ~finished & (missed > now) & np.isfinite(now)
        found.append(Moment(at, finished & np.isfinite(now), between, came & np.isfinite(now)))
    return found


def exposed(trials: Trials, conditions: Bools, until_h: Array | None = None) -> Ints:
    """Return how many people (B,) had begun a session in `conditions` (C,) by a time (B,)."""
    begun = trials.attends & conditions[trials.condition]
    if until_h is not None:
        begun = begun & (trials.start_h <= until_h[:, None, None])
    return np.asarray(begun.any(axis=-1).sum(axis=-1), dtype=np.int64)
