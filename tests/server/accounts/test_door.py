"""Every try to come in is an event, and nothing that was typed is kept in clear."""

import hashlib
import json

from django.test import Client

from crossblock.server.accounts.door import AccountAdapter
from crossblock.server.record.models import Event
from crossblock.server.roles import Role
from tests.server.world import PASSWORD, World


def test_logins_are_events_and_a_mistyped_password_is_not_kept(lite: World) -> None:
    web = Client()
    typed = "my-secret-password@wrong-field.org"
    web.post("/accounts/login/", {"login": typed, "password": "x"})
    refused = Event.objects.get(action="login.refused")
    assert typed not in refused.body
    assert hashlib.sha256(typed.encode()).hexdigest() not in refused.body  # an address is guessed
    web.post("/accounts/login/", {"login": typed.upper(), "password": "y"})
    hashes = [json.loads(e.body)["facts"] for e in Event.objects.filter(action="login.refused")]
    assert hashes[0] == hashes[1]
    web.post("/accounts/login/", {"login": "monitor-all@example.org", "password": PASSWORD})
    body = Event.objects.get(action="login").body
    assert lite.actor(Role.MONITOR).ref in body
    assert "monitor-all" not in body


def test_nobody_signs_up() -> None:
    assert AccountAdapter().is_open_for_signup(None) is False
