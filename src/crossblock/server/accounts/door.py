"""How people come in: by invitation, with password and second factor; every try is an event."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.signals import password_changed, password_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from crossblock.server.record import door


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up: accounts are made for people by name."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Tell whether somebody may be sent there after signing in; what is no address is not."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send nothing: who lost a password is handed an address that works once."""


@receiver(user_logged_in)
def came_in(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    door.note(None, "login", person=user.ref)


@receiver(user_logged_out)
def went_out(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    if user is not None:
        door.note(None, "logout", person=user.ref)


@receiver(user_login_failed)
def was_refused(sender: Any, credentials: dict[str, Any], **_: Any) -> None:
    """Keep only a keyed hash of what was typed: people type passwords into the wrong field, and
    who knows an address must not find it in the record."""
    typed = str(credentials.get("email") or credentials.get("username") or "")
    digest = salted_hmac("login.refused", typed.lower(), algorithm="sha256").hexdigest()
    door.note(None, "login.refused", typed_hmac=digest)


@receiver([password_reset, password_changed])
def chose_password(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    door.note(None, "password.set", person=user.ref)
