"""What stands around every request: headers, session age, who is acting, and refusals as pages."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse

from crossblock.core.errors import CrossblockError
from crossblock.server.accounts.people import actor_of
from crossblock.server.pages import trouble
from crossblock.server.record.witness import NotWitnessedError

Respond = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger("crossblock.server")
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
STEP_S = 30
"""The session notes a request at most this often, so that reading writes little."""


def headers(get_response: Respond) -> Respond:
    """Add the content policy and keep pages out of every cache."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Content-Security-Policy"] = POLICY
        response["Cross-Origin-Opener-Policy"] = "same-origin"
        response["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        if not request.path.startswith(settings.STATIC_URL):
            response["Cache-Control"] = "no-store"
        return response

    return respond


def session_age(get_response: Respond) -> Respond:
    """End a session after so long without a request, and after twelve hours in any case."""

    def respond(request: HttpRequest) -> HttpResponse:
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            now = time.time()
            began = request.session.setdefault("began", now)
            seen = request.session.get("seen", now)
            old = now - began > settings.SESSION_COOKIE_AGE
            if old or now - seen > settings.SESSION_IDLE_S:
                logout(request)
            elif now - seen > STEP_S or "seen" not in request.session:
                request.session["seen"] = now
        return get_response(request)

    return respond


def actor(get_response: Respond) -> Respond:
    """Say who is acting: read anew at every request, so an ended role ends at once."""

    def respond(request: HttpRequest) -> HttpResponse:
        user = getattr(request, "user", None)
        known = user is not None and user.is_authenticated
        request.actor = actor_of(user) if user is not None and known else None
        return get_response(request)

    return respond


class Refusals:
    """Turn what a person did, or a lost database, into a page with sentences."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> Any:
        if isinstance(error, CrossblockError):
            return trouble.refused(request, error)
        if isinstance(error, NotWitnessedError):
            log.error("witness: %s", error)
            return trouble.not_witnessed(request)
        if isinstance(error, DatabaseError):
            log.error("database: %s", type(error).__name__)
            return trouble.no_database(request)
        return None


refusals = Refusals
