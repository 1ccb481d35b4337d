"""Truths to run side by side: every combination of the values that were asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import product

from crossblock.core.errors import InputError, Problem, shorten
from crossblock.domain.truth import Generator, Truth
from crossblock.load.catalog import nearest
from crossblock.load.mechanism import mechanism_names
from crossblock.load.people import truth
from crossblock.simulate.comparator import MASKINGS

WORDS = ("mechanism", "comparator")
MOST = 200


def truth_grid(asked: Iterable[str], generator: str = "mechanistic") -> tuple[Truth, ...]:
    """Return the truths of "key=value,value" texts over the people of the catalog."""
    return truths(truth(), asked, Generator(generator))


def truths(start: Truth, asked: Iterable[str], generator: Generator) -> tuple[Truth, ...]:
    """Return the truths of "key=value,value" texts, the last one varying fastest.

    Keys are the numbers of the people file, `mechanism` and `comparator`. Raises `InputError`
    listing every text that cannot be read and every value out of range.
    """
    problems: list[Problem] = []
    axes = []
    for text in asked:
        key, equals, values = text.partition("=")
        key, parts = key.strip(), [v.strip() for v in values.split(",") if v.strip()]
        if not equals or not parts:
            problems.append(_unread(text))
            continue
        axes.append([(key, v) for v in parts])
    if problems:
        raise InputError(*problems)
    count = 1
    for axis in axes:
        count *= len(axis)
    if count > MOST:
        raise InputError(
            Problem(
                what=f"{count} combinations of truths",
                why=f"more than {MOST} are not run at once",
                fix="give fewer values",
            )
        )
    base = replace(start, generator=generator)
    return tuple(_truth(base, dict(combination)) for combination in product(*axes))


def _truth(base: Truth, values: dict[str, str]) -> Truth:
    found = base
    if "mechanism" in values:
        found = replace(found, mechanism=_known(values["mechanism"], mechanism_names()))
    if "comparator" in values:
        found = replace(found, masking=_known(values["comparator"], set(MASKINGS.values())))
    numbers = {k: _number(k, v) for k, v in values.items() if k not in WORDS}
    return found.with_values(numbers)


def _known(name: str, names: Iterable[str]) -> str:
    known = sorted(names)
    if name in known:
        return name
    raise InputError(Problem(what="unknown name", value=shorten(name), fix=nearest(name, known)))


def _number(key: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(
            Problem(
                what="a truth is a number",
                where=shorten(key),
                value=shorten(text),
                fix=f"write {shorten(key)}=0.28, or several: {shorten(key)}=0,0.28,1",
            )
        ) from None


def _unread(text: str) -> Problem:
    return Problem(
        what="a truth cannot be read",
        value=shorten(text),
        why="it is written as name=value or name=value,value",
        fix="for example --truth fraction=0,0.28,1 --truth icc=0.5",
    )
