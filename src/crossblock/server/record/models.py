"""The record: participants, entries with their versions, queries, signatures, and audit events."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from crossblock.server.record.appended import Appended


class Event(models.Model):
    """One audit event. `hash` is SHA-256(prev + newline + body); `body` is stored as it was hashed.

    The other columns repeat what the body says, for filtering; verification compares them.
    """

    seq = models.BigIntegerField(primary_key=True)
    at = models.CharField(max_length=32)
    actor = models.CharField(max_length=254)
    action = models.CharField(max_length=64, db_index=True)
    participant = models.CharField(max_length=64, blank=True, db_index=True)
    body = models.TextField()
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("seq",)


class Head(models.Model):
    """The end of the chain: one row, the lock that every writer takes."""

    id = models.IntegerField(primary_key=True)
    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)


class Participant(Appended):
    """A person in the study, by code only."""

    code = models.CharField(max_length=32, unique=True)
    site = models.CharField(max_length=64, db_index=True)
    number = models.IntegerField()

    class Meta:
        ordering = ("code",)
        constraints = (models.UniqueConstraint(fields=("site", "number"), name="number_in_site"),)

    def __str__(self) -> str:
        return str(self.code)


class Step(Appended):
    """Something a participant has gone through: screened, consented, randomized, started …"""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="steps")
    name = models.CharField(max_length=32)
    period = models.IntegerField(default=0)
    """0 for what belongs to no period."""
    occurred = models.DateTimeField()
    detail = models.TextField(default="{}")

    class Meta:
        ordering = ("seq",)
        constraints = (
            models.UniqueConstraint(fields=("participant", "name", "period"), name="step_once"),
        )


class Entry(Appended):
    """A place for one filled form: participant, form, visit, period, who fills it, and repeat."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="entries")
    form = models.CharField(max_length=64)
    visit = models.CharField(max_length=64, blank=True)
    period = models.IntegerField(default=0)
    rater = models.CharField(max_length=32, blank=True)
    """The role whose own view it is, where several roles fill the same form."""
    repeat = models.IntegerField(default=1)

    class Meta:
        ordering = ("seq",)
        constraints = (
            models.UniqueConstraint(
                fields=("participant", "form", "visit", "period", "rater", "repeat"),
                name="entry_once",
            ),
        )
        indexes = (models.Index(fields=("form",), name="entry_form"),)
        """Adverse events are few among all forms, and every safety page looks for them."""


class Version(Appended):
    """What was written at one time. The newest version counts; the others stay."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="versions")
    number = models.IntegerField()
    content = models.TextField()
    """Canonical JSON: answers, score, when it took place."""
    content_sha256 = models.CharField(max_length=64)
    occurred = models.DateTimeField()
    """When it took place; `at` is when it was written here."""
    reason = models.CharField(max_length=500, blank=True)
    key = models.CharField(max_length=64)
    """The idempotency key of the form: the same submission twice is one version."""

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("entry", "number"), name="version_number_once"),
            models.UniqueConstraint(fields=("entry", "key"), name="submission_once"),
        )


class Draft(models.Model):
    """What somebody is typing. Not a record: replaced as they type, gone when saved."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    place = models.CharField(max_length=200)
    typed = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("person", "place"), name="draft_once"),)


class Query(Appended):
    """A question about a written value."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="queries")
    item = models.CharField(max_length=64, blank=True)
    text = models.CharField(max_length=1000)


class QueryNote(Appended):
    """An answer to a query, or its closing."""

    query = models.ForeignKey(Query, on_delete=models.PROTECT, related_name="notes")
    text = models.CharField(max_length=1000)
    closes = models.BooleanField(default=False)


class Signature(Appended):
    """A person's word for one version: bound to its hash, so it cannot be moved to another."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="signatures")
    content_sha256 = models.CharField(max_length=64)
    meaning = models.CharField(max_length=200)
    signature = models.CharField(max_length=200)
    """Ed25519 by the server's key over hash, person, time and meaning."""

    @property
    def printed_name(self) -> str:
        """The name of who signed. An account that has signed is never erased."""
        return str(self.by.name) if self.by else ""


class Review(Appended):
    """Somebody has read the audit trail up to an event."""

    upto = models.BigIntegerField()
    note = models.CharField(max_length=1000, blank=True)


class Reconciliation(Appended):
    """One of two people's word that a difference between witness and database was cleared up."""

    witness_bytes = models.BigIntegerField()
    witness_sha256 = models.CharField(max_length=64)
    note = models.CharField(max_length=1000)
