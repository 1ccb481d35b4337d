"""The verb simulate: what it prints, what it keeps, and every way in which it can be misused."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from crossblock.load.people import truth
from tests.cli.running import run

FEW = ("--trials", "60", "--n", "12")


def characteristics(out: str) -> list[dict[str, object]]:
    found = json.loads(out)
    assert isinstance(found, list)
    return found


def test_a_grid_of_truths_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("simulate", "williams-2018", *FEW, "--generator", "gaussian", "--json")
    ran = run(capsys, *arguments, "--truth", "fraction=0,1", "--truth", "icc=0.2,0.8")
    assert ran.status == 0
    found = characteristics(ran.out)
    assert [c["truth"] for c in found] == [
        {"fraction": f, "icc": r} for f in (0.0, 1.0) for r in (0.2, 0.8)
    ]
    again = run(capsys, *arguments, "--truth", "fraction=0,1", "--truth", "icc=0.2,0.8")
    assert again.out == ran.out


def test_words_and_a_finding_about_the_washout(capsys: pytest.CaptureFixture[str]) -> None:
    ran = run(capsys, "simulate", "williams-2018", *FEW, "--truth", "fraction=0.28")
    assert ran.status == 1  # usable, with a finding
    assert ran.out == ""
    assert "all completers" in ran.err
    assert "power" in ran.err
    assert "of the drug's effect is left" in ran.err


def test_a_page_is_written(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    arguments = ("simulate", "williams-2018", *FEW, "--generator", "gaussian")
    ran = run(capsys, *arguments, "--truth", "fraction=0,0.5,1", "-o", str(page))
    assert ran.status == 0
    text = page.read_text(encoding="utf-8")
    assert "Would this study have shown it, had it been true?" in text
    assert text.count("<svg") >= 8
    assert "<script" not in text


def test_a_run_is_kept_and_resumed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = str(tmp_path / "run")
    arguments = ("simulate", "williams-2018", "--n", "12", "--generator", "gaussian", "--json")
    told = ("--truth", "fraction=0.28", "--trials", "600")
    first = run(capsys, *arguments, *told, "--run", folder)
    (Path(folder) / "chunks" / "00001.npy").unlink()
    second = run(capsys, *arguments, *told, "--resume", folder)
    assert second.out == first.out
    other = run(
        capsys, *arguments, "--truth", "fraction=0.3", "--trials", "600", "--resume", folder
    )
    assert other.status == 2
    assert "the folder holds another run" in other.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--truth", "fraction=1.2"), "the truth fraction is out of range"),
        (("--truth", "icc"), "a truth cannot be read"),
        (("--truth", "mechanism=h1", "--truth", "fraction=0.28"), "cannot have this fraction"),
        (("--endpoint", "nowhere"), "no endpoint of this id"),
        (("--n", "1"), "between 2 and 100,000 participants"),
        (("--resume", "/nowhere/at/all"), "there is no run to resume"),
        (
            ("--generator", "gaussian", "--truth", "fall_sd=0", "--truth", "baseline_sd=0"),
            "nothing can be estimated",
        ),
        (
            ("--generator", "gaussian", "--truth", "dropout_first=1"),
            "nothing can be estimated",
        ),
        (("--cluster", "tcp://127.0.0.1:9"), "the cluster does not answer"),
    ],
)
def test_what_cannot_be_is_said(
    arguments: tuple[str, ...],
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("crossblock.simulate.cluster.PATIENCE_S", 0.3)
    monkeypatch.setattr("crossblock.simulate.cluster.connected.__wrapped__.__kwdefaults__",
                        {"patience_s": 0.3})  # fmt: skip
    told = arguments if "--n" in arguments else ("--n", "12", *arguments)
    ran = run(capsys, "simulate", "williams-2018", "--trials", "20", *told)
    assert ran.status == 2
    assert said in ran.err
    assert "do:" in ran.err
    assert "Traceback" not in ran.err


def test_a_silent_cluster_falls_back_when_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crossblock.simulate.cluster.connected.__wrapped__.__kwdefaults__",
                        {"patience_s": 0.3})  # fmt: skip
    arguments = ("simulate", "williams-2018", *FEW, "--generator", "gaussian")
    ran = run(
        capsys, *arguments, "--truth", "fraction=0.28", "--cluster", "tcp://127.0.0.1:9", "--local"
    )
    assert ran.status == 0
    assert "note: the cluster does not answer; running here" in ran.err


def test_a_protocol_that_mechanisms_cannot_carry(capsys: pytest.CaptureFixture[str]) -> None:
    ran = run(capsys, "simulate", "becker-2023", "--trials", "20")
    assert ran.status == 2
    assert "--generator gaussian" in ran.err


def test_a_full_disk_stops_cleanly(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = os.fsync
    count = 0

    def full(descriptor: int) -> None:
        nonlocal count
        count += 1
        if count > 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        whole(descriptor)

    arguments = (
        "simulate", "williams-2018", "--n", "12", "--generator", "gaussian", "--json",
        "--truth", "fraction=0.28", "--trials", "600",
    )  # fmt: skip
    folder = str(tmp_path / "run")
    monkeypatch.setattr("os.fsync", full)
    stopped = run(capsys, *arguments, "--run", folder)
    assert stopped.status == 2
    assert "No space left" in stopped.err
    assert "--resume" in stopped.err
    monkeypatch.setattr("os.fsync", whole)
    resumed = run(capsys, *arguments, "--resume", folder)
    assert resumed.out == run(capsys, *arguments).out


def test_a_grid_leaves_out_what_cannot_be(capsys: pytest.CaptureFixture[str]) -> None:
    ran = run(
        capsys, "simulate", "williams-2018", *FEW, "--json",
        "--truth", "mechanism=h1,h3b", "--truth", "fraction=0,1",
    )  # fmt: skip
    assert ran.status == 1
    found = characteristics(ran.out)
    assert [(c["mechanism"], c["truth"]) for c in found] == [
        ("h1", {"fraction": 0.0}),
        ("h3b", {"fraction": 1.0}),
    ]
    assert ran.err.count("note: left out") == 2


def test_a_grid_that_was_stopped_is_taken_up(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    arguments = ("simulate", "williams-2018", *FEW, "--generator", "gaussian", "--json")
    told = ("--truth", "fraction=0,0.28,1")
    folder = tmp_path / "run"
    whole = run(capsys, *arguments, *told, "--run", str(folder))
    (folder / "truth-001" / "chunks" / "00000.npy").unlink()
    for path in sorted((folder / "truth-002").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (folder / "truth-002").rmdir()
    assert run(capsys, *arguments, *told, "--resume", str(folder)).out == whole.out


def test_every_number_of_a_truth_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    ran = run(capsys, "simulate", "--names")
    assert ran.status == 0
    listed = {line.split()[0] for line in ran.out.splitlines()}
    assert listed == set(truth().parameters)
    assert run(capsys, "simulate").status == 2
