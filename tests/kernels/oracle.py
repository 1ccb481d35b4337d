"""The same equations written again, plainly, for a general solver: the tests' oracle."""

import numpy as np
from scipy.integrate import solve_ivp


def rates(t, y, q, infusion, belief, agonist):
    """dy/dt of drug (central, two peripherals), blocker (gut, site) and the five states."""
    c, p1, p2, A, X, E, U, R, T, O = y  # noqa: E741
    V, Q = q["V"], q["Q"]
    C = c / V[0]
    b_N, b_K, b_X = q["nmda"] * C, q["mu"] * C, X / q["ED50"]
    N = b_N / (1 + b_N)
    M0 = q["E0"] / (1 + q["E0"])
    den = 1 + E + b_K + agonist + b_X
    ME, MK, MR = E / den, (q["eps"] * b_K + agonist) / den, (E - q["E0"]) / den
    M = ME + MK
    G = N * (1 - q["phi"] + q["phi"] * min(1.0, ME / M0))
    G *= 1 - q["rho"] + q["rho"] * (den - b_X) / den
    tol = 1 / (1 + T / q["T50"])
    D = q["aG"] * G + q["aK"] * MK * tol + q["aR"] * MR * tol
    S = M0 + (M - M0) * tol if M > M0 else M
    return [
        infusion - q["CL"] * C - Q[0] * (C - p1 / V[1]) - Q[1] * (C - p2 / V[2]),
        Q[0] * (C - p1 / V[1]),
        Q[1] * (C - p2 / V[2]),
        -q["ka"] * A,
        q["ka"] * A - q["ke"] * X,
        q["kE"] * (q["E0"] * (1 + q["sN"] * N + q["sX"] * belief) - E),
        D - q["kU"] * U,
        q["kU"] * U - q["kR"] * R,
        q["kT"] * (max(0.0, M - M0) - T),
        q["kO"] * (q["w"] * max(0.0, S - M0) - O),
    ]


def course(q, pieces, wanted):
    """Solve piece by piece: (start, stop, infusion mg/h, belief, agonist odds, mg swallowed)."""
    y = np.array([0, 0, 0, 0, 0, q["E0"], 0, 0, 0, 0], dtype=float)
    seen = {}
    for start, stop, infusion, belief, agonist, swallowed in pieces:
        y[3] += swallowed
        inside = [t for t in wanted if start < t <= stop]
        out = solve_ivp(
            rates,
            (start, stop),
            y,
            args=(q, infusion, belief, agonist),
            method="LSODA",
            rtol=1e-10,
            atol=1e-12,
            t_eval=sorted({*inside, stop}),
            max_step=6.0,
        )
        seen |= dict(zip(out.t, out.y.T))
        y = out.y[:, -1].copy()
    return np.array([seen[t] for t in wanted])
