"""The form at the entrance: an e-mail address, or a participant's code in its place."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from django.forms import CharField

from crossblock.server.accounts.models import Person


class Entrance(LoginForm):
    """Sign in by address; participants, who need none, by the code that they were given."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = CharField(max_length=254)

    def clean_login(self) -> str:
        typed = str(self.cleaned_data["login"]).strip()
        if "@" in typed:
            return typed
        found = Person.objects.filter(participant__code=typed.upper()).first()
        # an address that nobody has fails like a wrong password, and takes as long
        return str(found.email) if found else f"{typed}@nobody.invalid"
