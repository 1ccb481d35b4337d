"""What a person takes, from a line of words: "naltrexone 50 mg daily, last dose 24 h ago".

The line names a compound (or `depot`, for depot naltrexone), and may give a dose, a route, how
often, for how many doses, when the last one was, and a measured level. What is left out is filled
in from usual treatment, and said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from crossblock.core.errors import InputError, Problem, shorten
from crossblock.core.quantity import Quantity, parse
from crossblock.domain.compound import Compound
from crossblock.domain.dose import Dose, Route
from crossblock.domain.onboard import Medication
from crossblock.load.compound import compound

HERE = "--on-board"
EXAMPLE = '"naltrexone 50 mg daily, last dose 24 h ago" or "depot, last dose 14 d ago"'
NUMBER = r"[0-9]+(?:\.[0-9]+)?"
AMOUNT = rf"{NUMBER}\s*[A-Za-zµμ]{{1,12}}(?:/[A-Za-z]{{1,12}})?"
EVERY = {"daily": "1 d", "weekly": "1 wk", "monthly": "28 d"}
WAYS = {
    "by mouth": Route.ORAL,
    "oral": Route.ORAL,
    "tablet": Route.ORAL,
    "depot": Route.DEPOT,
    "extended-release": Route.DEPOT,
    "iv": Route.IV,
    "nasal": Route.NASAL,
}
STEADY = {Route.ORAL: 30, Route.DEPOT: 6}  # doses after which more change nothing that is shown
# compound, route -> usual dose, how often, and when the last one was, where a line leaves it out
USUAL: dict[tuple[str, Route], tuple[str, str, str]] = {
    ("naltrexone", Route.ORAL): ("50 mg", "1 d", "24 h"),
    ("naltrexone", Route.DEPOT): ("380 mg", "28 d", "14 d"),
}
MOST_DOSES = 1000


@dataclass
class _Line:
    """One line while it is read: what is left of it, and what was filled in."""

    text: str
    rest: str
    taken: list[str] = field(default_factory=list)

    def cut(self, pattern: str) -> str | None:
        """Return the first group of `pattern` and take the match out of what is left."""
        found = re.search(pattern, self.rest, flags=re.IGNORECASE)
        if found is None:
            return None
        self.rest = f"{self.rest[: found.start()]} {self.rest[found.end() :]}"
        return found[1]

    def or_usual(self, value: str | None, usual: str, what: str) -> str:
        """Return what was given, or the usual value, which is then said."""
        if value is None:
            self.taken.append(f"{what} {usual} (assumed)")
        return value if value is not None else usual


def medication(text: str) -> Medication:
    """Return the medication of a line of words; doses count back from the session at 0 h.

    Raises `InputError` for words that are not understood and for a dose after the session,
    `CatalogError` for a compound that is not in the catalog or a route without a model.
    """
    words = " ".join(text.split())
    line = _Line(text=text, rest=words)
    name = (line.cut(r"^([A-Za-z0-9][A-Za-z0-9_-]*)") or "").lower()
    if not name:
        raise _refuse(text, "no compound is named", f"write {EXAMPLE}")
    depot = name == "depot"
    if depot:
        name = (line.cut(r"^\s*(naltrexone)\b") or "naltrexone").lower()
    found = compound(name)
    level = line.cut(rf"\blevel\s+({AMOUNT})")
    route = _route(line, found, depot)
    doses = _doses(line, found, route)
    _nothing_left(line)
    return Medication(
        compound=found.id,
        doses=doses,
        level=None if level is None else parse(level, dimension="concentration", where=HERE),
        said=words,
        taken=tuple(line.taken),
    )


def _route(line: _Line, found: Compound, depot: bool) -> Route | None:
    """Return the route that is named, or the first that the compound's blockade model knows."""
    if depot:
        return Route.DEPOT
    for word, route in WAYS.items():
        if line.cut(rf"\b({word})\b") is not None:
            return route
    return next((m.route for m in found.blockades.values()), None)


def _doses(line: _Line, found: Compound, route: Route | None) -> tuple[Dose, ...]:
    last = line.cut(rf"(?:last\s+(?:dose|one|injection)\s+)?({AMOUNT})\s+ago\b")
    every = _every(line)
    count = _count(line)
    once = line.cut(r"\b(once)\b")
    amount = line.cut(rf"({AMOUNT})")
    if not found.blockades or route is None:
        return ()
    usual = USUAL.get((found.id, route))
    if usual is None and (amount is None or last is None):
        missing = "dose" if amount is None else "time since the last dose"
        raise _refuse(line.text, f"the {missing} is missing", f"write it as in {EXAMPLE}")
    usual = usual or ("", "", "")
    taken = _amount(line.or_usual(amount, usual[0], "dose"))
    since = _time(line.or_usual(last, usual[2], "last dose before the session:"))
    if once is not None or (every is None and usual[1] == ""):
        return _repeated(taken, route, since, 0.0, 1)
    step = _time(line.or_usual(every, usual[1], "a dose every"))
    steady = str(STEADY.get(route, 1))
    n = int(line.or_usual(count, steady, "doses so far:"))
    return _repeated(taken, route, since, step, n)


def _every(line: _Line) -> str | None:
    for word, interval in EVERY.items():
        if line.cut(rf"\b({word})\b") is not None:
            return interval
    return line.cut(rf"\bevery\s+({AMOUNT})")


def _count(line: _Line) -> str | None:
    count = line.cut(r"\bfor\s+([0-9]{1,4})\s+doses\b")
    if count is not None and not 1 <= int(count) <= MOST_DOSES:
        raise _refuse(count, "too many or too few doses", f"give 1 to {MOST_DOSES}")
    return count


def _repeated(
    amount: Quantity, route: Route, since: float, step: float, n: int
) -> tuple[Dose, ...]:
    per_kg = amount.unit == "mg/kg"
    return tuple(
        Dose(start_h=-since - k * step, amount=amount.value, route=route, per_kg=per_kg)
        for k in reversed(range(n))
    )


def _amount(text: str) -> Quantity:
    return parse(text, dimension="dose", where=HERE)


def _time(text: str) -> float:
    return parse(text, dimension="time", where=HERE).value


def _nothing_left(line: _Line) -> None:
    left = re.sub(r"[\s,;]+", " ", line.rest).strip()
    if left:
        raise _refuse(left, "words that are not understood", f"write it as in {EXAMPLE}")


def _refuse(value: str, what: str, fix: str) -> InputError:
    return InputError(
        Problem(
            what=what,
            where=HERE,
            value=shorten(value),
            why="name, dose, how often, when the last dose was, and a level can be read",
            fix=fix,
        )
    )
