"""Virtual raters for the server: what they write down for people whose arm only they know.

They stand outside the server, as the truth does. The demonstration and the proofs play them
through the pages (`server.rehearsal`), and what they decided is kept here, to be compared with what
came out of the locked record.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from crossblock.cli.output import say
from crossblock.cli.progress import meter
from crossblock.cli.sealing import make_allocation
from crossblock.core.errors import OutputError, Problem
from crossblock.core.streams import Stream
from crossblock.domain.instrument import Family, Instrument
from crossblock.domain.protocol import Protocol
from crossblock.domain.scale import Item
from crossblock.load import catalog, instrument
from crossblock.load import protocol as protocol_file
from crossblock.load.sealed import new_key, unseal
from crossblock.server.command import point_at
from crossblock.server.trial.schedule import Place

EFFECT = 0.45
"""Share of the severity that the drug takes away at its peak, without the blocker."""
LASTS_D = 6.0
EVENTS = 0.3
"""Probability of an adverse event in a period, whatever was given."""
DEMO_DAYS = 75
DEMO_PEOPLE = 12
Answers = dict[str, float | str]


@dataclass(kw_only=True)
class VirtualRaters:
    """What is written down for the person of each slot, and what was decided along the way.

    blocking    share of the drug's effect that the blocker removes, 0 to 1
    missing     probability that a visit's form is not filled
    unsteady    SD of what one session adds to the severity until the next, share of the scale
    """

    protocol: Protocol
    sequence_of: Mapping[int, str]
    seed: int = 1
    blocking: float = 0.6
    missing: float = 0.04
    unsteady: float = 0.0
    screened_out: frozenset[int] = frozenset()
    drop_out: frozenset[int] = frozenset()
    decided: dict[tuple[int, int, str, str], dict[str, float]] = field(default_factory=dict)

    def leaves(self, index: int) -> str:
        """Return where the way of the participant of this order ends early."""
        if index in self.screened_out:
            return "screening"
        return "washout" if index in self.drop_out else ""

    def answers(self, slot: int, place: Place) -> Answers | None:
        """Return what is written down at a place, or None when the form was missed."""
        found = instrument.read(place.form)
        u = self._draws(slot, place, len(found.items) + 2)
        if place.rater:
            return _guess(found, u)
        if found.repeats == "event":
            return _event(u)
        if found.family is Family.SAFETY:
            return _vitals(found, u)
        if u[-1] < self.missing:
            return None
        severity = self._severity(slot, place, float(u[-2]))
        numbers = {
            item.id: _item(item, severity, float(u[i])) for i, item in enumerate(found.scored_items)
        }
        score = found.score(dict(numbers))
        values = {**numbers, **{k: v for k, v in score.subscales.items() if v is not None}}
        if score.total is not None:
            values[found.primary] = score.total
        self.decided[slot, place.period, place.visit, place.form] = values
        return dict(numbers)

    def _draws(self, slot: int, place: Place, count: int) -> Any:
        stream = Stream(self.seed, f"{place.visit} {place.form} {place.rater}")
        return stream.uniform(count, participant=np.array(slot), period=np.array(place.period))

    def _severity(self, slot: int, place: Place, noise: float) -> float:
        """Return how ill somebody is rated, as a share of the scale.

        s = s0 (1 - E d(t) (1 - b)) + session + noise, with d(t) = exp(-t / 6 d) after the drug and
        b the blocker's share when it is on board.
        """
        found = instrument.read(place.form)
        trait = Stream(self.seed, "person").uniform(2, participant=np.array(slot))
        visit = self.protocol.visit(place.visit)
        if found.family is not Family.EFFICACY:
            peak = 0.25 if visit.kind == "session" else 0.02
            return max(0.0, peak * (0.5 + noise))
        start = 0.38 + 0.3 * float(trait[0])
        if visit.kind == "baseline":
            return start + 0.06 * (noise - 0.5)
        condition = self._condition(slot, place.period)
        blocked = self.blocking if condition.cell == "blocked" else 0.0
        drug = 0.0 if condition.cell in {"no_drug", "blocker_alone"} else 1.0
        days = (self.protocol.visit_h(place.visit) - self.protocol.drug_start_h) / 24
        effect = EFFECT * (0.6 + 0.8 * float(trait[1])) * np.exp(-days / LASTS_D)
        session = self.unsteady * self._session(slot, place.period)
        rated = start * (1 - drug * effect * (1 - blocked)) + session
        return float(rated + 0.08 * (noise - 0.5))

    def _session(self, slot: int, period: int) -> float:
        """Return how far one session goes from the person's course, in standard deviations."""
        draw = Stream(self.seed, "session").normal(
            1, participant=np.array(slot), period=np.array(period)
        )
        return float(draw[0])

    def _condition(self, slot: int, period: int) -> Any:
        sequence = self.protocol.sequence(self.sequence_of[slot])
        return self.protocol.condition(sequence.conditions[period - 1])


