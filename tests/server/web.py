"""A browser without a window: Django's client as one of the people of a test study."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.test import Client

from crossblock.server.roles import Role
from tests.server.world import World

ZONES = {"a": "Europe/Berlin", "b": "America/New_York"}


def client(world: World, role: Role | str, site: str = "a", *, csrf: bool = False) -> Client:
    """Return a signed-in client of a role."""
    found = Client(enforce_csrf_checks=csrf)
    found.force_login(world.person(role, site))
    return found


def hidden(page: Any) -> dict[str, str]:
    """Return the hidden fields of the sheet on a page."""
    text = page.content.decode()
    rows = re.findall(r'<input type="hidden" name="(key|base)" value="([^"]*)">', text)
    return dict(rows)


def local(moment: datetime | None = None, site: str = "a") -> str:
    """Return a moment as a form's time field of a site holds it."""
    found = moment or datetime.now(UTC) - timedelta(minutes=1)
    return found.astimezone(ZoneInfo(ZONES[site])).strftime("%Y-%m-%dT%H:%M")


def fill(web: Client, path: str, answers: dict[str, Any], **more: str) -> Any:
    """Open a form, type the answers, and save."""
    page = web.get(path)
    assert page.status_code == 200, (path, page.status_code)
    typed = {f"q-{k}": f"{v:g}" if isinstance(v, float) else v for k, v in answers.items()}
    return web.post(path, {**hidden(page), "occurred": local(), **typed, **more})


def text_of(page: Any) -> str:
    """Return a page's text without tags, entities resolved, spaces joined."""
    plain = re.sub(r"<[^>]+>", " ", page.content.decode())
    return re.sub(r"\s+", " ", html.unescape(plain))
