"""A person already takes a blocker or an agonist: what is left at the receptor on a date.

States what is computed, what each human study found, and what is not known. Gives no advice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from crossblock.core.errors import InputError, Problem
from crossblock.core.streams import Stream
from crossblock.domain.compound import Affinity, Compound, amber
from crossblock.domain.curve import Curve
from crossblock.domain.dose import Dose
from crossblock.domain.onboard import Held, Medication, OnBoard
from crossblock.domain.receptor import ReceptorId
from crossblock.exposure.blockade import blockade_curve
from crossblock.exposure.selectivity import selectivity

NO_ADVICE = "This is a computation from published numbers, not medical advice."
AROUND_D = (-7.0, 28.0)  # days around the date that the course shows
AT_RECEPTOR = "the level in plasma is taken as the level at the receptor"


def on_boards(
    medications: Sequence[Medication],
    compounds: Mapping[str, Compound],
    *,
    stream: Stream,
    at_h: float = 0.0,
) -> tuple[OnBoard, ...]:
    """Return what is on board `at_h` after the session date, one value a compound.

    Several entries of one compound (a tablet over a depot) reach one receptor and are added.
    """
    found = []
    for name in dict.fromkeys(m.compound for m in medications):
        mine = [m for m in medications if m.compound == name]
        levels = [m.level for m in mine if m.level is not None]
        c = compounds[name]
        molar = [q.value if q.unit == "nmol/L" else q.value / _molar_mass(c) for q in levels]
        board = on_board(
            c,
            [d for m in mine for d in m.doses],
            at_h,
            stream=stream,
            nmol_per_l=molar[0] if molar else None,
        )
        said = "; ".join(m.said for m in mine if m.said)
        taken = tuple(dict.fromkeys(t for m in mine for t in m.taken))
        found.append(replace(board, said=said, assumed=(*taken, *board.assumed)))
    return tuple(found)


def _molar_mass(compound: Compound) -> float:
    """Return mg/nmol of the compound itself; a level in mg/L needs it."""
    if compound.id in compound.analytes:
        return compound.analytes[compound.id].molar_mass.value
    raise InputError(
        Problem(
            what=f"{compound.title}: a level in mass units cannot be used",
            why="its file has no molar mass, and no affinity to compare the level with",
            fix="leave the level out",
        )
    )


def on_board(
    compound: Compound,
    doses: Sequence[Dose],
    at_h: float,
    *,
    stream: Stream,
    nmol_per_l: float | None = None,
) -> OnBoard:
    """Return what `doses` of a blocker, or a measured agonist level, leave at `at_h`.

    Inputs: doses and `at_h` in h from one origin; `nmol_per_l` is a measured concentration of an
    agonist at the receptor, from which occupancy follows where an affinity is known.
    """
    if compound.blockades:
        held, assumed, warnings = _blocked(compound, doses, at_h, stream)
    elif nmol_per_l is not None and compound.affinities:
        held, assumed, warnings = _occupied(compound, nmol_per_l)
    else:
        held, assumed, warnings = (), (), ()
    return OnBoard(
        compound=compound.id,
        title=compound.title,
        at_h=at_h,
        held=held,
        sentence=_sentence(compound, held),
        found=compound.on_board,
        unknown=compound.unknown,
        assumed=assumed,
        warnings=(*warnings, NO_ADVICE),
        course=_course(compound, doses, at_h, stream) if compound.blockades and doses else None,
    )


def _course(compound: Compound, doses: Sequence[Dose], at_h: float, stream: Stream) -> Curve:
    """Return blockade of the strongest receptor around `at_h`, hours counted from it, in %."""
    around = np.arange(24.0 * AROUND_D[0], 24.0 * AROUND_D[1] + 1.0, 2.0)
    found = blockade_curve(compound, doses, at_h + around, band="persons", stream=stream)
    return Curve(
        label=f"{found.receptor} receptors blocked by {compound.id}",
        unit="%",
        time_h=around,
        value=100.0 * found.fraction,
        low=None if found.low is None else 100.0 * found.low,
        high=None if found.high is None else 100.0 * found.high,
        band=found.band,
        cell="blocker_alone",
        source="; ".join(x.text for x in found.sources),
        assumed=found.assumed,
        info={"receptor": str(found.receptor), "notes": found.warnings},
    )


def _blocked(
    compound: Compound, doses: Sequence[Dose], at_h: float, stream: Stream
) -> tuple[tuple[Held, ...], tuple[str, ...], tuple[str, ...]]:
    panel = selectivity(compound, doses, [at_h], band="persons", stream=stream)
    held = tuple(
        Held(
            receptor=r,
            fraction=float(c.fraction[0]),
            low=None if c.low is None else float(c.low[0]),
            high=None if c.high is None else float(c.high[0]),
            band=c.band,
        )
        for r, c in panel.curves.items()
    )
    curves = panel.curves.values()
    assumed = tuple(dict.fromkeys(a for c in curves for a in c.assumed))
    return held, assumed, tuple(dict.fromkeys(w for c in curves for w in c.warnings))


def _occupied(
    compound: Compound, nmol_per_l: float
) -> tuple[tuple[Held, ...], tuple[str, ...], tuple[str, ...]]:
    """Return what each assay makes of one level: the spread of assays is the band."""
    found: dict[ReceptorId, list[float]] = {}
    for a in compound.affinities:
        found.setdefault(a.receptor, []).append(_share(a, nmol_per_l))
    held = tuple(
        Held(
            receptor=r,
            fraction=float(np.median(shares)),
            low=min(shares),
            high=max(shares),
            band="range of the assays",
        )
        for r, shares in found.items()
    )
    used = [p for a in compound.affinities for p in a.parameters.values()]
    slow = [a.parameters["koff"].value for a in compound.affinities if "koff" in a.parameters]
    said = tuple(
        f"once bound, half leaves the receptor in {np.log(2.0) / k * 60.0:.0f} min" for k in slow
    )
    return held, amber(used), (AT_RECEPTOR, *said)


def _share(a: Affinity, C: float) -> float:
    p = a.parameters
    K = p["Ki"].value if "Ki" in p else p["koff"].value / p["kon"].value
    return C / (C + K)


def _sentence(compound: Compound, held: Sequence[Held]) -> str:
    if not held:
        searched = "; ".join(n.what for n in compound.not_found)
        return f"{compound.title}: the share of receptors held is unknown. Not found: {searched}."
    first = held[0]
    rest = "".join(f", {h.receptor} {100 * h.fraction:.0f} %" for h in held[1:])
    band = (
        ""
        if first.low is None or first.high is None
        else f" ({100 * first.low:.0f} to {100 * first.high:.0f} %)"
    )
    return f"{compound.title} holds {first.receptor} {100 * first.fraction:.0f} %{band}{rest}."
