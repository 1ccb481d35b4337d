"""The entrance takes an e-mail address, or a participant's code in its place."""

import pytest
from django.test import Client

from crossblock.server.accounts.people import invite
from tests.server.web import text_of
from tests.server.world import PASSWORD, World


@pytest.mark.parametrize("tail", ["", " "])
def test_a_code_stands_for_an_address(lite: World, tail: str) -> None:
    code = lite.consented().code
    invite(None, "own@example.org", "Own", PASSWORD, code)
    for login in ("own@example.org", code, code.lower()):
        sent = {"login": login + tail, "password": PASSWORD}
        assert Client().post("/accounts/login/", sent).status_code == 302, login


@pytest.mark.parametrize("login", ["Z-999", "zz <b>&", "@", "sponsor-1", "a\x00b", "x" * 300])
def test_what_nobody_has_is_refused_in_the_same_words(lite: World, login: str) -> None:
    page = Client().post("/accounts/login/", {"login": login, "password": PASSWORD})
    assert page.status_code == 200
    words = text_of(page)
    assert "Sign in" in words
    wrong = {"login": "sponsor-1@example.org", "password": "wrong"}
    if len(login) < 100 and "\x00" not in login:
        assert "not correct" in words
        assert "not correct" in text_of(Client().post("/accounts/login/", wrong))
