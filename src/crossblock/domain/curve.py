"""A quantity over time, with its spread: the value between `exposure` and `report`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Curve:
    """One line of a time plot.

    `time_h` counts hours from the protocol's `time_zero`, shape (t,). `value`, and where known
    `low` and `high` (the band between persons, or of the parameters: `band` says which), have the
    same shape. `cell` is the color it wears everywhere: open, blocked, no_drug or blocker_alone.
    `assumed` names every assumed or remembered number the line rests on.
    """

    label: str
    unit: str
    time_h: Array
    value: Array
    low: Array | None = None
    high: Array | None = None
    band: str = ""
    cell: str = "open"
    source: str = ""
    assumed: tuple[str, ...] = ()
    info: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False)
class DoseMark:
    """A dose on the time axis: drawn as a tick, or a bar when it lasts."""

    compound: str
    label: str
    start_h: float
    duration_h: float = 0.0


@dataclass(frozen=True, kw_only=True, eq=False)
class ExposurePicture:
    """What the drugs do in one condition or several: stacked panels on one time axis."""

    time_zero: str
    concentration: tuple[Curve, ...]
    occupancy: tuple[Curve, ...]
    blockade: tuple[Curve, ...]
    doses: tuple[DoseMark, ...]
    warnings: tuple[str, ...] = ()
