"""Who may open a page. Every view carries its access; a page without it does not exist.

What somebody may not see is not found (never forbidden: that would say that it is there), and the
try is an audit event.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse

from crossblock.server import study
from crossblock.server.pages import trouble
from crossblock.server.record import door
from crossblock.server.record.models import Participant
from crossblock.server.roles import Actor, Thing
from crossblock.server.trial.state import visible

View = Callable[..., HttpResponse]
NOTES_A_MINUTE = 30


def page(thing: Thing | None, verb: str = "r", methods: str = "GET") -> Callable[[View], View]:
    """Open a view to those who may `verb` a thing (None: to everybody who is in)."""
    allowed = methods.split()

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in allowed:
                return trouble.not_allowed(request, allowed)
            actor: Actor | None = request.actor
            if actor is None and request.method == "POST":
                return trouble.signed_out(request)
            if actor is None:
                return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
            if thing is not None and not actor.may(verb, thing):
                refuse(actor, request)
            return view(request, *args, **kwargs)

        guarded.access = (thing, verb)  # type: ignore[attr-defined]
        guarded.methods = tuple(allowed)  # type: ignore[attr-defined]
        return guarded

    return wrap


def refuse(actor: Actor, request: HttpRequest) -> NoReturn:
    """Note that somebody tried, and say that there is no such page."""
    if door.recent("page.refused", actor, 60) < NOTES_A_MINUTE:
        door.note(actor, "page.refused", path=request.path[:200], method=request.method)
    raise Http404


def participant(request: HttpRequest, code: str, thing: Thing = Thing.PARTICIPANTS) -> Participant:
    """Return a participant whom this person may see for a thing, or say there is none."""
    actor: Actor = request.actor
    if actor.participant_code:
        found = Participant.objects.filter(code=actor.participant_code, code__exact=code).first()
    else:
        found = visible(actor, thing).filter(code=code).first()
    if found is None:
        refuse(actor, request)
    return found


def zone_of(site: str) -> str:
    """Return the time zone of a site."""
    return str(study.current().conduct.site(site).zone)
