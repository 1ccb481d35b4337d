"""Conduct files (TOML) to `Conduct`: every problem at once, each with its line and key path."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import available_timezones

from pydantic import ValidationError

from crossblock.core.errors import ProtocolError
from crossblock.domain.conduct import Conduct, Limit, Raised
from crossblock.domain.contradiction import Contradiction, missing_id
from crossblock.load import catalog, document, instrument, violation
from crossblock.load.document import Document


def read(path_or_name: str | Path) -> Conduct:
    """Return the conduct of a path or of a catalog name; ProtocolError lists all its problems."""
    path, where = catalog.resolve("conduct", path_or_name, ProtocolError)
    return build(document.read(path, where, ProtocolError))


def build(found: Document) -> Conduct:
    """Return the conduct of a parsed document, or raise everything that is wrong with it."""
    try:
        conduct = Conduct.model_validate(found.data)
    except ValidationError as error:
        faults = violation.of(error, found, Conduct)
        raise ProtocolError(*(f.problem for f in sorted(faults, key=lambda f: f.line))) from None
    wrong = violation.from_contradictions(list(_contradictions(conduct)), found)
    if wrong:
        raise ProtocolError(*(f.problem for f in sorted(wrong, key=lambda f: f.line)))
    return conduct


def _contradictions(conduct: Conduct) -> Iterator[Contradiction]:
    seen: set[str] = set()
    for i, site in enumerate(conduct.sites):
        if site.id in seen:
            yield Contradiction(path=("sites", i, "id"), what="a site twice", value=site.id)
        seen.add(site.id)
        if site.zone not in available_timezones():
            yield missing_id(("sites", i, "zone"), "time zone", site.zone, ("UTC", "Europe/Berlin"))
    forms = conduct.forms
    named = [("session", name) for name in forms.session]
    named += [(key, getattr(forms, key)) for key in ("guess", "event", "screener")]
    known = catalog.names("instruments")
    for key, name in named:
        if name is not None and name not in known:
            yield missing_id(("forms", key), "instrument", name, known)
    limits: dict[str, tuple[Limit | Raised, ...]] = {
        "discharge": conduct.safety.discharge,
        "alerts": conduct.safety.alerts,
        "rise": conduct.safety.rise,
    }
    for key, rows in limits.items():
        for i, row in enumerate(rows):
            if row.instrument not in known:
                at = ("safety", key, i, "instrument")
                yield missing_id(at, "instrument", row.instrument, known)
                continue
            found = instrument.read(row.instrument)
            ids = (*(item.id for item in found.items), *(scale.id for scale in found.scales))
            if row.of not in ids:
                yield missing_id(("safety", key, i, "of"), "item or scale", row.of, ids)
