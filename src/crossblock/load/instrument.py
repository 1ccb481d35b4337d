"""Instruments from the catalog or a file, and a site's wording laid over them.

A file is read strictly: an unknown key is a typing error, not a comment. Every part of an
instrument names its source in `[facts]`; a part without one is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from pathlib import Path

from crossblock.core.errors import CatalogError, CrossblockError, Problem, shorten
from crossblock.domain.fact import Confidence, Fact
from crossblock.domain.instrument import Alert, Cutoff, Family, Instrument, Wording
from crossblock.domain.scale import Band, Gate, Item, Missing, MissingRule, RuleKind, Scale
from crossblock.load import tomlfile
from crossblock.load.instrument_schema import InstrumentFile, ItemFile, OverlayFile, ScaleFile

ALWAYS_SOURCED = ("range", "missing", "direction", "license")


def names() -> tuple[str, ...]:
    """Return the instruments of the catalog, sorted."""
    folder = files("crossblock") / "catalog" / "instruments"
    found = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


@cache
def read(name: str) -> Instrument:
    """Return the instrument of a catalog name ("hamd17") or of a path to an instrument file."""
    if name in names():
        entry = files("crossblock") / "catalog" / "instruments" / f"{name}.toml"
        return parse(entry.read_bytes(), f"catalog instrument {name}", id=name)
    path = Path(name)
    if path.suffix == ".toml":
        return parse(tomlfile.data(path), shorten(name), id=path.stem)
    near = get_close_matches(name, names(), n=1)
    raise CatalogError(
        Problem(
            what="unknown instrument",
            value=shorten(name),
            why="it is neither a catalog name nor an instrument file (.toml)",
            fix=f"did you mean {near[0]}?" if near else f"use one of: {', '.join(names())}",
        )
    )


def parse(content: bytes, where: str, *, id: str) -> Instrument:
    """Return the instrument that a TOML file describes; CatalogError lists all its problems.

    `id` is the file's name without ending, which the file must repeat.
    """
    found = tomlfile.validated(InstrumentFile, content, where)
    problems = _id_problems(found, where, id)
    problems += _fact_problems(found, where)
    items = tuple(_item(row, where, problems) for row in found.item)
    if problems:
        raise CatalogError(*problems)
    return _instrument(found, items)


def with_overlay(instrument: Instrument, path: Path) -> Instrument:
    """Return the instrument with a site's wording in one language; scoring cannot change.

    The overlay holds schema, instrument, language, rights (who allowed the wording) and
    `[item.ID]` tables of text and anchors; any other key is refused.
    """
    where = shorten(str(path))
    found = tomlfile.validated(OverlayFile, tomlfile.data(path), where)
    known = {i.id: i for i in instrument.items}
    problems = []
    if found.instrument != instrument.id:
        problems.append(
            Problem(
                what="this wording is for another instrument",
                where=f"{where}, instrument",
                value=shorten(found.instrument),
                why="items of two scales share their ids",
                fix=f"give wording for {instrument.id}",
            )
        )
    wording = {}
    for key, row in found.item.items():
        at = f"{where}, item.{shorten(key)}"
        if key not in known:
            fix = shorten("use one of: " + ", ".join(known), 300)
            why = f"wording belongs to an item of {instrument.id}"
            problems.append(Problem(what="there is no such item", where=at, why=why, fix=fix))
            continue
        anchors = _anchors(row.anchors, known[key], at, problems)
        wording[key] = Wording(text=row.text, anchors=anchors)
    if problems:
        raise CatalogError(*problems)
    return replace(instrument, wording={**instrument.wording, found.language: wording})


def worded(folder: Path) -> dict[str, Instrument]:
    """Return the catalog's instruments for which a folder holds wordings (*.toml), by name.

    Each file is one instrument in one language. CatalogError lists the problems of all files.
    """
    found: dict[str, Instrument] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            name, language = _wording_of(path)
            known = found.get(name) or read(name)
            if language in known.wording:
                raise CatalogError(_twice(path, name, language))
            found[name] = with_overlay(known, path)
        except CrossblockError as error:
            problems += error.problems
    if problems:
        raise CatalogError(*problems)
    return found


def _wording_of(path: Path) -> tuple[str, str]:
    """Return the instrument (by a catalog name) and the language of a wording."""
    where = shorten(str(path))
    found = tomlfile.validated(OverlayFile, tomlfile.data(path), where)
    if found.instrument in names():
        return found.instrument, found.language
    near = get_close_matches(found.instrument, names(), n=1)
    raise CatalogError(
        Problem(
            what="this wording is for an instrument that the catalog does not have",
            where=f"{where}, instrument",
            value=shorten(found.instrument),
            fix=f"did you mean {near[0]}?" if near else f"use one of: {', '.join(names())}",
        )
    )


def _twice(path: Path, name: str, language: str) -> Problem:
    return Problem(
        what="two files word the same instrument in the same language",
        where=shorten(str(path)),
        value=f"{name}, {shorten(language)}",
        fix="keep one of them",
    )


def _id_problems(found: InstrumentFile, where: str, id: str) -> list[Problem]:
    if found.id == id:
        return []
    return [
        Problem(
            what="the id is not the name of the file",
            where=f"{where}, id",
            value=shorten(found.id),
            why="an instrument is looked up by the name of its file",
            fix=f'write id = "{shorten(id)}" or rename the file',
        )
    ]


def _fact_problems(found: InstrumentFile, where: str) -> list[Problem]:
    """Every part that the file holds must have an entry in [facts]."""
    parts = {
        "items": bool(found.item),
        "anchors": any(row.anchors for row in found.item),
        "scoring": any(scale.of != "none" for scale in found.scale),
        "bands": any(scale.bands for scale in found.scale),
        "response": found.response is not None,
        "remission": found.remission is not None,
        "cutoffs": bool(found.cutoff),
        "alerts": bool(found.alert),
        "alternatives": bool(found.alternatives),
        "loinc": bool(found.loinc)
        or any(row.loinc for row in found.item)
        or any(row.loinc for row in found.scale),
    }
    needed = [*ALWAYS_SOURCED, *(part for part, there in parts.items() if there)]
    return [
        Problem(
            what="this part of the instrument names no source",
            where=f"{where}, facts.{part}",
            why="every fact is shipped with its source and how it was met",
            fix=f'add [facts.{part}] with source and confidence ("assumed" is allowed)',
        )
        for part in needed
        if part not in found.facts
    ]


def _item(row: ItemFile, where: str, problems: list[Problem]) -> Item:
    item = Item(
        id=row.id,
        number=row.number,
        label=row.label,
        minimum=min(row.values) if row.values else row.minimum,
        maximum=max(row.values) if row.values else row.maximum,
        values=tuple(row.values),
        continuous=row.continuous,
        text=row.text,
        unit=row.unit,
        suicide=row.suicide,
        asked_if=Gate(**row.asked_if.model_dump()) if row.asked_if else None,
        loinc=row.loinc,
    )
    at = f"{where}, item {shorten(row.id)}"
    if not row.text and item.maximum <= item.minimum:
        problems.append(
            Problem(
                what="the item has no range",
                where=at,
                value=f"{item.minimum:g} to {item.maximum:g}",
                why="the highest answer must lie above the lowest",
                fix="give minimum and maximum, or values",
            )
        )
    return replace(item, anchors=_anchors(row.anchors, item, at, problems))


def _anchors(
    given: Mapping[str, str], item: Item, where: str, problems: list[Problem]
) -> dict[float, str]:
    """Return anchors keyed by answer; append a problem for each that stands at no answer."""
    anchors = {}
    for key, text in given.items():
        try:
            value = float(key)
        except ValueError:
            value = float("nan")
        if not item.allows(value):
            problems.append(
                Problem(
                    what="an anchor stands at an answer that the item does not have",
                    where=where,
                    value=shorten(key),
                    why=f"{item.id} takes {item.allowed}",
                    fix="anchors name the allowed answers; they cannot add any",
                )
            )
        anchors[value] = text
    return anchors


def _scale(row: ScaleFile, items: tuple[Item, ...]) -> Scale:
    every = tuple(i.id for i in items if not i.text)
    named: dict[str, tuple[str, ...]] = {"all": every, "none": ()}
    return Scale(
        id=row.id,
        name=row.name,
        minimum=row.minimum,
        maximum=row.maximum,
        rule=RuleKind(row.rule),
        of=named[row.of] if isinstance(row.of, str) else tuple(row.of),
        weights=tuple(row.weights),
        at_least=row.at_least,
        bands=tuple(Band(**band.model_dump()) for band in row.bands),
        lower_is_better=row.lower_is_better,
        whole=row.whole,
        loinc=row.loinc,
    )


def _instrument(found: InstrumentFile, items: tuple[Item, ...]) -> Instrument:
    return Instrument(
        id=found.id,
        name=found.name,
        short_name=found.short_name,
        family=Family(found.family),
        rater=found.rater,
        recall=found.recall,
        items=items,
        scales=tuple(_scale(row, items) for row in found.scale),
        primary=found.primary,
        missing=Missing(rule=MissingRule(found.missing.rule), most=found.missing.most),
        license=found.license,
        wording_may_ship=found.wording_may_ship,
        facts={
            about: Fact(
                about=about,
                source=row.source,
                confidence=Confidence(row.confidence),
                note=row.note,
            )
            for about, row in found.facts.items()
        },
        sources=dict(found.sources),
        alternatives=tuple(tuple(group) for group in found.alternatives),
        response=found.response,
        remission=found.remission,
        remission_alternatives=tuple(found.remission_alternatives),
        cutoffs=tuple(Cutoff(**row.model_dump()) for row in found.cutoff),
        alerts=tuple(Alert(**row.model_dump()) for row in found.alert),
        repeats=found.repeats,
        loinc=found.loinc,
        notes=tuple(found.notes),
    )
