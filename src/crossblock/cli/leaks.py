"""The leak test: play a virtual study, look at it as every blinded role, search for the arm.

Under one virtual truth both conditions are the same, so that nothing but a leak can tell the arms
apart; under the other the blocker works, and what a blinded person sees beside the ratings must not
add to what the ratings say. The arms are known here, outside the server, from the key of the
virtual list.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal

import numpy as np

from crossblock.cli import leak_features, leak_models, leak_plants, leak_signs
from crossblock.cli.leak_features import Series
from crossblock.cli.theater import VirtualRaters, opened, virtual_study
from crossblock.domain.protocol import Protocol
from crossblock.load import catalog, instrument, people
from crossblock.load import protocol as protocol_file
from crossblock.server.command import point_at

Truth = Literal["identical", "effect"]
BLOCKING: Mapping[Truth, float] = {"identical": 0.0, "effect": 0.25}
"""Share of the drug's effect that the blocker removes (assumed). A quarter is some 2.3 points of
HAM-D17 on day 1, about what tells an antidepressant from placebo: the ratings alone then reach an
area of some 0.65, which leaves a leak room to be seen."""
MISSED = 0.04
WITHIN = 0.05
"""Under identical truth every area must lie within this of one half, at 2,000 participants."""
MORE = 0.02
"""With an effect, everything may exceed the ratings alone by this much."""
ROOM = 0.9
"""Where the ratings alone reach more than this, too little is left to tell a leak from none."""
SHARE: Mapping[Truth, float] = {"identical": leak_plants.SHARE, "effect": 0.75}
"""How often a planted leak agrees with the arm; beside ratings that tell something a weaker one
adds less than `MORE` by any classifier."""
ERRORS = 4.0
"""With fewer participants, so many standard errors are allowed instead."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LeakReport:
    """What the leak test found under one truth; no leaks is an empty list.

    areas       every classifier on everything: area under the curve and its standard error
    auc         the worst of them: furthest from one half, or with an effect the largest
    ratings     (with an effect) every classifier on the ratings alone
    gain        (with an effect) best on everything less best on ratings alone, and its error
    controls    leaks planted in what was gathered: the worst area, with an effect also the gain,
                and whether it was caught
    doubt       why the test cannot tell a leak from none; "" where it can
    """

    truth: Truth
    participants: int
    pages: int
    closely: int
    roles: int
    routes: int
    features: int
    auc: float
    auc_error: float
    auc_limit: float
    areas: Mapping[str, Any]
    ratings: Mapping[str, Any]
    gain: tuple[float, float] | None
    controls: Mapping[str, Any]
    doubt: str
    leaks: tuple[str, ...]


def check_leaks(
    protocol: str,
    *,
    participants: int = 200,
    seed: int = 1,
    truths: Sequence[Truth] = ("identical", "effect"),
    controls: bool = False,
) -> tuple[LeakReport, ...]:
    """Play `participants` of a protocol through the server under each truth, and look.

    Each study has a process of its own, since a process serves one study. With `controls`, leaks
    are also planted in what was gathered, and each must be caught: by an area that leaves chance
    under identical truth, by more than the ratings say with an effect.
    """
    catalog.resolve("protocols", protocol)
    protocol_file.read(protocol)
    with ProcessPoolExecutor(len(truths), mp_context=get_context("spawn")) as pool:
        waiting = [pool.submit(one, protocol, participants, seed, t, controls) for t in truths]
        return tuple(w.result() for w in waiting)


