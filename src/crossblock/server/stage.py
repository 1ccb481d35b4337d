"""Hands on the pages: what a person does in the browser, done by a script over HTTP.

Used to fill a demonstration and to prove the whole way on virtual people. Every act goes through
the pages that people use, with their roles and their refusals; nothing is written past them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from crossblock.core.errors import CrossblockError, Problem
from crossblock.server import clock, study
from crossblock.server.roles import EVERY_SITE, Role

HIDDEN = re.compile(r'<input type="hidden" name="(key|base)" value="([^"]*)">')
HANDED = re.compile(r"https?://[^/\s]+(/accounts/password/[^<\s]+)")
KIT = re.compile(r'<code class="kit">([^<]+)</code>')
HOST = "127.0.0.1"


@dataclass(kw_only=True)
class Stage:
    """Signed-in people of every role, by role and site."""

    password: str
    browser: Callable[[], Any] = lambda: Client(SERVER_NAME=HOST)
    """Makes a browser: the framework's own in this process, or one that goes over the network."""
    clients: dict[tuple[Role, str], Any] = field(default_factory=dict)
    requests: int = 0

    def who(self, role: Role, site: str, path: str = "/") -> Any:
        """Return the browser of a role, signing in through the login page the first time.

        A participant is the one whose page is opened.
        """
        own = path.split("/")[2].lower() if role is Role.PARTICIPANT else site
        key = (role, "" if role in EVERY_SITE else own)
        if key not in self.clients:
            web = self.browser()
            login = own if role is Role.PARTICIPANT else address(*key)
            answer = web.post("/accounts/login/", {"login": login, "password": self.password})
            if answer.status_code != 302:
                raise _unexpected("/accounts/login/", answer)
            self.clients[key] = web
        return self.clients[key]

    def post(self, role: Role, site: str, path: str, sent: Mapping[str, Any]) -> str:
        """Send a form and return where it leads; anything but a redirect is a defect here."""
        self.requests += 1
        answer = self.who(role, site, path).post(path, dict(sent))
        if answer.status_code != 302:
            raise _unexpected(path, answer)
        return str(answer["Location"])

    def account(self, role: Role, site: str, code: str) -> None:
        """Make a participant's own account, and choose its password at the address handed over."""
        path = f"/p/{code}/account/"
        answer = self.who(role, site).post(path, {"what": "make"})
        handed = HANDED.search(html.unescape(answer.content.decode()))
        if handed is None:
            raise _unexpected(path, answer)
        web = self.browser()
        form = str(web.get(handed[1])["Location"])
        web.get(form)
        answer = web.post(form, {"password1": self.password, "password2": self.password})
        if answer.status_code != 302:
            raise _unexpected(form, answer)
        self.requests += 4

    def send(
        self,
        role: Role,
        site: str,
        path: str,
        sent: Mapping[str, str],
        files: Mapping[str, tuple[str, bytes]],
    ) -> str:
        """Send a form with files (name and content) and return where it leads."""
        put = {k: SimpleUploadedFile(name, content) for k, (name, content) in files.items()}
        return self.post(role, site, path, {**sent, **put})

    def file(self, role: Role, site: str, path: str) -> bytes:
        """Return a file that a page gives out."""
        self.requests += 1
        answer = self.who(role, site, path).get(path)
        if answer.status_code != 200:
            raise _unexpected(path, answer)
        return bytes(answer.content)

    def get(self, role: Role, site: str, path: str) -> str:
        """Return a page."""
        self.requests += 1
        answer = self.who(role, site, path).get(path)
        if answer.status_code != 200:
            raise _unexpected(path, answer)
        return str(answer.content.decode())

    def fill(
        self,
        role: Role,
        site: str,
        path: str,
        answers: Mapping[str, float | str],
        occurred: datetime,
        reason: str = "",
    ) -> str:
        """Open a form, type the answers, save, and do what an alert asks for."""
        page = self.get(role, site, path)
        zone = study.current().conduct.site(site).zone
        sent = dict(HIDDEN.findall(page))
        sent |= {f"q-{k}": f"{v:g}" if isinstance(v, float) else v for k, v in answers.items()}
        sent |= {"occurred": clock.local(occurred, zone)}
        sent |= {"reason": reason, "incomplete": "yes"}
        return self.post(role, site, path, sent)

    def kit(self, role: Role, site: str, path: str) -> str:
        """Read the kit id that a page says is due."""
        found = KIT.search(self.get(role, site, path))
        assert found is not None
        return found[1]


def address(role: Role, site: str = "") -> str:
    """Return the e-mail address of a role's person in a virtual study."""
    return f"{role.replace(' ', '-')}{f'-{site}' if site else ''}@demo.invalid"


def _unexpected(path: str, answer: Any) -> CrossblockError:
    words = html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode(errors="replace")))
    return CrossblockError(
        Problem(
            what=f"a page answered {answer.status_code} where the script went on",
            where=path,
            value=re.sub(r"\s+", " ", words)[-400:],
            why=f"clock {clock.text(clock.now())}",
        )
    )
