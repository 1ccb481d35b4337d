"""Who gets a session today: phases, and the rules that stop, space, raise or miss sessions."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from crossblock.domain.repeated_regimen import Regimen

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
SAME = 1e-6  # h


class Clinic:
    """The schedule of every person, carried forward from slot to slot.

    `level` (people,) indexes the dose factors of the rules, `total` counts sessions that took
    place, `stopped` marks those whom the stop rule has ended.
    """

    def __init__(self, regimen: Regimen, people: int, missing: Array) -> None:
        self.rules, self.missing = regimen.rules, missing
        every = [p.every_h for p in regimen.phases]
        counts = [math.inf if p.sessions is None else p.sessions for p in regimen.phases]
        # What comes after the phases: the ladder (marked by nan), or nothing.
        self.every = np.array([*every, math.nan if self.rules.ladder_h else math.inf])
        self.counts = np.array([*counts, math.inf])
        self.ladder = np.array(self.rules.ladder_h or (math.inf,))
        zero = np.zeros(people, dtype=np.int64)
        self.phase, self.done, self.rung, self.level = zero, zero, zero, zero
        self.total, self.without, self.bad, self.slot = zero, zero, zero, 0
        self.next_h = np.zeros(people)
        self.stopped = np.zeros(people, dtype=bool)
        self.ever = np.zeros(people, dtype=bool)

    def look(self, now: float, rated: Array, baseline: Array) -> None:
        """Take note of a rating; two bad ones in a row start those again who had responded."""
        self.ever |= rated <= 0.5 * baseline
        if not self.rules.restart_at:
            return
        self.bad = np.where(rated >= self.rules.restart_at, self.bad + 1, 0)
        again = (self.bad >= 2) & self.ever & (self.phase > 0) & ~self.stopped
        self.phase = np.where(again, 0, self.phase)
        self.done = np.where(again, 0, self.done)
        self.rung = np.where(again, 0, self.rung)
        self.next_h = np.where(again, now, self.next_h)
        self.bad = np.where(again, 0, self.bad)

    def due(self, now: float, rated: Array, baseline: Array) -> Flags:
        """Return who gets a session at `now`, and move their schedule on."""
        responds = rated <= 0.5 * baseline
        self._stop()
        turn = (self.next_h <= now + SAME) & ~self.stopped
        missed = self.missing[min(self.slot, len(self.missing) - 1)] < self.rules.missed
        self.slot += 1
        given = turn & ~missed
        self.total = self.total + given
        self._raise(given, responds)
        self._climb(turn, rated, baseline)
        self._advance(turn, now)
        return np.asarray(given)

    def _stop(self) -> None:
        if self.rules.stop_after:
            self.stopped |= (self.total >= self.rules.stop_after) & ~self.ever

    def _raise(self, given: Flags, responds: Flags) -> None:
        """Raise the dose of those who had enough sessions at this one without response."""
        self.without = np.where(responds, 0, self.without + given)
        up = (self.without > self.rules.escalate_after) & (
            self.level < len(self.rules.escalate) - 1
        )
        self.level = self.level + up
        self.without = np.where(up, 1, self.without)

    def _climb(self, turn: Flags, rated: Array, baseline: Array) -> None:
        """Move along the ladder of intervals by the last rating."""
        if not self.rules.ladder_h:
            return
        past = turn & np.isnan(self.every[self.phase])
        worse = past & (rated > self.rules.worse_above * baseline)
        well = past & (rated <= self.rules.well_below * baseline)
        self.rung = np.clip(self.rung + well - worse, 0, len(self.ladder) - 1)

    def _advance(self, turn: Flags, now: float) -> None:
        """Count the session and set the time of the next one."""
        self.done = self.done + turn
        over = turn & (self.done >= self.counts[self.phase])
        interval = self.every[self.phase]
        interval = np.where(np.isnan(interval), self.ladder[self.rung], interval)
        self.next_h = np.where(turn, np.maximum(self.next_h, now) + interval, self.next_h)
        self.phase = np.where(over, np.minimum(self.phase + 1, len(self.every) - 1), self.phase)
        self.done = np.where(over, 0, self.done)
        ends = over & np.isinf(self.every[self.phase])
        self.next_h = np.where(ends, math.inf, self.next_h)
