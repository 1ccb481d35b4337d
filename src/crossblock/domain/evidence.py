"""Evidence: sourced published figures, each with how it was met and what it may be used for.

A row is one number of one study. Rows from memory never calibrate; rows read in a secondary source
enter only a run that says so; rows that contradict each other enter nothing until a person decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from crossblock.core.errors import InputError, Problem
from crossblock.domain.fact import Confidence
from crossblock.domain.statistic import Statistic


class Use(StrEnum):
    """What a row may be used for."""

    CALIBRATION = "may calibrate"
    SENSITIVITY = "only in a labeled sensitivity run"
    DISPLAY = "shown, never fitted"


USES: dict[Confidence, Use] = {
    Confidence.READ: Use.CALIBRATION,
    Confidence.ABSTRACT: Use.CALIBRATION,
    Confidence.REGISTRY: Use.CALIBRATION,
    Confidence.OPEN_DATA: Use.CALIBRATION,
    Confidence.COMPUTED: Use.CALIBRATION,
    Confidence.SECONDARY: Use.SENSITIVITY,
    Confidence.MEMORY: Use.DISPLAY,
    Confidence.ASSUMED: Use.DISPLAY,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceRow:
    """One published figure. `value` is None where the row states words, kept in `words`.

    `time_h` in h from the start of the drug; `count` (part, whole) and `interval` where the row
    prints them; `line` and `file` say where it stands.
    """

    study: str
    statistic: Statistic
    value: float | None
    words: str
    endpoint: str
    units: str
    confidence: Confidence
    source: str
    year: str = ""
    doi: str = ""
    population: str = ""
    n: int | None = None
    drug: str = ""
    dose: str = ""
    pretreatment: str = ""
    time_h: float | None = None
    count: tuple[int, int] | None = None
    interval: tuple[float, float] | None = None
    file: str = ""
    line: int = 0

    @property
    def id(self) -> str:
        """Return where the row stands, "evidence.csv, line 5": no two rows share it."""
        return f"{self.file}, line {self.line}"

    @property
    def cited(self) -> str:
        """Return the row as pages cite it, with how it was met."""
        return f"{self.study} ({self.id}; {self.confidence.value})"

    @property
    def use(self) -> Use:
        """Return what the row may be used for."""
        return USES[self.confidence]

    @property
    def figure(self) -> tuple[object, ...]:
        """Return what the row is a value of: rows with equal figures should agree."""
        return (
            self.study,
            self.population,
            self.drug,
            self.dose,
            self.pretreatment,
            self.endpoint,
            self.time_h,
            self.statistic.name,
        )

    @property
    def shown(self) -> str:
        """Return the value as a person would write it."""
        return self.words if self.value is None else f"{self.value:g}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """All rows that could be read. `refused` says what was left out and why, `flags` what to see.

    `contested` are the ids of rows that contradict another one: they are shown and never fitted.
    """

    rows: tuple[EvidenceRow, ...]
    refused: tuple[Problem, ...] = ()
    flags: tuple[Problem, ...] = ()
    contested: frozenset[str] = frozenset()
    sha256: str = ""
    sources: tuple[str, ...] = field(default=())

    def of(self, study: str, **wanted: object) -> tuple[EvidenceRow, ...]:
        """Return the rows of a study, narrowed by equal fields such as time_h=24."""
        found = (r for r in self.rows if r.study == study)
        return tuple(r for r in found if all(_field(r, k) == v for k, v in wanted.items()))

    @property
    def studies(self) -> tuple[str, ...]:
        """Return the names of the studies in the order of their first row."""
        return tuple(dict.fromkeys(r.study for r in self.rows))

    def fit_for(self, rows: Sequence[EvidenceRow], *, secondary: bool = False) -> None:
        """Refuse rows that must not be fitted: from memory, contested, or secondary unless said."""
        problems = [p for r in rows if (p := self._unfit(r, secondary)) is not None]
        if problems:
            raise InputError(*problems)

    def _unfit(self, row: EvidenceRow, secondary: bool) -> Problem | None:
        if row.id in self.contested:
            why, fix = "another row states the figure otherwise", "decide which one holds"
        elif row.use is Use.DISPLAY:
            why, fix = "nobody read this number in a text", "read the source, then change its tag"
        elif row.use is Use.SENSITIVITY and not secondary:
            why = "it was read in a secondary source"
            fix = "ask for the sensitivity run, --secondary, which says so in its first line"
        else:
            return None
        return Problem(
            what="this row cannot be fitted",
            where=row.id,
            value=f"{row.study}, {row.endpoint}, {row.statistic}: {row.shown}",
            why=why,
            fix=fix,
        )


def _field(row: EvidenceRow, name: str) -> object:
    return row.statistic.name if name == "statistic" else getattr(row, name)


def contradictions(rows: Iterable[EvidenceRow]) -> Iterator[tuple[EvidenceRow, ...]]:
    """Yield groups of rows that state one figure differently.

    Equal figures with unequal values contradict each other; so does a count of responders that is
    not the stated rate of the same people, beyond rounding.
    """
    figures: dict[tuple[object, ...], list[EvidenceRow]] = defaultdict(list)
    for row in rows:
        if not row.statistic.repeatable:
            figures[row.figure].append(row)
    for group in figures.values():
        if len({(r.value, r.words, r.n, r.statistic.df) for r in group}) > 1:
            yield tuple(group)
    yield from _rates_against_counts(figures)


def _rates_against_counts(
    figures: dict[tuple[object, ...], list[EvidenceRow]],
) -> Iterator[tuple[EvidenceRow, ...]]:
    for key, group in figures.items():
        if key[-1] != "responders":
            continue
        for rate in figures.get((*key[:-1], "response_rate"), []):
            counted = group[0]
            if counted.n and rate.value is not None and counted.value is not None:
                off = abs(counted.value / counted.n - rate.value)
                if off > ROUNDING:
                    yield counted, rate


ROUNDING = 0.006  # of a share: what two printed decimals can hide


def together(*parts: Evidence) -> Evidence:
    """Return several bodies of evidence as one, contradictions between them included."""
    rows = tuple(r for p in parts for r in p.rows)
    groups = tuple(contradictions(rows))
    known = frozenset(i for p in parts for i in p.contested)
    fresh = [g for g in groups if not known.issuperset(r.id for r in g)]
    return Evidence(
        rows=rows,
        refused=tuple(x for p in parts for x in p.refused),
        flags=(*(x for p in parts for x in p.flags), *map(contradicted, fresh)),
        contested=known | frozenset(r.id for g in groups for r in g),
        sha256="+".join(p.sha256 for p in parts),
        sources=tuple(s for p in parts for s in p.sources),
    )


def contradicted(group: Sequence[EvidenceRow]) -> Problem:
    """Return the flag of rows that contradict each other."""
    first = group[0]
    stated = "; ".join(f"{r.id}: {r.statistic} {r.shown}" for r in group)
    return Problem(
        what="rows contradict each other",
        where=f"{first.study}, {first.endpoint}",
        value=stated,
        why="one figure has one value; none of these rows is fitted",
        fix="keep the row that the source states, or name the arm or time that tells them apart",
    )
