"""Settings that must not drift: no debug pages, argon2, cookies, limits."""

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from crossblock.server import settings as module


def test_what_keeps_people_out() -> None:
    assert settings.DEBUG is False
    assert module.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"
    assert settings.SESSION_IDLE_S == 900
    assert settings.SESSION_COOKIE_AGE == 43_200
    assert {"totp", "webauthn"} <= set(settings.MFA_SUPPORTED_TYPES)
    assert "django.contrib.admin" not in settings.INSTALLED_APPS


def test_behind_tls_cookies_are_bound_to_the_host(tmp_path: Path) -> None:
    code = (
        "from crossblock.server import settings as s\n"
        "print(s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0)\n"
    )
    env = {**os.environ, "CROSSBLOCK_TLS": "1", "CROSSBLOCK_STUDY": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["__Host-session", "True", "True"]


def test_the_server_loads_no_array_engine(tmp_path: Path) -> None:
    code = (
        "import django, sys; django.setup()\n"
        "import crossblock.server.urls, crossblock.server.desk\n"
        "heavy = {'jax', 'jaxlib', 'blackjax', 'altair', 'pyrage', 'pandas'}\n"
        "own = {'crossblock.domain.codelist', 'crossblock.simulate', 'crossblock.forecast'}\n"
        "print(sorted((heavy | own) & set(sys.modules)))\n"
    )
    env = {
        **os.environ,
        "CROSSBLOCK_STUDY": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "crossblock.server.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
