"""Error texts are read like prose: each bad file's message equals its golden file, byte for byte.

After a wanted change of wording: `UPDATE_GOLDEN=1 pytest tests/golden`, then read the difference.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from crossblock.core.errors import CrossblockError, ProtocolError, RatingsError
from crossblock.load import protocol, ratings
from tests.cli.running import run
from tests.golden import cases

FOLDER = Path(__file__).parent / "errors"


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def check(name: str, error: CrossblockError) -> None:
    text = f"{error}\n"
    golden = FOLDER / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert golden.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", cases.PROTOCOLS)
def test_a_bad_protocol_says_what_where_why_and_what_to_do(name):
    given = "nimh-ketamin-saline" if name == "unknown_catalog_name" else "study.toml"
    if given == "study.toml":
        cases.PROTOCOLS[name](Path(given))
    began = time.process_time()
    with pytest.raises(ProtocolError) as caught:
        protocol.read(given)
    assert time.process_time() - began < 1.0
    assert caught.value.exit_code == 2
    check(name, caught.value)


@pytest.mark.parametrize("name", cases.RATINGS)
def test_bad_ratings_say_what_where_why_and_what_to_do(name):
    study = protocol.parse(cases.STUDY.encode(), "study.toml")
    cases.RATINGS[name](Path("ratings.csv"))
    Path("people.csv").write_text(cases.PEOPLE, encoding="utf-8")
    with pytest.raises(RatingsError) as caught:
        ratings.read("ratings.csv", study, "people.csv")
    assert caught.value.exit_code == 2
    check(name, caught.value)


@pytest.mark.parametrize("name", cases.PROTOCOLS)
def test_check_leaves_with_2_and_writes_nothing(name, capsys):
    file = Path("study.toml")
    cases.PROTOCOLS[name](file)
    ran = run(
        capsys, "check", "nimh-ketamin-saline" if name == "unknown_catalog_name" else str(file)
    )
    assert ran.status == 2
    assert ran.out == ""
    assert ran.err == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    assert [p.name for p in Path().iterdir()] == ["study.toml"]


@pytest.mark.parametrize("name", sorted(cases.RATINGS))
def test_analyze_leaves_with_2_and_writes_nothing(name, capsys):
    Path("study.toml").write_text(cases.STUDY, encoding="utf-8")
    Path("data").mkdir()
    cases.RATINGS[name](Path("data/ratings.csv"))
    Path("data/participants.csv").write_text(cases.PEOPLE, encoding="utf-8")
    ran = run(capsys, "analyze", "study.toml", "data", "--json")
    assert ran.status == 2
    assert ran.out == ""
    golden = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    assert ran.err == golden.replace("ratings.csv", "data, ratings.csv")
    assert sorted(p.name for p in Path().rglob("*.*")) == [
        "participants.csv",
        "ratings.csv",
        "study.toml",
    ]


def test_every_golden_text_belongs_to_a_case():
    names = {*cases.PROTOCOLS, *cases.RATINGS}
    assert {path.stem for path in FOLDER.glob("*.txt")} == names


def test_the_sound_study_reads():
    study = protocol.parse(cases.STUDY.encode(), "study.toml")
    Path("ratings.csv").write_text(cases.TABLE, encoding="utf-8")
    assert ratings.read("ratings.csv", study).observed.sum() == 6


@pytest.mark.parametrize("folder", [FOLDER])
def test_no_error_text_shows_a_path_of_the_machine_or_a_library(folder):
    text = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.txt"))
    for word in ("/tmp", "/work", "pydantic", "Traceback", "\x1b", "\0"):
        assert word not in text
