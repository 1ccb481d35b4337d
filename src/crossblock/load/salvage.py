"""The readable parts of a protocol that as a whole does not read, for the rules to look at.

Each element of a list and each section is read by itself; what fails is left out, its id is kept.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from crossblock.domain.administration import Administration
from crossblock.domain.condition import Condition
from crossblock.domain.contradiction import Parts
from crossblock.domain.design import Design
from crossblock.domain.endpoint import Endpoint
from crossblock.domain.estimand import Estimand
from crossblock.domain.interim import Interim
from crossblock.domain.participants import Participants
from crossblock.domain.plan import AnalysisPlan
from crossblock.domain.population import Population
from crossblock.domain.scheme import Scheme
from crossblock.domain.visit import Visit

LISTS: dict[str, type] = {
    "administrations": Administration,
    "conditions": Condition,
    "visits": Visit,
    "endpoints": Endpoint,
    "estimands": Estimand,
}
SECTIONS: dict[str, type] = {
    "design": Design,
    "participants": Participants,
    "population": Population,
    "randomization": Scheme,
    "interim": Interim,
    "analysis": AnalysisPlan,
}
MOST_ELEMENTS = 500


@cache
def _adapter(kind: type) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def parts(data: dict[str, Any]) -> Parts:
    """Return everything in the data of a protocol file that can be read by itself."""
    found: dict[str, Any] = {}
    unread: dict[str, frozenset[str]] = {}
    for key, kind in LISTS.items():
        rows = data.get(key)
        rows = rows[:MOST_ELEMENTS] if isinstance(rows, list) else []
        read = {i: noun for i, row in enumerate(rows) if (noun := _read(kind, row)) is not None}
        found[key] = read
        unread[key] = frozenset(
            str(row["id"])
            for i, row in enumerate(rows)
            if i not in read and isinstance(row, dict) and "id" in row
        )
    for key, kind in SECTIONS.items():
        found[key] = _read(kind, data[key]) if key in data else None
    return Parts(**found, unread=unread)


def _read(kind: type, row: Any) -> Any:
    try:
        return _adapter(kind).validate_python(row)
    except ValidationError:
        return None
