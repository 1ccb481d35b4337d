"""The server as it is served, with an ear for the time that a played study pretends."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings

from crossblock.server import clock
from crossblock.server.wsgi import application as served

HEARD = "HTTP_X_PRETENDED"
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Answer a request at the moment that it says it is."""
    with clock.pretending(clock.moment(environ[HEARD])):
        return list(served(environ, start))
