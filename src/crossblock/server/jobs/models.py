"""The table of work. A job's state changes; its start and its end are audit events."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Job(models.Model):
    """Something heavy that a worker process does."""

    kind = models.CharField(max_length=64)
    wanted = models.TextField(default="{}")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT)
    state = models.CharField(max_length=16, default="waiting", db_index=True)
    """waiting, running, done or failed"""
    asked = models.DateTimeField()
    taken = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)
    result = models.TextField(blank=True)

    class Meta:
        ordering = ("id",)
