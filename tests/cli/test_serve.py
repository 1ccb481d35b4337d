"""`crossblock serve`: answers in seconds on loopback, and refuses to go without TLS."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.cli.test_audit import run, study

__all__ = ["study"]


def answer(port: int, until: float) -> bytes:
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/", timeout=2) as page:
                return bytes(page.read())
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    return b""


def test_it_serves_and_stops(study: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "crossblock.cli", "serve", str(study), "--port", str(port),
         "--workers", "1"],
        stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert answer(port, time.monotonic() + 60) == b"well\n"
    finally:
        server.terminate()
        server.communicate(timeout=30)


def test_without_tls_or_a_study(study: Path, tmp_path: Path) -> None:
    open_network = run("serve", str(study), "--host", "trial.example.org")
    assert open_network.returncode == 2
    assert "not served without TLS" in open_network.stderr
    assert run("serve").returncode == 2
    missing = run("serve", str(tmp_path))
    assert missing.returncode == 2
    assert "crossblock serve --demo" in missing.stderr
