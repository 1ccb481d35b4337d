"""Is the server well? For whatever watches it; it tells nothing about the study."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from crossblock.server.record.models import Head


def health(request: HttpRequest) -> HttpResponse:
    """Answer "well" when the database answers; a lost database is a 503 page."""
    Head.objects.first()
    return HttpResponse("well\n", content_type="text/plain")


health.access = (None, "r")  # type: ignore[attr-defined]
