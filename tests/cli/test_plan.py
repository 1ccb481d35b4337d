from pathlib import Path

import pytest

from crossblock.load.protocol import read
from tests.cli.running import run

QUICK = ("--endpoint", "hamd17", "--trials", "0", "--mechanisms", "h1,h3a")


def test_plan_writes_page_kit_and_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page, kit = tmp_path / "plan.html", tmp_path / "kit"
    ran = run(capsys, "plan", "williams-2018", *QUICK, "-o", str(page), "--write", str(kit))
    assert ran.status == 1  # usable, with a finding: the budget does not reach the target
    assert ran.out.startswith("Advised: ")
    assert "warning: At this cost" in ran.err
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert read(kit / "protocol.toml").id == "williams-2018-next"
    checked = run(capsys, "check", str(kit / "protocol.toml"))
    assert checked.status == 0
    assert "sound" in checked.err


def test_stated_numbers_give_the_sizes_of_the_review(capsys: pytest.CaptureFixture[str]) -> None:
    ran = run(capsys, "plan", "williams-2018", *QUICK, "--effect", "9.2", "--sd", "9.5", "--json")
    sizes = ran.json()["sizes"]
    assert isinstance(sizes, list)
    first = next(s for s in sizes if s["design"] == "2x2")
    # evidence review, section 1: about 110 completers for 28 % of 9.2 points with SD 9.5
    assert first["completers"] == pytest.approx(110, abs=2)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nimh-ketamine-saline"], "together with a blocker"),
        (["williams-2018", "--effect", "5"], "belong together"),
        (["williams-2018", *QUICK, "--effect", "5", "--sd", "0"], "do not vary"),
        (["williams-2018", *QUICK, "--power", "1"], "no number of people reaches this power"),
        (["williams-2018", *QUICK, "--width", "0"], "no number of people reaches this width"),
        (["williams-2018", *QUICK, "--fraction", "2"], "share above 0"),
        (["williams-2018", *QUICK, "--budget", "5"], "does not pay for this design"),
        (["williams-2018", "--endpoint", "nothing"], "no endpoint of this id"),
    ],
)
def test_bad_input_is_one_sentence_and_no_output(
    arguments: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "plan.html"
    ran = run(capsys, "plan", *arguments, "-o", str(target))
    assert ran.status == 2
    assert says in ran.err
    assert "Traceback" not in ran.err
    assert not target.exists()
