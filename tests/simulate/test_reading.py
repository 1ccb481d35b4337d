"""One analysis: every row of a batch is what the single analysis of that trial says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from crossblock.domain.codelist import CodeList
from crossblock.load.people import truth
from crossblock.load.protocol import read as protocol
from crossblock.simulate.asked import asked
from crossblock.simulate.reading import groups, layout, read
from crossblock.simulate.trial import Trials, simulate
from crossblock.simulate.world import World, prepare
from crossblock.stats.comparison import compare
from crossblock.stats.derive import derive_study
from crossblock.stats.question import questions
from crossblock.stats.selected import responders_only


def test_a_row_is_the_single_analysis(some_trials: tuple[World, Trials]) -> None:
    world, made = some_trials
    question = asked(world, "hamd17")
    rows = read(world, question, made, np.zeros(2, dtype=bool))
    protocol = world.protocol
    for b in (0, 7, 39):
        code = CodeList(
            sequence=made.codelist.sequence[b : b + 1],
            sequences=made.codelist.sequences,
            conditions=made.codelist.conditions,
        )
        study = derive_study(protocol, made.ratings.trial(b), code)
        found = {
            q.endpoint.id: q
            for e in ("blockade", "blockade-in-responders")
            for q in questions(protocol, study, dict(world.instruments), protocol.estimand(e))
            if q.visit == "d1"
        }
        single = compare(
            next(
                q
                for q in questions(
                    protocol, study, dict(world.instruments), protocol.estimand("blockade")
                )
                if q.endpoint.id == "hamd17" and q.visit == "d1"
            )
        )
        assert rows["all_estimate"][b] == pytest.approx(single.primary.value, abs=1e-12)
        assert rows["all_se"][b] == pytest.approx(single.primary.se, abs=1e-12)
        assert rows["all_df"][b] == single.primary.df
        assert rows["all_n"][b] == single.primary.n
        assert rows["carry_estimate"][b] == pytest.approx(single.carryover.value, abs=1e-12)  # type: ignore[union-attr]
        chosen = responders_only(found["hamd17"])
        assert rows["responders_estimate"][b] == pytest.approx(chosen.estimate.value, abs=1e-12)
        assert rows["responders_se"][b] == pytest.approx(chosen.estimate.se, abs=1e-12)
        assert rows["open_responders"][b] == chosen.responders


def test_rows_do_not_depend_on_their_neighbors(some_trials: tuple[World, Trials]) -> None:
    world, made = some_trials
    question = asked(world)
    whole = read(world, question, made, np.array([False, True]))
    alone = read(world, question, _only(made, 11), np.array([False, True]))
    for name in whole.dtype.names or ():
        assert np.array_equal(whole[name][11], alone[name][0], equal_nan=True), name


def _only(made: Trials, b: int) -> Trials:
    code = replace(made.codelist, sequence=made.codelist.sequence[b : b + 1])
    arrays = {
        name: getattr(made, name)[b : b + 1]
        for name in ("condition", "attends", "start_h", "guess")
    }
    return replace(made, ratings=made.ratings.trial(b), codelist=code, **arrays)


def test_the_layout_follows_the_question(some_trials: tuple[World, Trials]) -> None:
    world, _ = some_trials
    question = asked(world)
    assert groups(question) == ("all", "responders")
    names = layout(world, question).names or ()
    assert {"all_look_estimate", "harm_se", "all_bounded", "look_between"} <= set(names)
    assert "qualified_n" not in names


def test_guesses_are_counted_by_condition(some_trials: tuple[World, Trials]) -> None:
    world, made = some_trials
    rows = read(world, asked(world), made, np.zeros(2, dtype=bool))
    for c in (0, 1):
        given = (made.condition == c) & made.attends
        for g in range(3):
            assert (rows["guess"][:, c, g] == (given & (made.guess == g)).sum(axis=(1, 2))).all()


def test_the_mixed_model_sees_whoever_was_rated_once(some_trials: tuple[World, Trials]) -> None:
    world, made = some_trials
    rows = read(world, asked(world, "hamd17"), made, np.zeros(2, dtype=bool))
    assert (rows["everybody_n"] >= rows["all_n"]).all()
    assert (rows["everybody_n"] > rows["all_n"]).any()
    assert (rows["everybody_df"] > 0).all()


def test_information_counts_the_sequences_that_hold_both_conditions() -> None:
    """Half of the settling trial gets each dose of the blocker: 64 of 192 complete is no zero."""
    told = truth().with_values({"dropout_first": 0, "dropout_later": 0, "enrolled_per_month": 20})
    world = prepare(protocol("settling-trial"), told, 96)
    made = simulate(world, np.arange(2), 1)
    rows = read(world, asked(world), made, np.zeros(7, dtype=bool))
    assert rows["information"] == pytest.approx(np.ones(2), abs=0.15)
    assert (rows["look_information"][:, 0] > 0.4).all()
