"""What a worker makes: an export without arms and without words that unblind; a verification."""

import io
import json
import zipfile

import pytest

from crossblock.server.jobs import kinds, work
from crossblock.server.roles import RefusedError, Role, Thing
from crossblock.server.trial import rating
from crossblock.server.trial.schedule import Place
from tests.server.web import client
from tests.server.world import World, sent


def test_an_export_is_plain_tables_and_its_reading_is_an_event(lite: World) -> None:
    person = lite.started()
    place = Place(form="adverse-events", visit="", period=1, thing=Thing.EVENTS)
    event = {"term": "patient got naltrexone, says sister", "severity": 1.0, "serious": 0.0,
             "related": 1.0, "nausea": 0.0, "action": 0.0, "outcome": 0.0}  # fmt: skip
    rating.save(lite.actor(Role.SESSION_RATER), person, place, event, sent())
    job = work.want(lite.actor(Role.MONITOR), "export")
    taken = work.take()
    assert taken is not None
    work.done(taken, kinds.DO["export"](taken))
    answer = client(lite, Role.MONITOR).get(f"/jobs/{job.pk}/file/")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        names = archive.namelist()
        text = b"".join(archive.read(n) for n in names).decode()
    assert {"items.csv", "steps.csv", "kits.csv"} <= set(names)
    assert "naltrexone" not in text
    assert "(kept for the monitor" in text
    for word in (*lite.protocol.sequence_ids, *lite.protocol.condition_ids):
        assert word not in text
    assert client(lite, Role.COORDINATOR).get(f"/jobs/{job.pk}/file/").status_code == 404


def test_verification_in_a_sentence(lite: World) -> None:
    job = work.want(lite.actor(Role.MONITOR), "verify")
    assert kinds.DO["verify"](job).startswith("sound: ")


def test_an_interim_bundle_is_the_statisticians_and_says_what_it_is(lite: World) -> None:
    person = lite.started()
    lite.rate(person)
    with pytest.raises(RefusedError, match="may not write"):
        work.want(lite.actor(Role.MONITOR), "interim")
    monitor, statistician = (client(lite, r) for r in (Role.MONITOR, Role.STATISTICIAN))
    assert b'value="interim"' not in monitor.get("/jobs/").content
    monitor.post("/jobs/", {"kind": "interim"})
    assert work.take() is None
    statistician.post("/jobs/", {"kind": "interim"})
    taken = work.take()
    assert taken is not None
    work.done(taken, kinds.DO["interim"](taken))
    path = f"/jobs/{taken.pk}/file/"
    assert path.encode() in statistician.get("/jobs/").content
    assert monitor.get(path).status_code == 404
    with zipfile.ZipFile(io.BytesIO(statistician.get(path).content)) as archive:
        files = {n: archive.read(n) for n in archive.namelist()}
    manifest = json.loads(files["manifest.json"])
    assert manifest["interim"] is True
    assert person.code.encode() in files["ratings.csv"]
    assert files["audit.jsonl"] == b""
    for name in lite.protocol.sequence_ids:
        told = [n for n, data in files.items() if name.encode() in data and n != "protocol.toml"]
        assert told == []
