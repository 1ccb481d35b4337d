"""What every page shows around its content: who is in, where to go, which study, which warnings."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest

from crossblock.server import study
from crossblock.server.roles import Actor, Role, Thing
from crossblock.server.trial.state import locked


@dataclass(frozen=True, kw_only=True, slots=True)
class Door:
    """One entry of the menu."""

    path: str
    words: str
    thing: Thing
    folded: bool = False
    """Of a long menu, behind "More": what is opened now and then."""


MOST_DOORS = 8
"""A menu of more than these folds, so that the header stays two lines at most."""
MENU = (
    Door(path="/participants/", words="Participants", thing=Thing.PARTICIPANTS),
    Door(path="/schedule/", words="Schedule", thing=Thing.SCHEDULE),
    Door(path="/queries/", words="Queries", thing=Thing.QUERIES),
    Door(path="/completeness/", words="Completeness", thing=Thing.COMPLETENESS, folded=True),
    Door(path="/flow/", words="Flow", thing=Thing.FLOW, folded=True),
    Door(path="/safety/", words="Safety", thing=Thing.SAFETY),
    Door(path="/harm/", words="Harm count", thing=Thing.HARM, folded=True),
    Door(path="/stock/", words="Kit stock", thing=Thing.STOCK, folded=True),
    Door(path="/deviations/", words="Deviations", thing=Thing.DEVIATIONS),
    Door(path="/unblindings/", words="Unblindings", thing=Thing.UNBLINDING, folded=True),
    Door(path="/audit/", words="Audit trail", thing=Thing.AUDIT),
    Door(path="/people/", words="People", thing=Thing.PEOPLE, folded=True),
    Door(path="/amendments/", words="Amendments", thing=Thing.AMEND, folded=True),
    Door(path="/sealed/", words="Sealed results", thing=Thing.SEALED, folded=True),
    Door(path="/jobs/", words="Jobs", thing=Thing.JOBS, folded=True),
    Door(path="/lock/", words="Lock", thing=Thing.LOCK, folded=True),
)


HTMX = Path(__file__).parent.parent / "static" / "crossblock" / "htmx-2.0.11.min.js"
HTMX_SHA256 = "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"
"""Of the file in the npm package htmx.org 2.0.11; the browser refuses any other."""


@cache
def htmx_integrity() -> str:
    """Return the integrity attribute of the vendored script, from its pinned hash."""
    return "sha256-" + base64.b64encode(bytes.fromhex(HTMX_SHA256)).decode()


def vendored_is_intact() -> bool:
    """Tell whether the vendored script is the pinned one."""
    return hashlib.sha256(HTMX.read_bytes()).hexdigest() == HTMX_SHA256


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return what the frame of every page needs."""
    actor: Actor | None = getattr(request, "actor", None)
    now = study.current()
    menu = [d for d in MENU if actor and actor.may("r", d.thing)]
    if actor and actor.roles == {Role.PARTICIPANT}:
        menu = []
    folds = len(menu) > MOST_DOORS
    path = getattr(request, "path", "")
    return {
        "actor": actor,
        "menu": [d for d in menu if not (folds and d.folded)],
        "folded": [d for d in menu if folds and d.folded],
        "in_folded": folds and any(d.folded and d.path == path for d in menu),
        "my_roles": ", ".join(sorted(actor.roles)) if actor else "",
        "study": now,
        "study_title": now.protocol.title,
        "dry_run": now.dry_run,
        "htmx_integrity": htmx_integrity(),
        "locked": actor is not None and locked(),
    }
