"""What the model projects for groups under each long-term option, made by a worker.

One job serves the whole clinic: the figures are of virtual people, not of any patient here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crossblock.server import clock
from crossblock.server.jobs.models import Job
from crossblock.server.record import door
from crossblock.server.record.appended import canonical
from crossblock.server.roles import Actor

KIND = "clinic-projection"
REGIMENS = {
    "continue": "ketamine-induction-maintenance",
    "space": "monthly",
    "taper": "taper",
    "stop": "induction-only",
}
"""The regimen or policy of the forecast that stands for an option; others cannot be projected."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Projected:
    """One option over a year: days of 100 in response, relapse after response, sessions, and the
    dependence index relative to a daily full mu agonist; intervals are 95 % of what the model's
    constants allow, the index's from lowest to highest mechanism."""

    days: tuple[float, float, float]
    relapsed: tuple[float, float, float]
    index: tuple[float, float, float]
    sessions: float


def want(actor: Actor) -> None:
    """Ask a worker for the projection, once for the clinic."""
    if Job.objects.filter(kind=KIND, state__in=("waiting", "running", "done")).exists():
        return
    made = Job.objects.create(
        kind=KIND, wanted=canonical({}), by_id=actor.person_id, asked=clock.now()
    )
    door.note(actor, "job.want", job=made.pk, kind=KIND)


def kept(found: Mapping[str, Any]) -> str:
    """Return what the engine projected (outcomes by option) as the text that the job keeps."""

    def three(o: Mapping[str, Any], digits: int, inside: str, scale: float = 1.0) -> list[float]:
        low, high = getattr(o, inside)
        return [round(scale * float(x), digits) for x in (o.mean, low, high)]  # type: ignore[attr-defined]

    return canonical(
        {
            option: {
                "days": three(o["time-in-response"], 0, "constants", 100.0),
                "relapsed": three(o["relapsed"], 0, "constants", 100.0),
                "index": three(o["dependence"], 4, "between_mechanisms"),
                "sessions": round(float(o["sessions"].mean), 1),
            }
            for option, o in found.items()
        }
    )


def newest() -> dict[str, Projected]:
    """Return the projection by option; empty while none is made."""
    job = Job.objects.filter(kind=KIND, state="done").order_by("-pk").first()
    rows = json.loads(job.result) if job else {}
    return {
        option: Projected(
            days=tuple(row["days"]),
            relapsed=tuple(row["relapsed"]),
            index=tuple(row["index"]),
            sessions=row["sessions"],
        )
        for option, row in rows.items()
    }
