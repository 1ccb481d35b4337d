"""Designs cut into blocks: crossed factors merge, nested ones do not, padding is inert."""

import numpy as np
import pytest

from crossblock.core.errors import DesignError
from crossblock.stats.mixed_design import (
    RandomTerm,
    Residual,
    block_labels,
    codes,
    confounded_columns,
    design,
    to_blocks,
)
from tests.stats.mixed_tables import crossover, effects


def made(columns, random=(), residual=None):
    y, X, names = effects(columns)
    return design(y, X, names=names, random=random, residual=residual)


def test_nested_terms_make_one_block_a_participant():
    columns = crossover()
    terms = [RandomTerm(name=n, group=columns[n]) for n in ("participant", "session")]
    label = block_labels(made(columns, terms))
    assert len(set(label)) == 12
    who = np.unique(columns["participant"], return_inverse=True)[1]
    np.testing.assert_array_equal(label, who)


def test_crossed_terms_merge_into_one_block():
    columns = crossover()
    terms = [RandomTerm(name=n, group=columns[n]) for n in ("participant", "visit")]
    assert set(block_labels(made(columns, terms))) == {0}


def test_without_a_covariance_every_row_is_its_own_block():
    assert len(set(block_labels(made(crossover())))) == 72


def test_blocks_hold_every_row_once_and_nothing_else():
    columns = crossover(missing=0.2)
    d = made(columns, [RandomTerm(name="participant", group=columns["participant"])])
    small = made(
        crossover(participants=5),
        [RandomTerm(name="p", group=crossover(participants=5)["participant"])],
    )
    blocks = to_blocks([d, small])
    assert blocks.y.shape[0] == 2
    assert blocks.observed[0].sum() == len(d.y)
    assert blocks.observed[1].sum() == len(small.y)
    np.testing.assert_allclose(np.sort(blocks.y[0][blocks.observed[0]]), np.sort(d.y))
    assert np.all(blocks.y[~blocks.observed] == 0.0)
    assert np.all(blocks.X[~blocks.observed] == 0.0)
    assert np.all(blocks.Z[~blocks.observed] == 0.0)


def test_codes_sort_labels_and_check_their_number():
    keep = np.array([True, True, False, True])
    code, levels = codes(["b", "a", "z", "b"], keep, "group")
    assert list(code) == [1, 0, 1]
    assert levels == ["a", "b"]
    with pytest.raises(DesignError, match="2 labels for 4 scores"):
        codes(["a", "b"], keep, "group")


def test_slopes_are_one_finite_row_a_score():
    columns = crossover()
    for slopes in (np.ones(3), np.full(72, np.nan)):
        with pytest.raises(DesignError, match="slopes of p"):
            made(columns, [RandomTerm(name="p", group=columns["participant"], slopes=slopes)])


def test_positions_keep_their_labels_after_missing_ones_are_left_out():
    columns = crossover(participants=4, visits=3)
    y, X, names = effects(columns)
    y[np.array(columns["visit"]) == 0] = np.nan
    residual = Residual(
        kind="ar1", unit=columns["session"], position=columns["visit"], labels=("d1", "d3", "d7")
    )
    d = design(y, X, names=names, residual=residual)
    assert d.positions == ("d3", "d7")
    assert d.structure.positions == 2


@pytest.mark.parametrize(
    ("residual", "words"),
    [
        (Residual(kind="spatial"), "toeph"),
        (Residual(kind="cs"), "needs its unit"),
        (Residual(kind="ar1", unit=crossover()["participant"]), "needs positions"),
        (
            Residual(kind="un", unit=crossover()["participant"], position=crossover()["visit"]),
            "share one position",
        ),
        (Residual(kind="cs", unit=["all"] * 72), "single level"),
    ],
)
def test_residuals_that_cannot_be_read_are_refused(residual, words):
    with pytest.raises(DesignError, match=words):
        made(crossover(), residual=residual)


def test_the_diagonal_residual_needs_positions_and_no_unit():
    d = made(crossover(), residual=Residual(kind="diagonal", position=crossover()["visit"]))
    assert d.structure.positions == 3


def test_confounded_columns_names_the_later_one():
    X = np.array([[1.0, 0, 0, 1], [1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 0, 1]])
    assert confounded_columns(X, ("one", "a", "b", "c")) == ["c"]
    assert confounded_columns(X[:, :3], ("one", "a", "b")) == []