def one(protocol: str, participants: int, seed: int, truth: Truth, controls: bool) -> LeakReport:
    """Play one study in this process, and look."""
    source, _ = catalog.resolve("protocols", protocol)
    read = protocol_file.read(protocol)
    parent = Path(tempfile.mkdtemp(prefix="crossblock-leakcheck-"))
    try:
        raters = new_study(parent / "study", read, source, participants, seed, truth)
        point_at(parent / "study").prepare("", "")
        hasten()
        import_module("crossblock.server.rehearsal").cast()
        import_module("crossblock.server.cohort").populate(participants, raters)
        walk = import_module("crossblock.server.walk")
        closely = min(walk.CLOSELY, 1 + participants // 100)
        found = walk.walk(outcome_visit(read), closely=closely)
        return look(read, found, raters, seed, truth, controls=controls)
    finally:
        shutil.rmtree(parent, ignore_errors=True)


def hasten() -> None:
    """Let the database of a study that is thrown away not wait for the disk."""
    with import_module("django.db").connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous = OFF")


def new_study(
    folder: Path,
    protocol: Protocol,
    source: Path,
    participants: int,
    seed: int,
    truth: Truth = "identical",
) -> VirtualRaters:
    """Make a virtual study whose truth is the same in both conditions, or has an effect."""
    conduct = catalog.path("conduct", "one-site")
    slots = participants + 8
    key = virtual_study(folder, protocol, source, slots=slots, seed=seed, conduct=conduct)
    return raters_of(protocol, opened(folder / "allocation", key), seed, truth)


def raters_of(
    protocol: Protocol, arms: Mapping[int, str], seed: int, truth: Truth
) -> VirtualRaters:
    """Return who rates people of these arms (by slot) under a truth."""
    return VirtualRaters(
        protocol=protocol,
        sequence_of=arms,
        seed=seed,
        blocking=BLOCKING[truth],
        missing=MISSED,
        unsteady=_unsteady(),
    )


def _unsteady() -> float:
    """Return the SD between two sessions of one person in one condition, as a share of HAM-D17.

    From the catalog's virtual people: SD 7 points between falls, half of the variance (ICC 0.5)
    between the sessions of one person.
    """
    known = people.truth()
    points = known["fall_sd"] * (1 - known["icc"]) ** 0.5
    scale = instrument.read("hamd17").scale()
    return float(points / scale.maximum)


def outcome_visit(protocol: Protocol) -> str:
    """Return the first outcome visit."""
    return next((v.id for v in protocol.visits if v.kind == "outcome"), protocol.visits[0].id)


def look(
    protocol: Protocol,
    found: Any,
    raters: VirtualRaters,
    seed: int,
    truth: Truth = "identical",
    *,
    controls: bool = False,
) -> LeakReport:
    """Search what was gathered for the arm, and let classifiers try to tell it.

    A broken code tells its readers something and switches a rater off: these few are searched for
    words of the arm, but not given to the classifiers.
    """
    ids = protocol.sequence_ids
    told = {c: s for c, s in found.slots.items() if c not in found.broken}
    arm = {c: min(1, ids.index(raters.sequence_of[s])) for c, s in told.items()}
    codes = sorted(arm)
    series = leak_features.everything(found, codes)
    judge = Judge(truth=truth, arm=arm, seed=seed, alone=ratings_alone(series, arm, seed, truth))
    areas = judged(series, arm, seed)
    verdict = judge.verdict(areas)
    leaks = list(leak_signs.spelled(_texts(found), leak_signs.spellings(protocol)))
    if truth == "identical":
        leaks += leak_signs.associated(series, arm)
    if verdict.caught:
        leaks.append(verdict.words)
    return LeakReport(
        truth=truth,
        participants=len(found.slots),
        pages=len(found.seen) + len(found.close),
        closely=len(found.close),
        roles=len({s.role for s in found.seen}),
        routes=len({s.kind.split(",")[0] for s in found.close}),
        features=len(series),
        auc=verdict.area.value,
        auc_error=verdict.area.error,
        auc_limit=verdict.limit,
        areas=leak_models.said(areas),
        ratings=leak_models.said(judge.alone),
        gain=verdict.gain,
        controls=control(found, series, judge) if controls else {},
        doubt=judge.doubt,
        leaks=tuple(leaks),
    )


ENOUGH = 1900
"""From so many participants on (2,000 less those whose code was broken), the limits hold as they
are promised."""


def ratings_alone(
    series: Mapping[str, Series], arm: Mapping[str, int], seed: int, truth: Truth
) -> dict[str, leak_models.Area]:
    """Return what the ratings alone tell, where there is something to tell."""
    if truth == "identical":
        return {}
    return judged({k: v for k, v in series.items() if k.startswith("rating ")}, arm, seed)


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What the classifiers make of a set of series: caught or not, by which, by how much."""

    name: str
    area: leak_models.Area
    gain: tuple[float, float] | None
    limit: float
    caught: bool

    @property
    def words(self) -> str:
        if self.gain is None:
            return f"a classifier ({self.name}) tells the arms apart (AUC {self.area.value:.3f})"
        return f"a classifier ({self.name}) learns {self.gain[0]:.3f} more than the ratings say"


@dataclass(frozen=True, kw_only=True, slots=True)
class Judge:
    """By what a leak is told from chance: one half, or what the ratings alone say."""

    truth: Truth
    arm: Mapping[str, int]
    seed: int
    alone: Mapping[str, leak_models.Area]

    @property
    def doubt(self) -> str:
        if not self.alone:
            return ""
        most = leak_models.strongest(self.alone)[1].value
        if most <= ROOM:
            return ""
        return f"cannot tell: the ratings alone reach {most:.3f}, which leaves a leak no room"

    def verdict(self, areas: Mapping[str, leak_models.Area]) -> Verdict:
        """Judge the areas of everything."""
        if not self.alone:
            name, worst = leak_models.best(areas)
            limit = max(WITHIN, ERRORS * worst.error)
            caught = abs(worst.value - 0.5) > limit
            return Verdict(name=name, area=worst, gain=None, limit=limit, caught=caught)
        name, worst = leak_models.strongest(areas)
        gain = leak_models.gain(worst, leak_models.strongest(self.alone)[1])
        limit = MORE if len(self.arm) >= ENOUGH else max(MORE, ERRORS * gain[1])
        return Verdict(name=name, area=worst, gain=gain, limit=limit, caught=gain[0] > limit)


def judged(
    series: Mapping[str, Series], arm: Mapping[str, int], seed: int
) -> dict[str, leak_models.Area]:
    """Return the area of every classifier on these series."""
    codes = sorted(arm)
    told = np.array([float(arm[c]) for c in codes])
    return leak_models.areas(leak_features.design(series, codes), told, seed)


def control(found: Any, series: Mapping[str, Series], judge: Judge) -> dict[str, Any]:
    """Plant each statistical leak in what was gathered, and tell what a classifier makes of it."""
    said = {}
    share = SHARE[judge.truth]
    for name, changed in leak_plants.planted(found, judge.arm, judge.seed, share):
        everything = {**series, **leak_features.everything(changed, sorted(judge.arm))}
        verdict = judge.verdict(judged(everything, judge.arm, judge.seed))
        said[name] = {
            "auc": round(verdict.area.value, 4),
            "error": round(verdict.area.error, 4),
            "gain": None if verdict.gain is None else tuple(round(g, 4) for g in verdict.gain),
            "by": verdict.name,
            "caught": verdict.caught,
        }
    return said


def _texts(found: Any) -> Iterator[tuple[str, bytes]]:
    """Yield every text of the study, by place; the protocol's own text is left out."""
    for s in (*found.seen, *found.close):
        where = f"{s.role}, {s.kind if s.code else s.path}"
        yield where, s.body
        yield f"{where}, headers", repr(s.headers).encode()
    for line in found.log:
        yield "log", line.encode()
    for name, data in found.exports.items():
        yield f"export {name}", data
    for table, rows in found.tables.items():
        for row in rows:
            kept = {k: v for k, v in row.items() if k != "protocol_text"}
            yield f"table {table}", repr(kept).encode()
