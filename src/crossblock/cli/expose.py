"""`crossblock expose PROTOCOL`: what do drug and blocker do, hour by hour?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

import crossblock as cb
from crossblock.cli.output import json_option, print_json, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crossblock.domain.compound import Compound
    from crossblock.exposure.study import ConditionExposure

HELP = """Concentration, receptor occupancy and blockade of every condition of a protocol.

Times count from the protocol's time_zero (for williams-2018: naltrexone intake) unless --from drug.

\b
  crossblock expose williams-2018
  crossblock expose williams-2018 --weight 70 --at "45 min,85 min,24 h,72 h,168 h" --json
  crossblock expose nimh-ketamine-saline --set ketamine=simons-2022
"""


@click.command("expose", help=HELP)
@click.argument("protocol")
@click.option("--weight", default="70", show_default=True, help="Body weight in kg, or with unit.")
@click.option("--at", default="45 min,85 min,24 h,48 h,72 h,168 h,14 d", help="Times to print.")
@click.option("--from", "origin", type=click.Choice(["time_zero", "drug"]), default="time_zero")
@click.option("--set", "sets", multiple=True, help="Kinetic set by compound: ketamine=fanta-2015.")
@json_option
def command(
    protocol: str, weight: str, at: str, origin: str, sets: Sequence[str], as_json: bool
) -> None:
    study = cb.read_protocol(protocol)
    compounds = {name: cb.read_compound(name) for name in study.compound_ids}
    bare = weight.replace(".", "", 1).isdigit()
    kg = cb.parse_quantity(f"{weight} kg" if bare else weight, dimension="body mass").value
    times = [cb.parse_quantity(t.strip(), dimension="time", where="--at") for t in at.split(",")]
    conditions = cb.expose(
        study,
        compounds,
        [t.value for t in times],
        weight_kg=kg,
        origin="drug" if origin == "drug" else "time_zero",
        sets=dict(s.split("=", 1) for s in sets if "=" in s),
    )
    rows = [_row(c, compounds, [str(t) for t in times]) for c in conditions]
    if as_json:
        print_json({"protocol": study.id, "weight_kg": kg, "conditions": rows})
        return
    for row in rows:
        _tell(row)


def _row(
    c: ConditionExposure, compounds: dict[str, Compound], times: Sequence[str]
) -> dict[str, object]:
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
        "notes": list(dict.fromkeys(w for p in c.plasma.values() for w in p.warnings)),
        "assumed": list(dict.fromkeys(rests_on)),
        "missing": c.missing,
    }


def _tell(row: dict[str, object]) -> None:
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
