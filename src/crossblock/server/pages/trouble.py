"""Pages for what went wrong. They say the same to everybody, whatever lies behind them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from crossblock.core.errors import CrossblockError


def refused(request: HttpRequest, error: CrossblockError) -> HttpResponse:
    """Say in sentences why something was not done."""
    context = {"problems": error.problems, "back": _back(request)}
    return render(request, "trouble/refused.html", context, status=409)


def no_database(request: HttpRequest) -> HttpResponse:
    """Say that nothing was saved, and that trying again is safe."""
    return render(request, "trouble/no_database.html", status=503)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that there is no such page, whether or not there is one for somebody else."""
    return render(request, "trouble/not_found.html", status=404)


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the form came from another page or an old one."""
    return render(request, "trouble/csrf.html", status=403)


def failed(request: HttpRequest) -> HttpResponse:
    """Say that the server failed; nothing of it is shown."""
    return render(request, "trouble/failed.html", status=500)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that the request could not be read."""
    return render(request, "trouble/bad_request.html", status=400)


def _back(request: HttpRequest) -> str:
    """Return where a refused form came from: its own address, never one that the request names."""
    return request.path if request.method == "POST" else "/"
