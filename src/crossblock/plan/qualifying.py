"""A qualifying session: who goes on, and how they respond in the sessions that count.

Everybody has one open session first; those whose fall reaches the responder line go on. Their
later sessions are independent of that session's noise, so nothing is selected on the outcome that
is tested. With y = other + p + m + e normal and c the line,

    E[x | y > c] = E[x] + Cov(x, y) / s phi(z) / Q,      z = (c - E[y]) / s,   Q = P(y > c)
    Var(x | y > c) = Var(x) - Cov(x, y)^2 / s^2 (h^2 - z h),   h = phi(z) / Q
"""

from __future__ import annotations

import math
from dataclasses import replace

from scipy.special import ndtr

from crossblock.domain.response import Response


def share(response: Response) -> float:
    """Return the share of people who respond in one open session; 1 where no line is stated."""
    if math.isinf(response.responder):
        return 1.0
    return float(ndtr(-_z(response)))


def _z(response: Response) -> float:
    return (response.responder - response.other - response.drug) / response.open_sd


def qualified(response: Response) -> Response:
    """Return how those who qualified respond in later sessions."""
    if math.isinf(response.responder):
        return response
    z, s = _z(response), response.open_sd
    h = math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi) / share(response)
    tighter = (h * h - z * h) / s**2
    return replace(
        response,
        other=response.other + response.var_person / s * h,
        drug=response.drug + response.var_drug / s * h,
        var_person=response.var_person - response.var_person**2 * tighter,
        var_drug=response.var_drug - response.var_drug**2 * tighter,
    )
