"""What contradicts itself in a protocol is found, each rule once."""

import pytest

from crossblock.core.errors import ProtocolError
from crossblock.domain.consistency import contradictions
from crossblock.domain.contradiction import Parts
from crossblock.load import protocol as load
from tests.golden.cases import STUDY, changed

RATIO = "the ratio does not have one number per sequence"


def whats(*changes):
    try:
        load.parse(changed(STUDY, *changes).encode(), "study.toml")
    except ProtocolError as error:
        return [p.what for p in error.problems]
    return []


def test_a_sound_study_contradicts_nothing():
    assert whats() == []


def test_nothing_at_all_contradicts_nothing():
    assert contradictions(Parts()) == ()


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (("age_max = 70", "age_max = 17"), "the oldest participant is younger than the youngest"),
        (("planned = 30", ""), "neither a planned nor an enrolled number of participants"),
        (
            ("planned = 30", "planned = 30\nenrolled = 16\nstudied = 17"),
            "more participants studied than enrolled",
        ),
        (('role = "primary"\nvisit', 'role = "secondary"\nvisit'), "no endpoint is primary"),
        (
            ('instruments = ["hamd17", "hamd6"]', 'instruments = ["hamd6"]'),
            "the endpoint's instrument is not rated at its visit",
        ),
        (
            ("block_sizes = [2, 4]", "ratio = [1]"),
            RATIO,
        ),
        (("looks = [14]", "looks = [20, 14]"), "the looks are not in ascending order"),
        (('baseline = "baseline"', 'baseline = "base"'), "unknown visit"),
        (
            (
                'model = "complete pairs"\nrole = "primary"',
                'model = "complete pairs"\nrole = "sensitivity"',
            ),
            "no analysis is primary",
        ),
        (('estimand = "blockade"', 'estimand = "blocade"'), "unknown estimand"),
    ],
)
def test_each_rule(change, what):
    assert what in whats(change)


def test_a_single_arm_may_compare_a_condition_with_itself():
    change = ('test = "blocked"', 'test = "open"\nmeasure = "change from baseline"')
    assert whats(change) == []
