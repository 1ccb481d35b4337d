# ruff: noqa: N815 - fields keep the letters of the equations
"""Slow adaptation to repeated sessions: what is carried from one session to the next.

Between sessions every slow state is a linear relaxation, so a step of any length is exact: one
multiplication by exp(-k h). A session adds to the states; how much it adds depends on the states
at its start. A year of 104 sessions is therefore 104 steps, never a sum over 104 past doses.

    between   dU/dt = -kU U,  dP/dt = -kP P                       prompt and lingering induction
              dR/dt = kU U + kP P - kR R + q(T) D_b               sustained plasticity
              dT/dt = kT (M_b - T),  dO/dt = kO (w M_b q(T) - O)  acute tolerance, opponent
              dx/dt = -kx x   for x in F, A, Df, Ds, S, C, V      adaptation, wanting, exposure
              dL/dt = kL (L* - L),  dB/dt = kB (B* - B)           illness, effect of care
    session   U += g (d_G + q d_O),  P += g (r_G + q r_O),  T += t,  O += q o,  F += g e,  A += g e
              Df += z g_D,  Ds += z g_D,  C += n m (1 + s S),  S += n m,  V += v
    gains     q = T50 / (T50 + T)                       acute opioid tolerance
              g = (1 + s_E S) / (1 + F/F50 + A/A50)     the antidepressant effect
              g_D = 1 / (1 + Df/Df50 + Ds/Ds50)         dissociation
              l = 1 - (1 - l_N)(1 - l_O q)              liking: one path needs no opioids
              m = 1 - (1 - l_N)(1 - l_O)                what is learned: wanting outlasts liking

D_b and M_b are the drive and the opioid activation above rest of an agonist that is on board all
the time. People are the last axis, times in h. Derivation: docs/derivations/forecast.md.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from crossblock.kernels.drive import tolerant
from crossblock.kernels.kinetics import divided_decay
from crossblock.kernels.relaxation import COUNT, relaxed, summed, weights

Array = Any  # an array of the namespace in use
FADING = ("F", "A", "Df", "Ds", "S", "C", "V")  # states that only fade between sessions


class Slow(NamedTuple):
    """The slow states of every person, each (P,).

    `U`, `P`, `R` numbers; `T`, `O` as shares of opioid receptors; `F`, `A` fast and slow tolerance
    of the antidepressant effect in reference sessions; `Df`, `Ds` the same of dissociation; `S`
    sensitization and `C` wanting, in sessions of full liking; `V` mg retained by the bladder; `L`
    severity without treatment, as a share of baseline; `B` share that care alone removes.
    """

    U: Array
    P: Array
    R: Array
    T: Array
    O: Array  # noqa: E741
    F: Array
    A: Array
    Df: Array
    Ds: Array
    S: Array
    C: Array
    V: Array
    L: Array
    B: Array


class Slowness(NamedTuple):
    """Constants of every person, each (P,) or (1,): rates k* in 1/h, half-effect levels, slopes.

    `w` is the opponent's gain, `s` and `s_E` how much sensitization adds to wanting and to the
    antidepressant effect for each session of full liking. An infinite half-effect level switches a
    tolerance off.
    """

    kU: Array
    kP: Array
    kR: Array
    kT: Array
    kO: Array
    kF: Array
    kA: Array
    kDf: Array
    kDs: Array
    kS: Array
    kC: Array
    kV: Array
    kL: Array
    kB: Array
    T50: Array
    F50: Array
    A50: Array
    Df50: Array
    Ds50: Array
    w: Array
    s: Array
    s_E: Array


class Pulse(NamedTuple):
    """What one session adds when nothing has adapted, each (P,) or (1,).

    `d_G`, `d_O` prompt plasticity without and with an opioid part, `r_G`, `r_O` the same while the
    drug lingers; `t` tolerance; `o` opponent; `e` effect
    and `z` dissociation in reference sessions; `l_N`, `l_O` liking without and with opioids, 0 to
    1; `n` how much of a liking is learned in this setting, 0 to 1; `v` mg.
    """

    d_G: Array
    d_O: Array
    r_G: Array
    r_O: Array
    t: Array
    o: Array
    e: Array
    z: Array
    l_N: Array
    l_O: Array
    n: Array
    v: Array


class Background(NamedTuple):
    """An agonist on board between sessions: `M_b` activation above rest, `D_b` drive in 1/h."""

    M_b: Array
    D_b: Array


class Felt(NamedTuple):
    """What adaptation left of a session, each (P,): shares g, q, g_D, and liking 0 to 1."""

    g: Array
    q: Array
    g_D: Array
    liking: Array


class Decays(NamedTuple):
    """Exponentials of one step length, each (P,) or (1,); `UR`, `PR` are transfers to R."""

    U: Array
    P: Array
    R: Array
    UR: Array
    PR: Array
    T: Array
    O: Array  # noqa: E741
    F: Array
    A: Array
    Df: Array
    Ds: Array
    S: Array
    C: Array
    V: Array
    L: Array
    B: Array


def fresh(people: int, xp: ModuleType = np) -> Slow:
    """Return people before their first session: ill at their baseline, nothing adapted."""
    zero = xp.zeros(people)
    return Slow(*([zero] * len(Slow._fields)))._replace(L=zero + 1.0)


def decays(p: Slowness, h: float, xp: ModuleType = np) -> Decays:
    """Return the exponentials of a step of `h` hours, h >= 0."""
    gone = {x: xp.exp(-getattr(p, f"k{x}") * h) for x in Slow._fields}
    return Decays(
        UR=p.kU * divided_decay(p.kU, p.kR, h, xp),
        PR=p.kP * divided_decay(p.kP, p.kR, h, xp),
        **gone,
    )


def between(d: Decays, s: Slow, illness: Array, care: Array) -> Slow:
    """Carry every person over a step without drug, exactly.

    Inputs: `d` from `decays`; `illness` L* and `care` B*, constant within the step.
    """
    fading = {x: getattr(d, x) * getattr(s, x) for x in FADING}
    return Slow(
        U=d.U * s.U,
        P=d.P * s.P,
        R=d.R * s.R + d.UR * s.U + d.PR * s.P,
        T=d.T * s.T,
        O=d.O * s.O,
        L=illness + d.L * (s.L - illness),
        B=care + d.B * (s.B - care),
        **fading,
    )


def held(p: Slowness, b: Background, s: Slow, h: float, xp: ModuleType = np) -> Slow:
    """Return `s` with T, O and R carried `h` hours under an agonist that stays on board.

    T is exact; O and R are exact for a q(T(t)) that is a cubic within the step. Only these three
    states are changed from what `between` gives.
    """
    steps = xp.asarray([h])
    decay, weight = weights(p.kT, steps, xp)
    T = relaxed(decay[0], weight[0], s.T, [p.kT * b.M_b] * COUNT)
    q = [tolerant(x, p.T50) for x in T[:COUNT]]
    fade, gain = (x[0, 0] for x in weights(p.kO, steps, xp, (1.0,)))
    pull = [p.kO * p.w * xp.maximum(0.0, b.M_b) * x for x in q]
    added = summed(weights(p.kR, steps, xp, (1.0,))[1][0, 0], [b.D_b * x for x in q])
    d = decays(p, h, xp)
    return s._replace(
        T=T[COUNT],
        O=fade * s.O + summed(gain, pull),
        R=d.R * s.R + d.UR * s.U + d.PR * s.P + added,
    )


def gains(p: Slowness, s: Slow, pulse: Pulse) -> Felt:
    """Return what adaptation leaves of a session that starts now."""
    q = tolerant(s.T, p.T50)
    return Felt(
        g=(1.0 + p.s_E * s.S) / (1.0 + s.F / p.F50 + s.A / p.A50),
        q=q,
        g_D=1.0 / (1.0 + s.Df / p.Df50 + s.Ds / p.Ds50),
        liking=1.0 - (1.0 - pulse.l_N) * (1.0 - pulse.l_O * q),
    )


def session(p: Slowness, s: Slow, pulse: Pulse, given: Array) -> tuple[Slow, Felt]:
    """Return the states just after a session, for those to whom it is `given` (1 or 0)."""
    f = gains(p, s, pulse)
    e, z = given * f.g * pulse.e, given * f.g_D * pulse.z
    learned = given * pulse.n * (1.0 - (1.0 - pulse.l_N) * (1.0 - pulse.l_O))
    after = s._replace(
        U=s.U + given * f.g * (pulse.d_G + f.q * pulse.d_O),
        P=s.P + given * f.g * (pulse.r_G + f.q * pulse.r_O),
        T=s.T + given * pulse.t,
        O=s.O + given * f.q * pulse.o,
        F=s.F + e,
        A=s.A + e,
        Df=s.Df + z,
        Ds=s.Ds + z,
        S=s.S + learned,
        C=s.C + learned * (1.0 + p.s * s.S),
        V=s.V + given * pulse.v,
    )
    return after, f
