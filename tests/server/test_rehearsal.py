"""A virtual study of 30 through the pages of the real server, locked, and analyzed from its bundle.

The analysis of the bundle equals the analysis of what the virtual raters decided, digit for digit.
"""

import base64
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from scipy.special import ndtri, stdtr

from crossblock.cli.sealing import write_folder
from crossblock.cli.theater import VirtualRaters, opened, virtual_study
from crossblock.domain.codelist import CodeList
from crossblock.domain.protocol import Protocol
from crossblock.domain.rating import RatingsBatch
from crossblock.load import bundle, catalog, instrument
from crossblock.load.codelist import open_sealed
from crossblock.load.protocol import read as read_protocol
from crossblock.load.sealed import read_key, unseal
from crossblock.server import desk, rehearsal, study
from crossblock.server.jobs.models import Job
from crossblock.server.prepare import begin, migrate
from crossblock.server.record.audit import verify
from crossblock.server.record.models import Event, Query, Version
from crossblock.server.roles import Role
from crossblock.server.stage import Stage
from crossblock.server.trial import lock
from crossblock.server.trial.models import Allocation, CodeBreak, KitMove, SealedResult
from crossblock.stats.derive import derive_study
from crossblock.stats.interim import decide
from crossblock.stats.sequential import bounds
from crossblock.stats.spending import Family, Spending
from crossblock.stats.study import analyze
from tests.server import conftest, wire

PEOPLE = 30
SOURCE = "williams-2018"


WIRE = "CROSSBLOCK_WIRE"
"""Set, the study goes over HTTP to gunicorn in a process of its own, as the proof asks; else the
framework's own browser stands in, which is quicker and asks the same pages."""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, VirtualRaters]]:
    """The whole study, played once: 30 people, dropouts, a correction, a code break, a look."""
    parent = tmp_path_factory.mktemp("played")
    folder = parent / "study"
    protocol = read_protocol(SOURCE)
    key = virtual_study(
        folder,
        protocol,
        catalog.path("protocols", SOURCE),
        slots=40,
        seed=11,
        conduct=catalog.path("conduct", "one-site"),
    )
    (parent / "key").write_text(key)
    conftest.connect("", folder)
    migrate()
    begin()
    rehearsal.cast()
    raters = VirtualRaters(
        protocol=protocol,
        sequence_of=opened(folder / "allocation", key),
        seed=3,
        screened_out=frozenset({6, 17}),
        drop_out=frozenset({4, 12, 21}),
    )
    with wire.served(folder) if os.environ.get(WIRE) else nullcontext() as port:
        stage = Stage(password=rehearsal.PASSWORD)
        if port is not None:
            stage = Stage(password=rehearsal.PASSWORD, browser=partial(wire.Browser, port=port))
        _play(stage, parent, raters)
    yield parent, raters
    conftest.connections["default"].close()


def _play(stage: Stage, parent: Path, raters: VirtualRaters) -> None:
    run = rehearsal.Play(
        stage=stage,
        raters=raters,
        begin=rehearsal.long_ago(400),
        until=rehearsal.long_ago(0),
        broken=9,
        accounts=2,
        looks=LOOK_AT,
        look=lambda: _interim(stage, parent, raters),
    )
    rehearsal.play(run, PEOPLE)
    rehearsal.quiet(stage)
    sent = {"password": rehearsal.PASSWORD, "note": "all visits over"}
    stage.post(Role.MONITOR, "", "/lock/", sent)


LOOK_AT = 14


