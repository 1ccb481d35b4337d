"""What every page of a clinic shows around its content."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from crossblock.server.clinic import house
from crossblock.server.clinic.access import LEAD, PATIENT, WORDS, Act, may
from crossblock.server.pages.frame import htmx_integrity
from crossblock.server.roles import Actor, Thing

MENU = (
    ("/", "Patients", Act.PATIENTS),
    ("/risk/", "Pages of risk", Act.RISK),
    ("/quality/", "Quality board", Act.QUALITY),
    ("/export/", "Export", Act.EXPORT),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return who is in, where they can go, and whose clinic it is."""
    actor: Actor | None = getattr(request, "actor", None)
    menu = [(path, words) for path, words, act in MENU if actor and may(actor, "r", act)]
    if actor and actor.may("r", Thing.PEOPLE):
        menu.append(("/people/", "People"))
    if actor and LEAD in actor.roles:
        menu.append(("/audit/", "Audit trail"))
    if actor and actor.roles == {PATIENT}:
        menu = []
    now = house.current()
    return {
        "actor": actor,
        "menu": menu,
        "my_roles": ", ".join(sorted(WORDS.get(r, r) for r in actor.roles)) if actor else "",
        "house": now,
        "study_title": now.name,
        "htmx_integrity": htmx_integrity(),
    }
