"""A browser over real HTTP and the server that it talks to: gunicorn in a process of its own.

The server's clock follows what the browser says it is, so that a year can be played in minutes.
That ear exists here only; what is served to people has none.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from crossblock.server import clock

ROOT = Path(__file__).parents[2]
CLOCK = "X-Pretended"
TOKEN = "a" * 32
BOUNDARY = "a-boundary-that-no-file-here-holds"
STARTS_S = 120


@dataclass
class Answer:
    """What came back, in the words of the framework's own test browser."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes

    def __getitem__(self, name: str) -> str:
        return self.headers[name]


@dataclass(kw_only=True)
class Browser:
    """Cookies, forms and files over one connection, as the framework's test browser has them."""

    port: int
    cookies: dict[str, str] = field(default_factory=lambda: {"csrf": TOKEN})

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, b"", {})

    def post(self, path: str, sent: Mapping[str, Any]) -> Answer:
        fields = {"csrfmiddlewaretoken": self.cookies["csrf"], **sent}
        if any(hasattr(v, "read") for v in fields.values()):
            kind = f"multipart/form-data; boundary={BOUNDARY}"
            return self._ask("POST", path, _parts(fields), {"Content-Type": kind})
        kind = "application/x-www-form-urlencoded"
        return self._ask("POST", path, urlencode(fields).encode(), {"Content-Type": kind})

    def _ask(self, method: str, path: str, body: bytes, more: Mapping[str, str]) -> Answer:
        cookie = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        head = {"Cookie": cookie, CLOCK: clock.text(clock.now()), **more}
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        try:
            link.request(method, path, body=body, headers=head)
            answer = link.getresponse()
            content = answer.read()
        finally:
            link.close()
        for line in answer.msg.get_all("Set-Cookie") or ():
            found = re.match(r"([^=]+)=([^;]*)", line)
            assert found is not None
            self.cookies[found[1]] = found[2].strip('"')
        return Answer(answer.status, dict(answer.getheaders()), content)


def _parts(fields: Mapping[str, Any]) -> bytes:
    out = b""
    for name, value in fields.items():
        is_file = hasattr(value, "read")
        named = f'; filename="{value.name}"' if is_file else ""
        content = value.read() if is_file else str(value).encode()
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
        out += head.encode() + content + b"\r\n"
    return out + f"--{BOUNDARY}--\r\n".encode()


@contextlib.contextmanager
def served(folder: Path) -> Iterator[int]:
    """Serve a study's folder by gunicorn on loopback; yield the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [
        sys.executable, "-m", "gunicorn", "tests.server.pretending:application", "--bind",
        f"127.0.0.1:{port}", "--worker-class", "gthread", "--threads", "4", "--log-level", "error",
    ]  # fmt: skip
    more = {"CROSSBLOCK_STUDY": str(folder), "CROSSBLOCK_DATABASE": ""}
    paths = os.pathsep.join(p for p in (os.environ.get("PYTHONPATH", ""), str(ROOT)) if p)
    server = subprocess.Popen(command, env={**os.environ, **more, "PYTHONPATH": paths}, cwd=ROOT)
    try:
        _wait(server, port)
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(10 * STARTS_S):
        if server.poll() is not None:
            raise RuntimeError(f"the server left with {server.returncode}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise RuntimeError("the server did not start")