def _interim(stage: Stage, parent: Path, raters: VirtualRaters) -> None:
    """Do the planned look as the unblinded statistician does.

    Take the interim bundle from the server, analyze it in another process with the key, and store
    the sealed result. What the virtual raters had decided by then is kept for the comparison.
    """
    me = (Role.STATISTICIAN, "")
    stage.post(*me, "/jobs/", {"kind": "interim"})
    assert desk.work(once=True) == 2  # the bundle, and the check of every day
    number = Job.objects.get(kind="interim").pk
    with zipfile.ZipFile(io.BytesIO(stage.file(*me, f"/jobs/{number}/file/"))) as archive:
        archive.extractall(parent / "look")
    secret, public = conftest.new_key()
    (parent / "committee.key").write_text(secret)
    done = cli(
        "analyze", str(parent / "look"), "--key", str(parent / "key"), "--look", "1",
        "--seal-to", public, "-o", str(parent / "look.age"),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    content = (parent / "look.age").read_bytes()
    stage.send(*me, "/sealed/", {"name": "first look"}, {"file": ("look.age", content)})
    slots = {a.participant.code: a.slot.number for a in _allocations()}
    parent.joinpath("by-then.json").write_text(
        json.dumps({"slots": slots, "decided": [[*k, v] for k, v in raters.decided.items()]})
    )


def cli(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "crossblock.cli", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )


def test_the_look_decides_by_the_boundary_as_the_simulation_has_it(
    played: tuple[Path, VirtualRaters],
) -> None:
    parent, raters = played
    conftest.connect("", parent / "study")
    stored = base64.b64decode(SealedResult.objects.get(name="first look").ciphertext)
    found = json.loads(unseal(stored, read_key(parent / "committee.key"), "look"))
    then = json.loads((parent / "by-then.json").read_text())
    decided = {(s, p, v, f): values for s, p, v, f, values in then["decided"]}
    protocol = read_protocol(SOURCE)
    virtual, truth = simulated(protocol, replace(raters, decided=decided), then["slots"])
    tools = {name: instrument.read(name) for name in protocol.instrument_ids}
    there = analyze(protocol, derive_study(protocol, virtual, truth), tools)
    watched = next(e for e in there.endpoints if e.instrument == "hamd6")
    n = watched.primary.n
    planned = protocol.participants.planned
    assert planned is not None
    assert LOOK_AT - 4 <= n < planned.value
    bound = bounds(
        Spending(family=Family.OBRIEN_FLEMING_LIKE, alpha=0.025), (n / planned.value, 1.0)
    )
    z = -float(ndtri(stdtr(watched.primary.df, -watched.primary.statistic)))
    assert found["look"]["completers"] == n
    assert found["look"]["z"] == pytest.approx(z, abs=1e-9)
    assert found["look"]["efficacy"] == pytest.approx(bound.efficacy[0], abs=1e-9)
    assert found["estimate"]["value"] == watched.primary.value
    assert found["look"]["decision"] == str(decide(bound, 1, z))


def test_what_happened(played: tuple[Path, VirtualRaters]) -> None:
    conftest.connect("", played[0] / "study")
    assert Allocation.objects.count() == 28
    assert CodeBreak.objects.count() == 1
    assert SealedResult.objects.count() == 1
    own = Version.objects.filter(by__participant__isnull=False)
    assert own.filter(entry__form="ketamine-craving").count() > 20
    assert own.filter(entry__form="blinding-guess", entry__rater="participant").count() > 20
    kits = KitMove.objects.filter(by__name="Ravi Menon")
    given = set(kits.filter(move="dispensed").values_list("kit", flat=True))
    assert 50 < len(given) == kits.filter(move="dispensed").count()
    assert given < set(kits.filter(move="received").values_list("kit", flat=True))
    assert Version.objects.filter(number=2).count() >= 1
    assert Query.objects.exclude(notes__closes=True).count() == 0
    actions = set(Event.objects.values_list("action", flat=True))
    assert {"login", "randomize", "code.break", "study.lock", "sealed.store"} <= actions
    found = verify(study.current())
    assert found.faults == []
    assert found.events > 1000


def test_the_bundle_gives_the_same_analysis_digit_for_digit(
    played: tuple[Path, VirtualRaters],
) -> None:
    parent, raters = played
    conftest.connect("", parent / "study")
    slots = {a.participant.code: a.slot.number for a in _allocations()}
    if not (parent / "bundle").exists():
        write_folder(parent / "bundle", lock.bundle_files())
    locked = bundle.read(parent / "bundle")
    codes = open_sealed(locked, parent / "key")
    protocol = locked.protocol
    virtual, truth = simulated(protocol, raters, slots)
    assert virtual.participants == locked.ratings.participants
    np.testing.assert_array_equal(virtual.observed, locked.ratings.observed)
    np.testing.assert_array_equal(virtual.score, locked.ratings.score)
    np.testing.assert_array_equal(truth.sequence, codes.sequence)
    tools = {name: instrument.read(name) for name in protocol.instrument_ids}
    here = analyze(protocol, derive_study(protocol, locked.ratings, codes), tools)
    there = analyze(protocol, derive_study(protocol, virtual, truth), tools)
    # everything but the hash of the file that the ratings were read from
    assert repr(replace(here, ratings_hash="")) == repr(there)
    assert "Estimate" in repr(here)


def test_the_command_line_unblinds_once_with_the_key(played: tuple[Path, VirtualRaters]) -> None:
    parent = played[0]
    conftest.connect("", parent / "study")
    if not (parent / "bundle").exists():
        write_folder(parent / "bundle", lock.bundle_files())
    arguments = ["analyze", str(parent / "bundle"), "--key", str(parent / "key"), "--json"]
    done = cli(*arguments)
    assert done.returncode in {0, 1}, done.stderr
    locked = bundle.read(parent / "bundle")
    codes = open_sealed(locked, parent / "key")
    tools = {name: instrument.read(name) for name in locked.protocol.instrument_ids}
    here = analyze(locked.protocol, derive_study(locked.protocol, locked.ratings, codes), tools)
    found = json.loads(done.stdout)["endpoints"][0]["primary"]
    assert found["value"] == here.endpoints[0].primary.value
    assert found["n"] == here.endpoints[0].primary.n > 10


def test_no_arm_is_anywhere_in_the_study_folder(played: tuple[Path, VirtualRaters]) -> None:
    folder = played[0] / "study"
    words = [w.encode() for w in read_protocol(SOURCE).sequence_ids]
    for file in folder.rglob("*"):
        if file.is_file() and file.name != "protocol.toml":
            data = file.read_bytes().replace((folder / "protocol.toml").read_bytes(), b"")
            counts = {w: data.count(w) for w in words}
            if file.name.startswith("study.sqlite3"):
                assert max(counts.values()) <= 4, file  # the protocol's own text, once entered
            else:
                assert not any(counts.values()), file


def _allocations() -> list[Allocation]:
    rows = Allocation.objects.select_related("participant", "slot").order_by("participant__code")
    return list(rows)


def simulated(
    protocol: Protocol, raters: VirtualRaters, slots: dict[str, int]
) -> tuple[RatingsBatch, CodeList]:
    """Return ratings and code list as the virtual raters and the sealed list have them."""
    people = tuple(slots)
    shape = (1, len(people), protocol.periods, len(protocol.visits), len(protocol.score_ids))
    score, observed = np.zeros(shape), np.zeros(shape, dtype=bool)
    for (slot, period, visit, form), values in raters.decided.items():
        if slot not in slots.values() or visit not in protocol.visit_ids:
            continue
        i = list(slots.values()).index(slot)
        for k, name in enumerate(protocol.score_ids):
            wanted, _, part = name.partition(".")
            value = values.get(part or instrument.read(wanted).primary)
            if wanted == form and value is not None:
                at = (0, i, period - 1, protocol.visit_ids.index(visit), k)
                score[at], observed[at] = value, True
    index = [protocol.sequence_ids.index(raters.sequence_of[s]) for s in slots.values()]
    return (
        RatingsBatch(
            score=score,
            observed=observed,
            enrolled=np.ones((1, len(people)), dtype=bool),
            stratum=np.zeros((1, len(people)), dtype=np.int64),
            participants=people,
            visits=protocol.visit_ids,
            instruments=protocol.score_ids,
        ),
        CodeList(
            sequence=np.array([index], dtype=np.int64),
            sequences=protocol.sequence_ids,
            conditions=protocol.sequence_conditions,
        ),
    )


def test_the_manifest_binds_protocol_chain_and_list(played: tuple[Path, VirtualRaters]) -> None:
    parent = played[0]
    conftest.connect("", parent / "study")
    files = lock.bundle_files()
    manifest = json.loads(files["manifest.json"])
    assert manifest["protocol_sha256"] == study.current().protocol.sha256
    assert manifest["chain_sound"] is True
    assert manifest["dry_run"] is True
