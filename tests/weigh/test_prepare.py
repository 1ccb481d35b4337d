from pathlib import Path

from crossblock.load.mechanism import mechanism
from crossblock.weigh.bank import build
from crossblock.weigh.prepare import Work, prepare
from tests.weigh.small import model, outcome, regimens, study


def work(folder: Path) -> Work:
    s = study("wilkinson-2019")
    return Work(
        regimens=regimens("ketamine", "placebo"),
        model=model(),
        calibrating=(s,),
        found={s.id: outcome(s.id)},
        size=16,
        each=8,
        seed=1,
        folder=folder,
    )


def test_workers_write_the_same_files_as_one_process(tmp_path: Path) -> None:
    said: list[str] = []
    prepare([mechanism("h1")], work(tmp_path / "one"), workers=1, say=said.append)
    prepare([mechanism("h1")], work(tmp_path / "two"), workers=2, say=said.append)
    one, two = (sorted(p.name for p in (tmp_path / n).iterdir()) for n in ("one", "two"))
    assert one == two
    assert len(one) == 4  # two regimens, the calibration, and the one without its study
    assert said[0] == "Glutamate only: 16 prior draws, 32 calibrated particles"
    again = build(
        [mechanism("h1")], work(tmp_path).regimens, model(), size=16, folder=tmp_path / "one"
    )
    assert again.fresh == 0
