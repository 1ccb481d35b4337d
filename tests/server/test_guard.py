"""What stands around every request: lost database, refusal, defect become pages, not tracebacks."""

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from crossblock.server import guard
from crossblock.server.pages import health, overview
from crossblock.server.record.models import Head
from crossblock.server.roles import Role
from tests.server.web import client, text_of
from tests.server.world import World


def test_a_lost_database_is_said_and_recovers_alone(
    lite: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("server closed the connection")

    with monkeypatch.context() as broken:
        broken.setattr(
            health, "Head", type("Gone", (), {"objects": type("O", (), {"first": lost})})
        )
        answer = Client().get("/health/")
    assert answer.status_code == 503
    assert "Nothing was saved" in text_of(answer)
    assert "server closed" not in answer.content.decode()
    assert Client().get("/health/").status_code == 200
    assert Head.objects.exists()


def test_a_defect_shows_nothing_of_itself(lite: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any) -> None:
        raise ValueError("naltrexone-first in a local variable")

    monkeypatch.setattr(overview, "grid", broken)
    web = client(lite, Role.COORDINATOR)
    web.raise_request_exception = False
    answer = web.get("/schedule/")
    assert answer.status_code == 500
    assert "naltrexone" not in answer.content.decode()
    assert "Traceback" not in answer.content.decode()


def test_headers_on_every_kind_of_answer(lite: World) -> None:
    web = client(lite, Role.COORDINATOR)
    for path in ("/", "/nowhere/", "/static/crossblock/page.css", "/health/"):
        answer = web.get(path)
        assert answer["Content-Security-Policy"] == guard.POLICY
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_session_of_thirteen_hours_ends(lite: World, monkeypatch: pytest.MonkeyPatch) -> None:
    web = client(lite, Role.COORDINATOR)
    web.get("/participants/")
    began = web.session["began"]
    for hour in range(1, 14):
        for part in range(6):
            now = began + hour * 3600 + part * 600
            monkeypatch.setattr(guard.time, "time", lambda now=now: now)
            status = web.get("/health/").status_code
    assert status == 200
    assert web.get("/participants/").status_code == 302
