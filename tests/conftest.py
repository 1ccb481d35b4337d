"""What holds for the whole suite."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

# A browser driven in the same process leaves an event loop running in its thread, and the web
# framework would then refuse every database call of the tests that come after.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking"]  # fmt: skip


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Return one real browser a module: its driver's event loop cannot be started twice.

    No longer than a module: under a running loop the web framework keeps another set of database
    connections, and a forked child, where the loop does not run, would find those of other tests.

    Loudly skipped where there is no browser, required by REQUIRE=chromium.
    """
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        words = "Chromium is not installed: no page is looked at in a real browser"
        if "chromium" in os.environ.get("REQUIRE", ""):
            pytest.fail(words)
        pytest.skip(words)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()
