"""Who sees and does what in a clinic: the server's roles under a clinic's words, one table.

Clinician and nurse see the patients they care for, a patient sees only themselves, the quality lead
sees counts and the audit trail but no patient. What somebody may not see is not found; the try, and
the first look at a patient in ten minutes, are audit events.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from crossblock.core.errors import Problem
from crossblock.server import clock
from crossblock.server.clinic.models import Care
from crossblock.server.pages import trouble
from crossblock.server.pages.access import refuse
from crossblock.server.record import door
from crossblock.server.record.models import Event, Participant
from crossblock.server.roles import Actor, RefusedError, Role, Thing

CLINICIAN, NURSE = Role.INVESTIGATOR, Role.COORDINATOR
LEAD, ADMINISTRATOR, PATIENT = Role.MONITOR, Role.SPONSOR, Role.PARTICIPANT
WORDS = {
    CLINICIAN: "clinician",
    NURSE: "session nurse",
    LEAD: "quality lead",
    ADMINISTRATOR: "administrator",
    PATIENT: "patient",
}
"""What the server's roles are called here."""
STAFF = {role: words for role, words in WORDS.items() if role is not PATIENT}
"""The roles that are asked for on the page of people; a patient's comes with their account."""


class Act(StrEnum):
    """A kind of page of the clinic."""

    PATIENTS = "patients and their courses"
    INTAKE = "intake"
    SESSION = "sessions"
    RATING = "ratings by a clinician"
    OWN = "the patient's own questionnaires"
    PLAN = "long-term plan"
    OVERRIDE = "opening a shut gate"
    RISK = "pages of risk"
    CARE = "who cares for whom"
    QUALITY = "quality board"
    EXPORT = "de-identified export"


TABLE: dict[Act, tuple[Thing, dict[Role, str]]] = {
    Act.PATIENTS: (Thing.PARTICIPANTS, {CLINICIAN: "w", NURSE: "r"}),
    Act.INTAKE: (Thing.ELIGIBILITY, {CLINICIAN: "w", NURSE: "r"}),
    Act.SESSION: (Thing.DOSING, {CLINICIAN: "w", NURSE: "w"}),
    Act.RATING: (Thing.OUTCOME_FORMS, {CLINICIAN: "w", NURSE: "w"}),
    Act.OWN: (Thing.SELF_FORMS, {PATIENT: "w", CLINICIAN: "w", NURSE: "w"}),
    Act.PLAN: (Thing.ELIGIBILITY, {CLINICIAN: "w", NURSE: "r"}),
    Act.OVERRIDE: (Thing.GATE, {CLINICIAN: "w"}),
    # a lead only ever sees a page of risk that calls them, since nobody else could be called
    Act.RISK: (Thing.ALERTS, {CLINICIAN: "w", NURSE: "w", LEAD: "w"}),
    Act.CARE: (Thing.PARTICIPANTS, {CLINICIAN: "w"}),
    Act.QUALITY: (Thing.COMPLETENESS, {CLINICIAN: "r", LEAD: "r"}),
    Act.EXPORT: (Thing.JOBS, {LEAD: "w"}),
}
LOOK_MIN = 10


def may(actor: Actor, verb: str, act: Act) -> bool:
    """Tell whether somebody sees ("r") or writes ("w") this kind of page at all."""
    letters = {TABLE[act][1].get(role, "-") for role in actor.roles}
    return "w" in letters or (verb == "r" and "r" in letters)


def require(actor: Actor, act: Act, participant: Participant | None = None) -> Thing:
    """Return the door's thing for an act; RefusedError unless this person may write it here."""
    mine = participant is None or sees(actor, participant)
    if not (may(actor, "w", act) and mine):
        why = ", ".join(sorted(WORDS.get(r, r) for r in actor.roles)) or "no role"
        raise RefusedError(
            Problem(what=f"{actor.name} may not write this", where=str(act), why=f"here: {why}")
        )
    return TABLE[act][0]


def own_patients(actor: Actor) -> Any:
    """Return the patients whom somebody cares for now."""
    mine = Care.objects.filter(person_id=actor.person_id)
    later = Q(seq__gt=OuterRef("seq")) | Q(seq=OuterRef("seq"), pk__gt=OuterRef("pk"))
    newer = mine.filter(later, participant=OuterRef("participant"))
    held = mine.filter(~Exists(newer), holds=True)
    return Participant.objects.filter(pk__in=held.values("participant"))


def sees(actor: Actor, participant: Participant) -> bool:
    """Tell whether a patient is somebody's own: themselves, or cared for."""
    if actor.participant_code:
        return str(participant.code) == actor.participant_code
    return bool(own_patients(actor).filter(pk=participant.pk).exists())


def page(
    act: Act | None, verb: str = "r", methods: str = "GET"
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Open a view to those who may `verb` an act (None: to everybody who is in)."""
    allowed = methods.split()

    def wrap(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in allowed:
                return HttpResponseNotAllowed(allowed)
            actor: Actor | None = request.actor
            if actor is None and request.method == "POST":
                return trouble.signed_out(request)
            if actor is None:
                return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
            if act is not None and not may(actor, verb, act):
                refuse(actor, request)
            return view(request, *args, **kwargs)

        guarded.access = (act, verb)  # type: ignore[attr-defined]
        guarded.methods = tuple(allowed)  # type: ignore[attr-defined]
        return guarded

    return wrap


def patient(request: HttpRequest, code: str) -> Participant:
    """Return a patient whom this person may see, noting the look; or say there is none."""
    actor: Actor = request.actor
    found = Participant.objects.filter(code=code).first()
    if found is None or not sees(actor, found):
        refuse(actor, request)
    since = clock.text(clock.now() - timedelta(minutes=LOOK_MIN))
    looked = Event.objects.filter(
        action="patient.look", actor=actor.ref, participant=code, at__gte=since
    )
    if not looked.exists():
        door.note(actor, "patient.look", participant=code, path=request.path[:200])
    return found
