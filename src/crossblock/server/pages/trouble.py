"""Pages for what went wrong. They say the same to everybody, whatever lies behind them.

What had been typed comes back on each of them, so that nobody types it twice.
"""

from __future__ import annotations

import sys
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import BadRequest, DisallowedHost, SuspiciousOperation
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from crossblock.core.errors import CrossblockError

NOT_TYPED = frozenset({"csrfmiddlewaretoken", "key", "base", "device_at", "what", "number", "next"})
SECRET = frozenset({"password", "password1", "password2", "oldpassword", "code"})
Typed = list[tuple[str, str]]


def typed_in(request: HttpRequest) -> Typed:
    """Return what somebody typed into a form, by field; never a password or a one-time code.

    Only of a form of this server: what another site sent is not shown back.
    """
    if request.method != "POST" or not _own(request):
        return []
    try:
        sent = request.POST
    except (BadRequest, SuspiciousOperation, OSError):
        return []  # too large to be read
    hidden = NOT_TYPED | SECRET
    return [(k.removeprefix("q-"), v) for k, v in sent.items() if v.strip() and k not in hidden]


def _own(request: HttpRequest) -> bool:
    """Tell whether a request came from a page of this server, as far as the browser says so."""
    came = request.headers.get("Origin") or request.headers.get("Referer") or ""
    try:
        return not came or urlsplit(came).netloc == request.get_host()
    except (ValueError, DisallowedHost):
        return False


def refused(request: HttpRequest, error: CrossblockError) -> HttpResponse:
    """Say in sentences why something was not done."""
    context = {"problems": error.problems, "back": _back(request), "typed": typed_in(request)}
    return render(request, "trouble/refused.html", context, status=409)


def signed_out(request: HttpRequest) -> HttpResponse:
    """Say that the session has ended meanwhile, and show what was typed."""
    return _alone(request, "signed_out", 403, login=settings.LOGIN_URL)


def no_database(request: HttpRequest) -> HttpResponse:
    """Say that nothing was saved, and that trying again is safe."""
    return _alone(request, "no_database", 503)


def not_witnessed(request: HttpRequest) -> HttpResponse:
    """Say that it was saved, and that the witness file could not be written."""
    return HttpResponse(render_to_string("trouble/not_witnessed.html"), status=507)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that there is no such page, whether or not there is one for somebody else."""
    return render(request, "trouble/not_found.html", status=404)


def not_allowed(request: HttpRequest, methods: list[str]) -> HttpResponse:
    """Say that the address is reached by its button only: a reload, or a link that somebody kept.

    It says the same to whoever may and may not press it.
    """
    back = request.path.rstrip("/").rpartition("/")[0] + "/"
    response = _alone(request, "not_allowed", 405, back=back)
    response["Allow"] = ", ".join(methods)
    return response


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the form came from another page or an old one."""
    return _alone(request, "csrf", 403)


def failed(request: HttpRequest) -> HttpResponse:
    """Say that the server failed; nothing of it is shown. A lost database is said as such."""
    if isinstance(sys.exc_info()[1], DatabaseError):
        return no_database(request)
    return _alone(request, "failed", 500)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that the request could not be read."""
    return _alone(request, "bad_request", 400)


def _alone(request: HttpRequest, name: str, status: int, **more: str) -> HttpResponse:
    """Return a page that asks nothing of the database."""
    words = {"typed": typed_in(request) if status != 400 else [], **more}
    return HttpResponse(render_to_string(f"trouble/{name}.html", words), status=status)


def _back(request: HttpRequest) -> str:
    """Return where a refused form came from: its own address, never one that the request names."""
    return request.path if request.method == "POST" else "/"
