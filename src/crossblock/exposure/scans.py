"""Human scans held against a blockade model, with the misfit stated."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from crossblock.domain.compound import Compound, Scan
from crossblock.domain.dose import Dose, Route
from crossblock.domain.scan import ScanFit, ScanPoint
from crossblock.exposure.blockade import blockade_curve


def scan_fit(
    compound: Compound, *, routes: Collection[Route] | None = None, weight_kg: float = 70.0
) -> ScanFit:
    """Compare every scan in the compound's file, or those after `routes`, with the model."""
    chosen = [s for s in compound.scans if routes is None or s.route in routes]
    points = tuple(_point(compound, s, weight_kg) for s in chosen)
    rmse = float(np.sqrt(np.mean([p.misfit**2 for p in points]))) if points else float("nan")
    if not points:
        by = f" by this route ({', '.join(sorted(routes))})" if routes and compound.scans else ""
        said = f"No human scan of {compound.id}{by} is known: the model is not tested there."
        return ScanFit(points=(), rmse=rmse, sentence=said)
    worst = max(points, key=lambda p: abs(p.misfit))
    return ScanFit(
        points=points,
        rmse=rmse,
        sentence=(
            f"The model misses {len(points)} human scans by {100 * rmse:.1f} points on average "
            f"(root mean square), at most by {100 * abs(worst.misfit):.0f} points "
            f"({worst.scan.study}, {worst.scan.dose:g} {'mg/kg' if worst.scan.per_kg else 'mg'})."
        ),
    )


def _point(compound: Compound, scan: Scan, weight_kg: float) -> ScanPoint:
    doses = [
        Dose(start_h=k * scan.every_h, amount=scan.dose, route=scan.route, per_kg=scan.per_kg)
        for k in range(scan.count)
    ]
    last = doses[-1].start_h
    times = [last + scan.time_h, last + (scan.relative_to_h or scan.time_h)]
    now, then = blockade_curve(
        compound, doses, times, receptor=scan.receptor, weight_kg=weight_kg
    ).fraction
    base = float(then) if scan.relative_to_h is not None else 1.0
    measured = scan.blockade.value
    modeled = float(now) / base
    return ScanPoint(
        scan=scan,
        measured=measured,
        modeled=modeled,
        misfit=modeled - measured,
        absolute=measured * base,
    )
