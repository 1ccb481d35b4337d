"""People and their grants. A grant is asked for by one person and given by another.

Name and address stand in the account alone, which can be erased; the record, whose rows and events
stay, knows a person by the account's number.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from crossblock.server.record.appended import Appended
from crossblock.server.roles import reference


class People(BaseUserManager):
    """Makes accounts; nothing here gives a role."""

    def create_user(self, email: str, name: str, password: str | None = None) -> Any:
        person = self.model(email=self.normalize_email(email).lower(), name=name)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, email: str) -> Any:
        return self.get(email__iexact=email)


class Person(AbstractBaseUser):
    """Somebody who can come in. The printed name is what signatures show."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)
    participant = models.OneToOneField(
        "record.Participant", null=True, blank=True, on_delete=models.PROTECT
    )
    """Whom a participant's own account belongs to."""
    created = models.DateTimeField(auto_now_add=True)

    objects = People()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ("name",)

    def __str__(self) -> str:
        return str(self.name)

    @property
    def ref(self) -> str:
        """What the record calls this person."""
        return reference(self.pk)

    def get_full_name(self) -> str:
        return str(self.name)


class GrantRequest(Appended):
    """A role asked for a person; it gives nothing yet."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="asked")
    role = models.CharField(max_length=32)
    site = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=500)


class Grant(Appended):
    """A request that a second person approved: the role holds from here on."""

    request = models.OneToOneField(GrantRequest, on_delete=models.PROTECT)


class GrantEnd(Appended):
    """The end of a grant, at once."""

    grant = models.OneToOneField(Grant, on_delete=models.PROTECT)
    reason = models.CharField(max_length=500)
