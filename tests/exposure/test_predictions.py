"""The table "if this were true": the rows that the mechanisms' own definitions demand."""

import numpy as np
import pytest

import crossblock
from crossblock.core.errors import ProtocolError
from crossblock.core.streams import Stream
from crossblock.domain.prediction import Measurement
from crossblock.exposure.predictions import ask, predict
from crossblock.load.compound import compound
from crossblock.load.mechanism import mechanism, mechanism_names

KETAMINE, NALTREXONE = compound("ketamine"), compound("naltrexone")
BOTH = {"ketamine": KETAMINE, "naltrexone": NALTREXONE}
STUDY = crossblock.read_protocol("williams-2018")


def asked_of(names, study=STUDY, draws=20, seed=1):
    return predict(
        study,
        BOTH,
        [mechanism(n) for n in names],
        reference=KETAMINE,
        blocker=NALTREXONE,
        stream=Stream(seed, "test"),
        draws=draws,
    )


@pytest.fixture(scope="module")
def table():
    return {row.mechanism: row for row in asked_of(mechanism_names()).rows}


def test_glutamate_alone_is_untouched(table):
    for m in (Measurement.RATIO, Measurement.GLX, Measurement.SECOND):
        assert (table["h1"].cells[m].low, table["h1"].cells[m].high) == (1.0, 1.0)


def test_only_a_gate_or_a_link_moves_the_surge(table):
    moved = {name for name, row in table.items() if row.cells[Measurement.GLX].value < 0.99}
    assert moved == {"h2-linked", "h3a"}


def test_only_expectancy_shows_after_a_placebo_infusion(table):
    falls = {name: row.cells[Measurement.PLACEBO].value for name, row in table.items()}
    assert falls.pop("h5") > 0.2
    assert max(falls.values()) < 1e-6
    assert (
        table["h5"].cells[Measurement.ALONE].value
        < 0.4 * table["h5"].cells[Measurement.PLACEBO].value
    )


def test_only_direct_agonism_lifts_mood_without_the_drug(table):
    lifted = {name for name, row in table.items() if row.cells[Measurement.AGONIST].value > 0.01}
    assert lifted == {"h2", "h2-linked", "h4-direct"}


def test_a_second_dose_lowers_what_is_left_where_anything_was_taken(table):
    for name, row in table.items():
        if name != "h1":
            assert row.cells[Measurement.SECOND].value < row.cells[Measurement.RATIO].value


def test_dissociation_is_whole_but_its_prior_lets_it_be_wrong(table):
    for row in table.values():
        cell = row.cells[Measurement.DISSOCIATION]
        assert cell.value == 1.0
        assert cell.low < 0.95


def test_bands_hold_their_value_and_errors_are_small(table):
    for row in table.values():
        assert row.error < 1e-3
        for cell in row.cells.values():
            assert 0.0 <= cell.low <= cell.value <= cell.high


def test_the_same_seed_gives_the_same_table():
    one, two, other = (asked_of(["h3a"], seed=s).rows[0].cells for s in (1, 1, 2))
    assert one == two
    assert one[Measurement.RATIO].low != other[Measurement.RATIO].low


def test_the_gap_between_periods_is_read_from_the_protocol(table):
    left = table["h1"].cells[Measurement.CARRYOVER]
    assert left.low < 0.1 < left.value < 0.4 < left.high  # 30 d at a half-life of 12 d, widely


def test_without_a_blocked_condition_one_is_assumed_and_said():
    study = crossblock.read_protocol("nimh-ketamine-saline")
    asked = ask(study, BOTH, NALTREXONE, 2.0)
    assert asked.blocked.blocker_doses[0].amount == 50.0
    assert any("assumed" in said for said in asked.words)


def test_a_protocol_without_the_drug_alone_is_refused():
    blocked_only = STUDY.model_copy(
        update={"conditions": tuple(c for c in STUDY.conditions if c.cell == "blocked")}
    )
    with pytest.raises(ProtocolError, match="without the blocker"):
        ask(blocked_only, BOTH, NALTREXONE, 2.0)


def test_every_draw_meets_its_own_reference_fall():
    cells = asked_of(["h1"], draws=40).rows[0].cells
    assert np.isfinite([c.value for c in cells.values()]).all()
