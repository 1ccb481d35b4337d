"""The exposure of a protocol as rows: what `expose` prints, and what it writes as CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import crossblock as cb
from crossblock.cli.output import say
from crossblock.core.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crossblock.domain.compound import Compound
    from crossblock.domain.protocol import Protocol
    from crossblock.exposure.study import ConditionExposure, Origin

SEED = 20261121  # of the band between persons; fixed, so that the same command says the same again
HEAD = ("condition", "quantity", "unit", "time_h", "value", "low", "high", "band", "source")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Whom, when and by which kinetic sets the exposure is asked for; times in h from `origin`."""

    kg: float
    words: tuple[str, ...]
    hours: tuple[float, ...]
    origin: Origin
    sets: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, weight: str, at: str, origin: str, sets: Sequence[str]) -> Asked:
        """Read the options of the command line."""
        bare = weight.replace(".", "", 1).isdigit()
        kg = cb.parse_quantity(f"{weight} kg" if bare else weight, dimension="body mass").value
        times = [
            cb.parse_quantity(t.strip(), dimension="time", where="--at") for t in at.split(",")
        ]
        return cls(
            kg=kg,
            words=tuple(str(t) for t in times),
            hours=tuple(t.value for t in times),
            origin="drug" if origin == "drug" else "time_zero",
            sets=dict(_pair(s) for s in sets),
        )


def _pair(text: str) -> tuple[str, str]:
    name, sign, chosen = text.partition("=")
    if not sign:
        raise InputError(
            Problem(
                what="a kinetic set without its compound",
                where="--set",
                value=text,
                fix="write compound=set, for example ketamine=simons-2022",
            )
        )
    return name, chosen


def conditions(
    study: Protocol, compounds: Mapping[str, Compound], asked: Asked
) -> list[dict[str, object]]:
    """Return one row a condition: every series at the asked times."""
    found = cb.expose(
        study,
        compounds,
        list(asked.hours),
        weight_kg=asked.kg,
        origin=asked.origin,
        sets=dict(asked.sets),
    )
    return [_row(c, asked.words) for c in found]


def _row(c: ConditionExposure, times: Sequence[str]) -> dict[str, object]:
    lines = [
        *(
            (f"{a} in {p.sampling_site} plasma, ng/mL", p.ng_per_ml(a))
            for p in c.plasma.values()
            for a in p.mg_per_l
        ),
        *(
            (f"{receptor} occupied by {name}, %", 100 * o.with_blocker)
            for (name, receptor), o in c.occupancy.items()
        ),
        *(
            (f"{receptor} blocked by {name}, %", 100 * b.fraction)
            for (name, receptor), b in c.blockade.items()
        ),
    ]
    rests_on = [
        *(x for p in c.plasma.values() for x in p.assumed),
        *(x for o in c.occupancy.values() for x in o.assumed),
        *(x for b in c.blockade.values() for x in b.assumed),
    ]
    notes = [
        *(w for p in c.plasma.values() for w in p.warnings),
        *(w for b in c.blockade.values() for w in b.warnings if "overlap" in w),
    ]
    return {
        "condition": c.condition,
        "label": c.label,
        "time_counts_from": c.origin,
        "times": list(times),
        "time_h": c.times_h,
        "values": dict(lines),
        "sets": {
            name: f"{p.set_title} ({p.sampling_site}; {p.population})"
            for name, p in c.plasma.items()
        },
        "notes": list(dict.fromkeys(notes)),
        "assumed": list(dict.fromkeys(rests_on)),
        "missing": c.missing,
    }


def tell(row: Mapping[str, object]) -> None:
    """Print one condition as a table for people."""
    values, times = row["values"], row["times"]
    assert isinstance(values, dict)
    assert isinstance(times, list)
    say(f"{row['label']} (time from {row['time_counts_from']})")
    width = max((len(k) for k in values), default=10)
    say("  " + " " * width + "".join(f"{t:>9}" for t in times))
    for name, series in values.items():
        say(f"  {name:<{width}}" + "".join(f"{v:9.2f}" if v < 10 else f"{v:9.1f}" for v in series))
    for kind in ("notes", "assumed", "missing"):
        for line in row[kind]:  # type: ignore[attr-defined]
            say(f"  {kind}: {line}")


def as_csv(study: Protocol, compounds: Mapping[str, Compound], asked: Asked) -> str:
    """Return every curve on fine times as CSV, one value a row, bands where they are known."""
    found = cb.expose(
        study,
        compounds,
        cb.exposure_times(study),
        weight_kg=asked.kg,
        origin=asked.origin,
        sets=dict(asked.sets),
        band=cb.Stream(SEED, "between persons"),
    )
    text = io.StringIO()
    sheet = csv.writer(text, lineterminator="\n")
    sheet.writerow(HEAD)
    for c in found:
        sheet.writerows(_csv_rows(c))
    return text.getvalue()


def _csv_rows(c: ConditionExposure) -> Iterator[tuple[object, ...]]:
    for p in c.plasma.values():
        for analyte in p.mg_per_l:
            name = f"{analyte} in {p.sampling_site} plasma"
            for t, v in zip(c.times_h, p.ng_per_ml(analyte), strict=True):
                yield c.condition, name, "ng/mL", _plain(t), _plain(v), "", "", "", p.set_title
    for (drug, receptor), o in c.occupancy.items():
        source = "; ".join(s.text for s in o.sources)
        for t, v in zip(c.times_h, o.with_blocker, strict=True):
            name = f"{receptor} occupied by {drug}"
            yield c.condition, name, "%", _plain(t), _plain(100 * v), "", "", "", source
    for (blocker, receptor), b in c.blockade.items():
        source = "; ".join(s.text for s in b.sources)
        for i, t in enumerate(c.times_h):
            sides = ("" if y is None else _plain(100 * y[i]) for y in (b.low, b.high))
            name = f"{receptor} blocked by {blocker}"
            value = _plain(100 * b.fraction[i])
            yield c.condition, name, "%", _plain(t), value, *sides, b.band, source


def _plain(value: float) -> str:
    return f"{float(value):.6g}"
