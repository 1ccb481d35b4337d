"""Every page in real Chromium, as each role: axe finds nothing and 320 px are enough."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Browser

from crossblock.server import addresses, desk
from crossblock.server.accounts import models as accounts
from crossblock.server.jobs import work
from crossblock.server.rehearsal import participant_account
from crossblock.server.roles import Role
from tests.server.browsing import Person, served
from tests.server.world import HAMD17, PASSWORD, World

pytestmark = [pytest.mark.chromium, pytest.mark.slow]


@pytest.fixture
def address(lite: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with served(monkeypatch) as found:
        yield found


NOT_WALKED = ("logout",)


def test_every_page_that_a_role_may_open(
    chromium: Browser, lite: World, address: str, tmp_path: Path
) -> None:
    """Each address once a role, wherever it is a page: axe finds nothing, 320 px are enough.

    The doors of the accounts are the same for all, and looked at once.
    """
    person = lite.started()
    lite.rate(person, answers={**HAMD17, "item3": 3.0})  # an alert
    own = participant_account(person.code, PASSWORD, "participant-1@example.org").email
    for kind in ("export", "verify"):
        work.want(lite.actor(Role.MONITOR), kind)
        desk.work(once=True)
    walked, doors = Counter[str](), set[tuple[str, str]]()
    for role in Role:
        web, seen = Client(), doors.copy()
        login = own if role is Role.PARTICIPANT else lite.actor(role).email
        web.force_login(accounts.Person.objects.get(email=login))
        somebody = Person(chromium, address, role, tmp_path, login)
        for found in addresses.every(person):
            key = (found.name, str(found.kwargs.get("form", "")))
            if key in seen or found.name.endswith(NOT_WALKED) or "GET" not in found.methods:
                continue
            answer = web.get(found.path)
            if answer.status_code != 200 or "text/html" not in answer["Content-Type"]:
                continue
            seen.add(key)
            if found.path.startswith("/accounts/"):
                doors.add(key)
            somebody.open(found.path)
            walked[found.name] += 1
        assert [n for n in somebody.noise if "404" not in n] == [], role
        somebody.context.close()
    assert {"timeline", "form", "me", "lock", "audit", "sealed", "jobs", "stock"} <= set(walked)
    assert {"safety", "alert", "code_break", "people", "amendments", "history"} <= set(walked)
    assert sum(walked.values()) > 110


def test_from_an_invitation_to_a_password(
    chromium: Browser, lite: World, address: str, tmp_path: Path
) -> None:
    """The address that a sponsor hands over, opened: each page on the way is checked."""
    sponsor = Person(chromium, address, Role.SPONSOR, tmp_path, "sponsor-1@example.org")
    page = sponsor.page
    sponsor.open("/people/")
    page.fill("#name", "Ottilie Quast")
    page.fill("#email", "ottilie@quast.example")
    with page.expect_navigation():
        page.click("button:has-text('Invite')")
    sponsor.check()
    handed = page.locator("section.receipt code").nth(1).inner_text()
    sponsor.open(handed.removeprefix(address))
    for chosen in ("short", PASSWORD):
        page.fill("#id_password1", chosen)
        page.fill("#id_password2", chosen)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        sponsor.check()
    assert page.inner_text("h1") == "Your password is kept"
    sponsor.open(handed.removeprefix(address))
    assert page.inner_text("h1") == "This address opens nothing"
    assert sponsor.noise == []
    sponsor.context.close()
    newcomer = Person(chromium, address, Role.SPONSOR, tmp_path, "ottilie@quast.example")
    assert "Sign out" in newcomer.page.inner_text("body")
    newcomer.context.close()
