"""A compound: what is known of a drug or blocker, every number with its source.

Values arrive in canonical units (h, L, mg, nmol/L, kg); `published` keeps what the source printed.
Parameter sets stand side by side because published models disagree, most of all where arterial
and venous sampling meet; nothing here averages them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from crossblock.core.errors import CatalogError, Problem, shorten
from crossblock.domain.dose import Route
from crossblock.domain.fact import Confidence
from crossblock.domain.receptor import ReceptorId


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Where a number stands. `key` is unique within one catalog file."""

    key: str
    text: str
    doi: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter:
    """One number: value, unit, spread and source.

    `cv` is the coefficient of variation between persons, as a fraction; `low` and `high` bound the
    value as `spread` says (for example "95 % bootstrap"). `published` is the printed number.
    """

    symbol: str
    value: float
    unit: str
    source: Source
    confidence: Confidence
    cv: float | None = None
    low: float | None = None
    high: float | None = None
    spread: str = ""
    published: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Analyte:
    """A substance that can be measured: parent, enantiomer or metabolite.

    `parts` splits a racemate into its enantiomers (fractions that sum to 1).
    """

    id: str
    title: str
    molar_mass: Parameter
    unbound: Parameter | None = None
    csf: Parameter | None = None
    parts: Mapping[str, float] = field(default_factory=dict)


class Structure(StrEnum):
    """The shapes of kinetic model that a parameter set may take."""

    COMPARTMENTS = "compartments"
    PORTAL = "portal"
    NONCOMPARTMENTAL = "noncompartmental"


class Scaling(StrEnum):
    """How body weight enters: volumes with exponent 1 and clearances with exponent 0.75."""

    ALLOMETRIC = "allometric"
    CENTRAL = "allometric, central terms"
    PER_KG = "per kilogram"
    NONE = "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class Metabolite:
    """A metabolite formed from `parent`'s clearance, with its own one or two compartments."""

    analyte: str
    parent: str
    parameters: Mapping[str, Parameter]
    transits: int = 0
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class KineticSet:
    """One published kinetic model: parameters, routes, population, and where blood was taken."""

    id: str
    title: str
    analyte: str
    structure: Structure
    population: str
    sampling_site: str
    scaling: Scaling
    weight_kg: float
    parameters: Mapping[str, Parameter]
    routes: Mapping[Route, Mapping[str, Parameter]]
    metabolites: tuple[Metabolite, ...] = ()
    note: str = ""

    def route(self, route: Route, compound: str) -> Mapping[str, Parameter]:
        """Return the parameters of a route, or refuse it by name."""
        if route not in self.routes:
            raise CatalogError(
                Problem(
                    what=f"{compound} has no {route} parameters in the set {self.id}",
                    where=f"compound {compound}, set {self.id}",
                    value=route,
                    why="no sourced absorption numbers were found for this route",
                    fix=f"use one of: {', '.join(self.routes)}, or another set",
                )
            )
        return self.routes[route]


@dataclass(frozen=True, kw_only=True, slots=True)
class BlockadeModel:
    """A K-PD model: dose to receptor blockade without plasma.

    Parameters ED50 (mg), half_life (h), ka (1/h), g (1); depot forms add their own. `ratios` gives
    the affinity at other receptors relative to `receptor` (2 means half as strong).
    """

    id: str
    receptor: ReceptorId
    route: Route
    population: str
    parameters: Mapping[str, Parameter]
    ratios: Mapping[ReceptorId, Parameter]
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Affinity:
    """How tightly one analyte binds one receptor, in one assay.

    Parameters: Ki in nmol/L, and where known kon, koff and the exponent n.
    """

    set: str
    ligand: str
    receptor: ReceptorId
    assay: str
    parameters: Mapping[str, Parameter]
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedFigure:
    """A published figure that a model is checked against or that a page quotes."""

    id: str
    analyte: str
    quantity: str
    population: str
    sampling_site: str
    parameter: Parameter


@dataclass(frozen=True, kw_only=True, slots=True)
class Scan:
    """One human measurement of receptor blockade, to be held against a model.

    `dose` in mg, or mg/kg when `per_kg`, given `count` times every `every_h`; `time_h` counts from
    the last of them, with `window` as the source words it. `relative_to_h` is the time of an
    earlier scan that `blockade` (0-1) is a share of, or None.
    """

    study: str
    method: str
    people: int | None
    receptor: ReceptorId
    route: Route
    dose: float
    per_kg: bool
    count: int
    every_h: float
    time_h: float
    window: str
    relative_to_h: float | None
    blockade: Parameter


@dataclass(frozen=True, kw_only=True, slots=True)
class StudyNote:
    """What one human study found in people who had the compound on board, in our own words."""

    text: str
    source: Source
    confidence: Confidence
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class NotFound:
    """Something that was looked for and not found, and where."""

    what: str
    searched: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Compound:
    """A drug or blocker with everything that is known of it here."""

    id: str
    title: str
    kind: str
    summary: str
    analytes: Mapping[str, Analyte]
    sets: Mapping[str, KineticSet]
    blockades: Mapping[str, BlockadeModel]
    affinities: tuple[Affinity, ...]
    figures: Mapping[str, PublishedFigure]
    not_found: tuple[NotFound, ...]
    default_set: str = ""
    scans: tuple[Scan, ...] = ()
    on_board: tuple[StudyNote, ...] = ()
    unknown: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()

    def kinetic_set(self, set_id: str | None = None) -> KineticSet:
        """Return a kinetic set by name, or the default one; refuse when there is none."""
        wanted = set_id or self.default_set
        if wanted in self.sets:
            return self.sets[wanted]
        raise CatalogError(self._missing("kinetic set", wanted, self.sets))

    def blockade_model(self, model_id: str | None = None) -> BlockadeModel:
        """Return a K-PD blockade model by name, or the first one; refuse when there is none."""
        wanted = model_id or next(iter(self.blockades), "")
        if wanted in self.blockades:
            return self.blockades[wanted]
        raise CatalogError(self._missing("blockade model", wanted, self.blockades))

    def affinities_of(self, set_id: str, receptor: ReceptorId) -> tuple[Affinity, ...]:
        """Return the affinities of one assay set at one receptor, at least one."""
        found = tuple(a for a in self.affinities if a.set == set_id and a.receptor == receptor)
        if found:
            return found
        known = sorted({a.set for a in self.affinities if a.receptor == receptor})
        raise CatalogError(self._missing(f"affinity at {receptor}", set_id, known))

    def figure(self, figure_id: str) -> PublishedFigure:
        """Return a published figure by name."""
        if figure_id in self.figures:
            return self.figures[figure_id]
        raise CatalogError(self._missing("published figure", figure_id, self.figures))

    def _missing(self, noun: str, wanted: str, known: Iterable[str]) -> Problem:
        names = ", ".join(known)
        searched = "; ".join(f"{n.what}: {n.searched}" for n in self.not_found)
        return Problem(
            what=f"{self.id} has no {noun}" + (f" named {shorten(wanted)}" if wanted else ""),
            where=f"compound {self.id}",
            value=shorten(wanted),
            why=f"not found ({searched})"
            if searched and not names
            else "the compound's file has none",
            fix=f"use one of: {names}" if names else "add a sourced set to the compound's file",
        )


def amber(parameters: Iterable[Parameter]) -> tuple[str, ...]:
    """Name every assumed or remembered number among `parameters`, once, in order."""
    return tuple(
        dict.fromkeys(
            f"{p.symbol} = {p.published or p.value} ({p.confidence})"
            for p in parameters
            if p.confidence.amber
        )
    )