def _item(item: Item, severity: float, u: float) -> float:
    """Return one answer: the severity with item noise, on the item's own steps.

    Suicide items stay at the low end: a demonstration must not be full of alerts.
    """
    share = min(1.0, max(0.0, severity + 0.5 * (u - 0.5)))
    if item.suicide:
        share = 0.3 if u > 0.97 else 0.0
    if item.values:
        return float(item.values[min(int(share * len(item.values)), len(item.values) - 1)])
    return float(round(item.lowest + share * (item.highest - item.lowest)))


def _guess(found: Instrument, u: Any) -> Answers:
    return {"guess": float(int(u[0] * 3) - 1), "certainty": float(round(100 * u[1])), "basis": 1.0}


def _event(u: Any) -> Answers | None:
    """Return an adverse event, the same in every condition; three of ten have one in a period."""
    if u[-1] > EVENTS:
        return None
    words = ("headache", "nausea", "tired the day after", "dizzy on standing up")[int(4 * u[0])]
    return {"term": words, "began": "the day after, morning", "ended": "the same evening",
            "severity": float(1 + int(2 * u[1])), "serious": 0.0, "related": float(int(5 * u[2])),
            "nausea": float(words == "nausea"), "action": 0.0, "outcome": 0.0}  # fmt: skip


def _vitals(found: Instrument, u: Any) -> Answers:
    rest = {"minutes": 40.0, "systolic": 118.0, "diastolic": 76.0, "heart_rate": 70.0,
            "oxygen": 97.0, "breathing": 14.0, "alertness": 5.0}  # fmt: skip
    return {k: v + (round(10 * float(u[1])) if k == "systolic" else 0.0) for k, v in rest.items()}


def opened(folder: Path, key: str) -> dict[int, str]:
    """Return slot to sequence of a sealed list, for those who hold its key."""
    text = unseal((folder / "mapping.age").read_bytes(), [key], "mapping.age")
    return {row["slot"]: row["sequence"] for row in json.loads(text)["slots"]}


def virtual_study(
    folder: Path, protocol: Protocol, source: Path, *, slots: int, seed: int, conduct: Path
) -> str:
    """Make a study folder with a dummy list; return the key that opens it."""
    folder.mkdir(parents=True)
    shutil.copy(source, folder / "protocol.toml")
    shutil.copy(conduct, folder / "conduct.toml")
    secret, public = new_key()
    make_allocation(
        protocol,
        folder / "allocation",
        recipients=[public, new_key()[1]],
        slots_per_stratum=slots,
        seed=seed,
        dry_run=True,
    )
    return secret


def make_demo(given: Path | None) -> Path:
    """Fill a virtual study up to today, print who can sign in, and return its folder."""
    folder = given or Path(tempfile.mkdtemp(prefix="crossblock-demo-")) / "study"
    if folder.exists():
        raise OutputError(
            Problem(what="the folder exists already", where=str(folder), fix="name a new one")
        )
    source = catalog.path("protocols", "williams-2018")
    protocol = protocol_file.read("williams-2018")
    key = virtual_study(
        folder, protocol, source, slots=40, seed=7, conduct=catalog.path("conduct", "one-site")
    )
    (folder / "demo.key").write_text(key + "\n")
    with meter(f"Filling a virtual study of {DEMO_DAYS} days") as told:
        _fill_demo(folder, protocol, key, told)
    rehearsal = import_module("crossblock.server.rehearsal")
    say(f"A virtual study, through its own pages: {folder}")
    say(f"Sign in with the password {rehearsal.PASSWORD!r} as one of:")
    for line in rehearsal.accounts():
        say(f"  {line}")
    return folder


def _fill_demo(
    folder: Path, protocol: Protocol, key: str, told: Callable[[int, int], None]
) -> None:
    """Play a virtual study up to today: one screened out, one dropped out, one code break."""
    point_at(folder).prepare("", "")
    connections = import_module("django.db").connections
    with connections["default"].cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")  # what is made up need not outlive a power cut
    rehearsal = import_module("crossblock.server.rehearsal")
    stage = import_module("crossblock.server.stage")
    rehearsal.cast()
    run = rehearsal.Play(
        stage=stage.Stage(password=rehearsal.PASSWORD),
        raters=VirtualRaters(
            protocol=protocol,
            sequence_of=opened(folder / "allocation", key),
            screened_out=frozenset({4}),
            drop_out=frozenset({3}),
        ),
        begin=rehearsal.long_ago(DEMO_DAYS),
        until=rehearsal.long_ago(0) + timedelta(hours=6),
        pace=timedelta(days=5),
        broken=1,
        told=told,
    )
    rehearsal.play(run, DEMO_PEOPLE)
    own = stage.address(rehearsal.Role.PARTICIPANT)
    rehearsal.participant_account(run.codes[6], rehearsal.PASSWORD, own)
    connections.close_all()
