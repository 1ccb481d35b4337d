"""Human scans of receptor blockade beside a model of it, with the misfit."""

from __future__ import annotations

from dataclasses import dataclass

from crossblock.domain.compound import Scan


@dataclass(frozen=True, kw_only=True, slots=True)
class ScanPoint:
    """One scan beside its model: blockade fractions 0-1, `misfit` model minus scan.

    `absolute` is the scan as a share of all receptors: a scan that is relative to an earlier one
    is multiplied by the model's blockade at that time, so it can be drawn on the curve.
    """

    scan: Scan
    measured: float
    modeled: float
    misfit: float
    absolute: float


@dataclass(frozen=True, kw_only=True, slots=True)
class ScanFit:
    """All scans of a compound against its model, and the root mean square misfit, 0-1."""

    points: tuple[ScanPoint, ...]
    rmse: float
    sentence: str
