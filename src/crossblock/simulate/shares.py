"""From the fraction that is true to the arrows of a mechanism.

The fraction is the share of the open fall at the reference time that complete blockade would
remove. With the exponential link a share s of plasticity R gives

    f = 1 - (1 - exp(-R (1 - s))) / (1 - exp(-R)),   so   s = 1 + ln(1 - (1 - f)(1 - exp(-R))) / R

and s is the gate phi itself where the gate is the only opioid arrow, or the opioid drive's part of
the sum of two drives. A mechanism with one drive has one fraction, 0 or 1, and no other.
"""

from __future__ import annotations

import math

from crossblock.core.errors import Problem, TruthError
from crossblock.domain.compound import Compound
from crossblock.domain.mechanism import Mechanism
from crossblock.exposure.effect import drive_scales

OPIOID_DRIVES = ("aK", "aR")


def share_of_plasticity(fraction: float, fall: float) -> float:
    """Return the share s of plasticity behind `fraction` of the fall, both 0 to 1."""
    needed = -math.log1p(-fall)
    return 1.0 + math.log1p(-(1.0 - fraction) * fall) / needed


def with_fraction(mechanism: Mechanism, fraction: float, reference: Compound) -> Mechanism:
    """Return the mechanism whose blockable share is `fraction`.

    Raises `TruthError` when the mechanism cannot have it.
    """
    share = share_of_plasticity(fraction, mechanism["fall"])
    if "phi" in mechanism.free:
        return mechanism.with_values(phi=share)
    drive = next((d for d in OPIOID_DRIVES if d in mechanism.free), None)
    if drive is None or "aG" not in mechanism.free:
        return _only(mechanism, fraction, 0.0 if drive is None else 1.0)
    if share >= 1.0:
        return mechanism.with_values(aG=0.0, **{drive: 1.0})
    glutamate = drive_scales(mechanism.with_values(aG=1.0, **{drive: 0.0}), reference)
    opioid = drive_scales(mechanism.with_values(aG=0.0, **{drive: 1.0}), reference)
    # A scale is R needed over R of a unit drive, so their ratio compares the two unit drives.
    ratio = opioid["exponential"] / glutamate["exponential"]
    return mechanism.with_values(aG=1.0, **{drive: share / (1.0 - share) * ratio})


def _only(mechanism: Mechanism, fraction: float, possible: float) -> Mechanism:
    if fraction == possible:
        return mechanism
    raise TruthError(
        Problem(
            what=f"the mechanism {mechanism.id} cannot have this fraction",
            value=f"fraction {fraction:g}",
            why=f"{mechanism.title}: complete blockade removes "
            + ("all of it" if possible else "nothing"),
            fix=f"use fraction={possible:g}, or a mechanism with two drives such as h3a or "
            "h4-direct",
        )
    )
