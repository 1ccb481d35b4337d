"""Ratings on their grid; the real crossover's counts."""

import csv
import hashlib
import runpy
import shutil
from pathlib import Path

import numpy as np
import pytest

from crossblock.load import catalog, codelist, protocol, ratings
from tests.golden.cases import STUDY, TABLE

TOOL = Path(__file__).parents[2] / "tools" / "build_nimh_ratings.py"
STUDY_NOUN = protocol.parse(STUDY.encode(), "study.toml")


@pytest.fixture(scope="module")
def nimh():
    study = protocol.read("nimh-ketamine-saline")
    scores = ratings.read("nimh-ketamine-saline", study)
    codes = codelist.read_open("nimh-ketamine-saline", study)
    return scores, codes


def test_the_grid_is_trial_participant_period_visit_score(tmp_path):
    file = tmp_path / "r.csv"
    file.write_text(TABLE, encoding="utf-8")
    found = ratings.read(file, STUDY_NOUN)
    assert found.score.shape == (1, 2, 2, 3, 3)
    assert found.participants == ("P1", "P2")
    assert found.visits == ("baseline", "d1", "d7")
    assert found.instruments == ("hamd17", "hamd6", "hamd17.item3")
    score, seen = found.at("d1", "hamd17")
    assert score[0].tolist() == [[12, 18], [20, 0]]
    assert seen[0].tolist() == [[True, True], [True, False]]
    assert found.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert found.enrolled.all()


def test_item_scores_have_their_own_label(tmp_path):
    file = tmp_path / "r.csv"
    file.write_text(TABLE + "P2,bo,2,d1,hamd17.item3,2,open\n", encoding="utf-8")
    score, seen = ratings.read(file, STUDY_NOUN).at("d1", "hamd17.item3")
    assert (score[0, 1, 1], seen.sum()) == (2.0, 1)


def test_a_folder_brings_its_participants(tmp_path):
    (tmp_path / "ratings.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "participants.csv").write_text("participant\nP2\nP1\nP0\n", encoding="utf-8")
    assert ratings.read(tmp_path, STUDY_NOUN).participants == ("P2", "P1", "P0")


def test_nimh_has_the_counts_of_its_provenance(nimh):
    scores, codes = nimh
    assert len(scores.participants) == 33
    assert int((codes.sequence >= 0).sum()) == 31
    for instrument in ("madrs", "hamd6", "hamd17"):
        _, seen = scores.at("d2", instrument)
        assert int(seen[0].any(axis=1).sum()) == 29
        assert int(seen[0].all(axis=1).sum()) == 24
        both = codes.sequence[0][seen[0].all(axis=1)]
        assert np.bincount(both).tolist() == [12, 12]


def test_the_tool_makes_the_same_bytes_again(tmp_path, monkeypatch):
    folder = catalog.path("ratings", "nimh-ketamine-saline")
    shutil.copytree(folder / "original", tmp_path / "original")
    tool = runpy.run_path(str(TOOL))
    monkeypatch.setitem(tool["main"].__globals__, "FOLDER", tmp_path)
    tool["main"]()
    for name in ("ratings.csv", "participants.csv"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_nimh_tells_both_infusions_by_sequence():
    folder = catalog.path("ratings", "nimh-ketamine-saline")
    rows = [r.split(",") for r in (folder / "participants.csv").read_text().splitlines()[1:]]
    both = [r[1] for r in rows if r[2] == "2"]
    assert (both.count("ketamine-first"), both.count("saline-first")) == (13, 12)


def test_nimh_baseline_is_taken_once(nimh):
    scores, _ = nimh
    _, seen = scores.at("baseline", "madrs")
    assert int(seen[0, :, 0].sum()) == 32
    assert not seen[0, :, 1].any()


def test_every_original_score_stands_at_its_place():
    """Read here from the originals, without the tool that made the tidy files."""
    folder = catalog.path("ratings", "nimh-ketamine-saline")
    people = {
        r["participant_id"]: r
        for r in csv.DictReader((folder / "original/participants.csv").open(encoding="utf-8"))
        if r["group"] == "MDD"
    }
    columns = {"MADRS_Total": "madrs", "HAMD_Bech": "hamd6", "HAM17_Total": "hamd17"}
    expected = {}
    for row in csv.DictReader((folder / "original/phenotype.csv").open(encoding="utf-8")):
        who, session = row["participant_id"], row["session_id"].removeprefix("ses-")
        if who not in people:
            continue
        second = session != "b0" and people[who]["infusion_2"] == session[0]
        visit = "baseline" if session == "b0" else f"d{session[1:]}"
        for column, name in columns.items():
            if row[column] != "n/a":
                key = (who.removeprefix("sub-"), 2 if second else 1, visit, name)
                expected[key] = float(row[column])
    scores = ratings.read(folder, protocol.read("nimh-ketamine-saline"))
    found = {
        (scores.participants[n], p + 1, scores.visits[v], scores.instruments[k]): x
        for (_, n, p, v, k), x in np.ndenumerate(scores.score)
        if scores.observed[0, n, p, v, k]
    }
    assert found == expected
    assert len(found) == 377
