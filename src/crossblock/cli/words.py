"""Estimates as one line of text: real minus signs, the interval first, never a bare p."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crossblock.domain.result import Estimate


def signed(value: float, digits: int = 2) -> str:
    """Return a number with a real minus sign."""
    return f"{value:.{digits}f}".replace("-", "−")


def effect_line(e: Estimate) -> str:
    """Return "−6.75 points (95 % interval −10.87 to −2.63; SE 1.99, df 22.0; ...; n 24) model"."""
    level = f"{100 * e.level:.0f} %"
    parts = [f"{level} interval {signed(e.lower)} to {signed(e.upper)}"]
    if e.se is not None and e.df is not None:
        parts.append(f"SE {e.se:.2f}, df {e.df:.1f}")
    if e.p is not None:
        parts.append(f"p = {e.p:.2g}" if e.p >= 1e-4 else "p < 0.0001")
    return f"{signed(e.value)} {e.unit} ({'; '.join(parts)}; n {e.n}) {e.model}"
