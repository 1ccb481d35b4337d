"""A person already takes a blocker or an agonist: what is left at the receptor on a date.

States what is computed, what each human study found, and what is not known. Gives no advice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crossblock.core.streams import Stream
from crossblock.domain.compound import Affinity, Compound, StudyNote, amber
from crossblock.domain.dose import Dose
from crossblock.domain.receptor import ReceptorId
from crossblock.exposure.selectivity import selectivity

NO_ADVICE = "This is a computation from published numbers, not medical advice."


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """The share of one receptor that is held on the date, 0-1, with its band where known."""

    receptor: ReceptorId
    fraction: float
    low: float | None
    high: float | None
    band: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OnBoard:
    """What is on board at `at_h`. `held` is empty where no sourced numbers were found.

    `sentence` says it in one line; `found` are human studies; `unknown` is what nobody has shown.
    """

    compound: str
    title: str
    at_h: float
    held: tuple[Held, ...]
    sentence: str
    found: tuple[StudyNote, ...]
    unknown: tuple[str, ...]
    assumed: tuple[str, ...]
    warnings: tuple[str, ...]


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
    return held, amber(used), said


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
