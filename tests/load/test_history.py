"""A person's history from a file: every row becomes something, or a problem with its line."""

import pytest

from crossblock.core.errors import InputError
from crossblock.domain.dose import Route
from crossblock.domain.history import checked
from crossblock.load.history import history

GOOD = """day,score,dose,route,duration,drug
0,,0.5 mg/kg,iv,40 min,ketamine
1,20,,,,
3.5,18,0.5 mg/kg,,,
8,,,,,
10,12,84 mg,nasal,,esketamine
"""


def read(tmp_path, text, **more):
    file = tmp_path / "person.csv"
    file.write_text(text, encoding="utf-8")
    return history(file, baseline=34.0, **more)


def test_rows_become_ratings_and_sessions(tmp_path):
    found = read(tmp_path, GOOD)
    assert [r.score for r in found.ratings] == [20.0, 18.0, None, 12.0]
    assert [s.day for s in found.sessions] == [0.0, 3.5, 10.0]
    assert found.sessions[1].dose.duration_h == pytest.approx(2 / 3)
    assert found.sessions[2].dose.route is Route.NASAL
    assert found.sessions[2].drug == "esketamine"


def test_only_ratings_are_a_history_too(tmp_path):
    found = read(tmp_path, "day,score\n1,20\n2,\n")
    assert [r.score for r in found.ratings] == [20.0, None]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("1,20", "one,20", "the day is not a number"),
        ("1,20", "1,twenty", "the score is not a number"),
        ("0.5 mg/kg,iv", "0.5,iv", "without its unit"),
        (",iv,", ",ear,", "no such route"),
        ("day,score", "daj,score", "missing column day"),
        ("1,20,,,,", "1,20", "one cell per column"),
    ],
)
def test_mistakes_are_told_with_their_line(tmp_path, old, new, says):
    with pytest.raises(InputError, match=says) as caught:
        read(tmp_path, GOOD.replace(old, new, 1))
    assert "person.csv" in str(caught.value)


def test_every_bad_row_is_told(tmp_path):
    bad = GOOD.replace("1,20", "one,20").replace("10,12", "10,twelve")
    with pytest.raises(InputError) as caught:
        read(tmp_path, bad)
    assert len(caught.value.problems) == 2


def test_a_baseline_is_read_from_the_file_when_nobody_gives_one(tmp_path):
    file = tmp_path / "person.csv"
    file.write_text("day,score,dose\n-8,30,\n-7,,\n0,33,0.5 mg/kg\n1,20,\n", encoding="utf-8")
    found = history(file, baseline=None)
    assert found.baseline == 33.0
    assert [r.score for r in found.ratings] == [20.0]
    assert found.notes == (
        "the baseline is the score of 33 on day 0, the last one before the first session; 2 other "
        "rows before it are not used",
    )


def test_without_a_score_before_the_first_session_there_is_no_baseline(tmp_path):
    file = tmp_path / "person.csv"
    file.write_text("day,score,dose\n0,,0.5 mg/kg\n1,20,\n", encoding="utf-8")
    with pytest.raises(InputError, match="no baseline"):
        history(file, baseline=None)


BESIDE = """day,score,dose,onboard
0,,0.5 mg/kg,opioid-antagonist-oral;benzodiazepine
3,,0.5 mg/kg,none
6,,0.5 mg/kg,
"""


def test_classes_on_board_are_read_and_said_not_to_be_modeled(tmp_path):
    found = read(tmp_path, BESIDE)
    beside = [s.onboard for s in found.sessions]
    assert beside == [("opioid-antagonist-oral", "benzodiazepine"), (), ()]
    said = [f for f in checked(found) if "on board" in f]
    assert len(said) == 2
    assert said[0].startswith("opioid antagonist oral on board at 1 of 3 sessions: not modeled")


def test_a_class_that_the_catalog_does_not_have_is_refused(tmp_path):
    with pytest.raises(InputError, match="no such class of medicines"):
        read(tmp_path, BESIDE.replace("benzodiazepine", "benzo"))
    with pytest.raises(InputError, match="an onboard without a dose"):
        read(tmp_path, BESIDE.replace("3,,0.5 mg/kg,none", "3,20,,none"))
