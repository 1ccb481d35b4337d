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
from crossblock.load import catalog
from crossblock.load import protocol as protocol_file
from crossblock.server.command import point_at

Truth = Literal["identical", "effect"]
BLOCKING: Mapping[Truth, float] = {"identical": 0.0, "effect": 0.6}
"""Share of the drug's effect that the blocker removes."""
WITHIN = 0.05
"""Under identical truth every area must lie within this of one half, at 2,000 participants."""
MORE = 0.02
"""With an effect, everything may exceed the ratings alone by this much."""
ERRORS = 4.0
"""With fewer participants, so many standard errors are allowed instead."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LeakReport:
    """What the leak test found under one truth; no leaks is an empty list.

    areas       every classifier on everything: area under the curve and its standard error
    auc         the worst of them: furthest from one half, or with an effect the largest
    ratings     every classifier on the ratings alone
    gain        (with an effect) best on everything less best on ratings alone, and its error
    controls    leaks planted in what was gathered: the worst area, and whether it was caught
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
    are also planted in what was gathered under identical truth, and each must be caught.
    """
    catalog.resolve("protocols", protocol)
    protocol_file.read(protocol)
    with ProcessPoolExecutor(len(truths), mp_context=get_context("spawn")) as pool:
        waiting = [
            pool.submit(one, protocol, participants, seed, t, controls and t == "identical")
            for t in truths
        ]
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
    arms = opened(folder / "allocation", key)
    return VirtualRaters(
        protocol=protocol, sequence_of=arms, seed=seed, blocking=BLOCKING[truth], missing=0.0
    )


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
    """Search what was gathered for the arm, and let classifiers try to tell it."""
    ids = protocol.sequence_ids
    arm = {c: min(1, ids.index(raters.sequence_of[s])) for c, s in found.slots.items()}
    codes = sorted(arm)
    series = leak_features.everything(found, codes)
    areas, ratings = judged(series, arm, seed), {}
    leaks = list(leak_signs.spelled(_texts(found), leak_signs.spellings(protocol)))
    gain = None
    if truth == "identical":
        leaks += leak_signs.associated(series, arm)
        name, worst = leak_models.best(areas)
        limit = max(WITHIN, ERRORS * worst.error)
        if abs(worst.value - 0.5) > limit:
            leaks.append(f"a classifier ({name}) tells the arms apart (AUC {worst.value:.3f})")
    else:
        alone = {k: v for k, v in series.items() if k.startswith("rating ")}
        ratings = judged(alone, arm, seed)
        name, worst = leak_models.strongest(areas)
        gain = leak_models.gain(worst, leak_models.strongest(ratings)[1])
        limit = MORE if len(codes) >= ENOUGH else max(MORE, ERRORS * gain[1])
        if gain[0] > limit:
            leaks.append(f"a classifier ({name}) learns {gain[0]:.3f} more than the ratings say")
    return LeakReport(
        truth=truth,
        participants=len(arm),
        pages=len(found.seen) + len(found.close),
        closely=len(found.close),
        roles=len({s.role for s in found.seen}),
        routes=len({s.kind.split(",")[0] for s in found.close}),
        features=len(series),
        auc=worst.value,
        auc_error=worst.error,
        auc_limit=limit,
        areas=leak_models.said(areas),
        ratings=leak_models.said(ratings),
        gain=gain,
        controls=control(found, series, arm, seed) if controls else {},
        leaks=tuple(leaks),
    )


ENOUGH = 2000
"""From so many participants on, the limits hold as they are promised."""


def judged(
    series: Mapping[str, Series], arm: Mapping[str, int], seed: int
) -> dict[str, leak_models.Area]:
    """Return the area of every classifier on these series."""
    codes = sorted(arm)
    told = np.array([float(arm[c]) for c in codes])
    return leak_models.areas(leak_features.design(series, codes), told, seed)


def control(
    found: Any, series: Mapping[str, Series], arm: Mapping[str, int], seed: int
) -> dict[str, Any]:
    """Plant each statistical leak in what was gathered, and tell what a classifier makes of it."""
    said = {}
    for name, changed in leak_plants.planted(found, arm, seed):
        everything = {**series, **leak_features.everything(changed, sorted(arm))}
        worst = leak_models.best(judged(everything, arm, seed))
        limit = max(WITHIN, ERRORS * worst[1].error)
        said[name] = {
            "auc": round(worst[1].value, 4),
            "error": round(worst[1].error, 4),
            "by": worst[0],
            "caught": abs(worst[1].value - 0.5) > limit,
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
