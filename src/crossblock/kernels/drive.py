"""Receptor odds and opioid tone to the drive on mood: the algebra of the five-state system.

Everything here is a function of one moment: odds of the drug at the NMDA receptor (b_N) and at
opioid receptors (b_K), of the blocker (b_X) and of an agonist (b_A), opioid tone E (in units of its
dissociation constant) and tolerance T. Any shapes that broadcast. Source: docs/derivations/
mechanisms.md, section 2; letters as there.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

Array = Any  # an array of the namespace in use


class Signal(NamedTuple):
    """Opioid receptor activation, by origin, as fractions of the receptors.

    `tone` by endogenous opioid at its present level (ME), `direct` by the drug itself and an
    agonist (MK), `released` by tone above its resting level (MR), `free` the share of direct
    binding that a blocker leaves (1 without one).
    """

    tone: Array
    direct: Array
    released: Array
    free: Array


def occupied(b: Array) -> Array:
    """Return b / (1 + b): NMDA block N, or resting activation M0 from E0. b >= 0; in [0, 1)."""
    return b / (1.0 + b)


def signal(E: Array, b_K: Array, b_A: Array, b_X: Array, E0: Array, eps: Array) -> Signal:
    """Return activation of one receptor type under competition.

    Den = 1 + E + b_K + b_A + b_X;  ME = E / Den;  MK = (eps b_K + b_A) / Den;
    MR = (E - E0) / Den;  free = (Den - b_X) / Den.
    Inputs: odds and tone, >= 0; eps, the drug's intrinsic efficacy, 0 to 1.
    """
    open_ = 1.0 + E + b_K + b_A
    share = 1.0 / (open_ + b_X)
    return Signal(E * share, (eps * b_K + b_A) * share, (E - E0) * share, open_ * share)


def pooled(signals: tuple[Signal, ...], shares: Array) -> Signal:
    """Return the share-weighted signal of several receptor types (mu, kappa, delta).

    Inputs: one signal a type; shares (types, ...), >= 0, summing to 1.
    """
    if len(signals) == 1:
        return signals[0]
    parts = (sum(p * x for p, x in zip(shares, column)) for column in zip(*signals))
    return Signal(*parts)


def surge(N: Array, phi: Array, rho: Array, m: Signal, M0: Array, xp: ModuleType = np) -> Array:
    """Return the glutamate surge G (the observable Glx), 0 to 1.

    G = N [(1 - phi) + phi min(1, ME / M0)] [(1 - rho) + rho free].
    phi: share of the surge that needs opioid tone (H3a); rho: share that needs the drug's own
    opioid binding (H2 with a link to glutamate). Both 0 to 1.
    """
    gate = 1.0 - phi + phi * xp.minimum(1.0, m.tone / M0)
    return N * gate * (1.0 - rho + rho * m.free)


def tolerant(T: Array, T50: Array) -> Array:
    """Return q = 1 / (1 + T / T50), what acute tolerance leaves of an opioid effect; (0, 1]."""
    return T50 / (T50 + T)


def drive(G: Array, m: Signal, q: Array, aG: Array, aK: Array, aR: Array) -> Array:
    """Return the drive on mood in 1/h: D = aG G + aK MK q + aR MR q."""
    return aG * G + (aK * m.direct + aR * m.released) * q


def felt(m: Signal, M0: Array, q: Array, xp: ModuleType = np) -> Array:
    """Return the activation that the opponent process sees.

    S = M0 + (M - M0) q where M > M0, else M, with M = ME + MK.
    """
    above = m.tone + m.direct - M0
    return M0 + xp.where(above > 0.0, above * q, above)


def withdrawal(O: Array, S: Array, M0: Array, xp: ModuleType = np) -> Array:  # noqa: E741
    """Return max(0, O + M0 - S): opponent not met by receptor activation, 0 to about 1."""
    return xp.maximum(0.0, O + M0 - S)


def dissociation(b_N: Array, share: Array, m: Signal, M0: Array, xp: ModuleType = np) -> Array:
    """Return dissociation in units of kd: b_N [(1 - d) + d min(1, ME / M0)].

    `share` d is the part that needs opioid tone: 0 by default, with a prior, because "ketamine's
    dissociation is not opioid" is an assumption that data must be able to contradict.
    """
    return b_N * (1.0 - share + share * xp.minimum(1.0, m.tone / M0))
