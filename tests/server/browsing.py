"""A browser at real pages: a server that the test reaches into, and people who check pages."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Browser, Page

from crossblock.server.roles import EVERY_SITE, Role
from tests.server.world import PASSWORD, email

AXE = (Path(__file__).parent / "vendor" / "axe-4.14.1.min.js").read_text()


class Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Silent(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Serve the study of this process on loopback; gives the address."""
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["127.0.0.1", "testserver"])
    server = make_server("127.0.0.1", 0, get_wsgi_application(), Threaded, Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class Person:
    """Somebody at a browser; every page they pass is checked."""

    def __init__(
        self, browser: Browser, address: str, role: Role, shots: Path, login: str = ""
    ) -> None:
        self.context = browser.new_context(viewport={"width": 1000, "height": 900})
        self.page: Page = self.context.new_page()
        self.browser, self.address, self.role, self.shots = browser, address, role, shots
        self.noise: list[str] = []
        self.page.on("console", lambda m: self.noise.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.noise.append(str(e)))
        self.page.goto(f"{address}/accounts/login/")
        self.check()
        at = "all" if role in EVERY_SITE else "a"
        self.page.keyboard.type(login or email(str(role), at))
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(re.compile(f"^{re.escape(address)}/(me/)?$"))
        self.check()

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)
        self.check()

    def check(self) -> None:
        """No violation of axe, nothing wider than 320 px, a picture for people to look at."""
        name = f"{self.role}{self.page.url.removeprefix(self.address)}".replace("/", "_")[:80]
        self.page.screenshot(path=self.shots / f"{name}.png", full_page=True)
        self.page.evaluate(AXE)
        found = self.page.evaluate("axe.run()")
        assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found["violations"]] == []
        self.page.set_viewport_size({"width": 320, "height": 700})
        assert self.page.evaluate("document.documentElement.scrollWidth") <= 320, self.page.url
        self.page.set_viewport_size({"width": 1000, "height": 900})

    def choose(self, answers: dict[str, str]) -> None:
        for name, value in answers.items():
            found = self.page.locator(f'[name="q-{name}"]')
            if found.first.get_attribute("type") == "radio":
                self.page.check(f'[name="q-{name}"][value="{value}"]')
            else:
                found.fill(value)

    def save(self) -> None:
        with self.page.expect_navigation():
            self.page.click("#save")
        self.check()

    def press(self, words: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=words).click()
        self.check()
