"""Rows that are only ever added: what they are made of, and the hash that the chain keeps of them.

The database refuses to change or delete them (`triggers`), the writer door adds them (`door`), and
the audit event of the same transaction holds the hash of each (`chain`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from json.encoder import encode_basestring
from typing import Any

from django.conf import settings
from django.db import models

from crossblock.core.errors import CrossblockError, Problem
from crossblock.server import clock


class Appended(models.Model):
    """A row that stays as it was written."""

    seq = models.BigIntegerField(db_index=True)
    """The audit event that brought it."""
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    """None for the server itself."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise CrossblockError(Problem(what="a written row is never changed"))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> None:
        raise CrossblockError(Problem(what="a written row is never deleted"))

    def content_hash(self) -> str:
        """Return the SHA-256 of every column, in a form that both databases give back alike."""
        fields = self._meta.concrete_fields
        return row_hash({f.attname: getattr(self, f.attname) for f in fields})


def row_hash(row: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a row as canonical JSON, times in UTC to the microsecond."""
    plain = {k: clock.text(v) if isinstance(v, datetime) else v for k, v in row.items()}
    return hashlib.sha256(canonical(plain).encode()).hexdigest()


class Hashed:
    """The hash of many rows of one table, the same as `row_hash` and several times as fast.

    Names and order of the columns are written once; a value is then its JSON text.
    """

    def __init__(self, model: type[Appended]) -> None:
        self.table = str(model._meta.db_table)
        self.columns = sorted(f.attname for f in model._meta.concrete_fields)
        self.key = self.columns.index(model._meta.pk.attname)
        self._text = "{" + ",".join(f'"{name}":%s' for name in self.columns) + "}"

    def of(self, row: Sequence[Any]) -> str:
        """Return the hash of a row given as the values of `columns`."""
        return hashlib.sha256(
            (self._text % tuple([_JSON[type(v)](v) for v in row])).encode()
        ).hexdigest()


_JSON: dict[type, Callable[[Any], str]] = {
    str: encode_basestring,
    int: str,
    bool: lambda value: "true" if value else "false",
    datetime: lambda value: f'"{clock.text(value)}"',
    type(None): lambda _: "null",
}
"""How a value of each type that a column gives is written as JSON."""
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical(value: Any) -> str:
    """Return `value` as the one JSON text that is stored and hashed."""
    return _CANONICAL.encode(value)


def tables() -> list[type[Appended]]:
    """Return every model whose rows are only added, in a fixed order."""
    found: list[type[Appended]] = []
    below = list(Appended.__subclasses__())
    while below:
        model = below.pop()
        below += model.__subclasses__()
        if not model._meta.abstract:
            found.append(model)
    return sorted(found, key=lambda m: str(m._meta.db_table))
