from crossblock.cli.characteristics import lines, percent
from crossblock.domain.characteristics import Measured
from crossblock.load.protocol import read
from crossblock.simulate.batch import run
from crossblock.simulate.chunk import trial_job
from crossblock.simulate.grid import truth_grid


def test_shares_carry_their_error() -> None:
    assert percent(Measured(value=0.025, se=0.00156, n=10_000)) == "2.5 % ± 0.2"
    assert percent(Measured(value=0.0, se=float("inf"), n=0)) == "not seen"


def test_what_was_run_is_said_line_by_line() -> None:
    study = read("williams-2018")
    found = [
        run(trial_job(study, t, trials=60, seed=1))
        for t in truth_grid(["fraction=0,1"], "gaussian")
    ]
    said = list(lines(study, found))
    assert said[0].startswith("truth: fraction 0; gaussian; 30 people, 60 trials, seed 1")
    assert any("error" in line for line in said[:8])
    assert any("power" in line for line in said[8:])
    assert any("rule Pocock [assumed]" in line for line in said)
    assert any("exactly 7 of 12" in line for line in said)
    assert all("nan" not in line for line in said)
    assert said[-1].endswith("(see the page, -o)")
