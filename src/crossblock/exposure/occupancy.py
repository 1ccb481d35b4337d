"""Concentrations to receptor occupancy, with and without a blocker on the same receptor.

Which concentration reaches the receptor is an assumption, so it is named: total plasma, unbound
plasma, or plasma times the ratio of cerebrospinal fluid to plasma (the default).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crossblock.core.errors import CatalogError, Problem
from crossblock.domain.compound import Affinity, Analyte, Compound, Parameter, Source, amber
from crossblock.domain.receptor import ReceptorId
from crossblock.kernels.binding import binding_odds

Array = NDArray[np.float64]


class Basis(StrEnum):
    """Which concentration is taken to drive binding."""

    TOTAL = "total plasma"
    UNBOUND = "unbound plasma"
    CSF = "plasma x CSF ratio"


@dataclass(frozen=True, kw_only=True, eq=False)
class Occupancy:
    """Share of a receptor held by the drug: `alone`, and `with_blocker` where odds were given.

    `odds` are the drug's binding odds b without blocker; all (..., t), occupancies in 0-1.
    """

    receptor: ReceptorId
    basis: Basis
    affinity_set: str
    odds: Array
    alone: Array
    with_blocker: Array
    sources: tuple[Source, ...]
    assumed: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def occupancy(
    compound: Compound,
    nmol_per_l: Mapping[str, ArrayLike],
    receptor: ReceptorId,
    *,
    affinity_set: str,
    basis: Basis = Basis.CSF,
    blocker_odds: ArrayLike = 0.0,
) -> Occupancy:
    """Return how much of `receptor` the drug holds.

    b = sum_l r C_l / K_l,  alone = b / (1 + b),  with blocker = b / (1 + b + b_X).
    Inputs: total plasma concentrations by analyte, (..., t) in nmol/L; the blocker's odds b_X,
    broadcastable. A racemate is split into equal enantiomer concentrations when only enantiomer
    affinities are known. Raises `CatalogError` when no affinity of the set fits any analyte.
    """
    rows = compound.affinities_of(affinity_set, receptor)
    levels, split = _levels(compound, nmol_per_l, {a.ligand for a in rows})
    used: list[Parameter] = []
    terms = []
    for row in rows:
        if row.ligand in levels:
            reach = _reach(compound, row.ligand, levels[row.ligand][1], basis)
            terms.append(binding_odds(levels[row.ligand][0] * _value(reach), _ki(row).value))
            used += [_ki(row), *([] if reach is None else [reach])]
    if not terms:
        raise CatalogError(_no_match(compound, affinity_set, receptor, nmol_per_l))
    b = np.asarray(np.sum(np.broadcast_arrays(*terms), axis=0), dtype=float)
    blocked = np.asarray(blocker_odds, dtype=float)
    return Occupancy(
        receptor=receptor,
        basis=basis,
        affinity_set=affinity_set,
        odds=b,
        alone=b / (1.0 + b),
        with_blocker=b / (1.0 + b + blocked),
        sources=tuple({p.source.key: p.source for p in used}.values()),
        assumed=amber(used),
        warnings=("equal plasma concentrations of the enantiomers are assumed",) if split else (),
    )


def _levels(
    compound: Compound, nmol_per_l: Mapping[str, ArrayLike], ligands: set[str]
) -> tuple[dict[str, tuple[Array, str]], bool]:
    """Return ligand -> (concentration, analyte that was measured), splitting racemates."""
    found: dict[str, tuple[Array, str]] = {}
    split = False
    for analyte, C in nmol_per_l.items():
        level = np.asarray(C, dtype=float)
        if analyte in ligands:
            found[analyte] = (level, analyte)
            continue
        for part, share in compound.analytes[analyte].parts.items():
            if part in ligands:
                found[part] = (level * share, analyte)
                split = True
    return found, split


def _reach(compound: Compound, ligand: str, measured: str, basis: Basis) -> Parameter | None:
    """Return the factor from total plasma to what drives binding; None means 1.

    It belongs to what was measured: an assay blind to enantiomers takes their mean.
    """
    if basis is Basis.TOTAL:
        return None

    def known(analyte: Analyte) -> Parameter | None:
        return analyte.unbound if basis is Basis.UNBOUND else analyte.csf

    reach = known(compound.analytes[measured]) or known(compound.analytes[ligand])
    if reach is None:
        raise CatalogError(
            Problem(
                what=f"{ligand} has no factor for the basis {basis}",
                where=f"compound {compound.id}, analyte {ligand}",
                why="no sourced unbound fraction or CSF ratio was found",
                fix=f"use the basis {Basis.TOTAL}",
            )
        )
    return reach


def _value(reach: Parameter | None) -> float:
    return 1.0 if reach is None else reach.value


def _ki(row: Affinity) -> Parameter:
    if "Ki" in row.parameters:
        return row.parameters["Ki"]
    raise CatalogError(
        Problem(
            what=f"the affinity set {row.set} of {row.ligand} at {row.receptor} has no Ki",
            where=f"affinity set {row.set}",
            why="equilibrium occupancy needs an equilibrium constant",
            fix="choose a set with Ki",
        )
    )


def _no_match(
    compound: Compound, affinity_set: str, receptor: ReceptorId, levels: Mapping[str, ArrayLike]
) -> Problem:
    return Problem(
        what=f"{compound.id}: the set {affinity_set} binds none of {', '.join(levels)}",
        where=f"compound {compound.id}, receptor {receptor}",
        why="each affinity belongs to one analyte",
        fix="give the concentration of an analyte that the set names",
    )
