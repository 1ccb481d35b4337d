"""Real Chromium on a clinic that a thread of this process serves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Browser, Page

AXE = Path(__file__).parents[1] / "vendor" / "axe-4.14.1.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[str]:
    """Serve Django's pages as they are set now; yield the address."""
    server = make_server("127.0.0.1", 0, get_wsgi_application(), Threads, Quiet)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def window(browser: Browser, width: int = 1100, height: int = 900) -> Iterator[Page]:
    """Open a window of a person of their own."""
    context = browser.new_context(viewport={"width": width, "height": height})
    try:
        yield context.new_page()
    finally:
        context.close()


def sign_in(page: Page, base: str, email: str, password: str) -> None:
    page.goto(f"{base}/accounts/login/")
    page.fill("#id_login", email)
    page.fill("#id_password", password)
    page.click("button[type=submit] >> nth=0")


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong with the page, one line each."""
    # the content policy forbids inline scripts; evaluate goes round it as the developer tools do
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "async (rules) => (await axe.run(document, {runOnly: rules})).violations", RULES
    )
    return [f"{v['id']}: {json.dumps([n['html'] for n in v['nodes']])[:300]}" for v in found]


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def answer(page: Page, answers: dict[str, Any]) -> None:
    """Type answers into the form on the page as a person would."""
    for key, value in answers.items():
        text = f"{value:g}" if isinstance(value, float) else str(value)
        radio = page.locator(f'input[type=radio][name="q-{key}"][value="{text}"]')
        if radio.count():
            radio.check()
        else:
            page.fill(f'[name="q-{key}"]', text)
