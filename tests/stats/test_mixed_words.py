"""Models, parameters and contrasts in words."""

import numpy as np

from crossblock.kernels.covariance import CURVED, LINEAR, residual_count
from crossblock.stats.mixed_design import RandomTerm, Residual, design
from crossblock.stats.mixed_words import (
    RESIDUAL_WORDS,
    describe,
    describe_contrast,
    method_of,
    parameter_names,
)
from tests.stats.mixed_tables import crossover, effects

COLUMNS = crossover()
Y, X, NAMES = effects(COLUMNS)


def made(**options):
    return design(Y, X, names=NAMES, **options)


def test_every_residual_structure_has_words_and_a_name_for_each_parameter():
    for kind in LINEAR + CURVED:
        residual = Residual(kind=kind, unit=COLUMNS["session"], position=COLUMNS["visit"])
        d = made(residual=residual)
        assert RESIDUAL_WORDS[kind] in describe(d, reml=True)
        names = [name for name, _ in parameter_names(d)]
        assert len(names) == len(set(names)) == residual_count(d.structure)


def test_random_terms_are_described():
    slopes = np.stack([np.ones(len(Y)), np.array(COLUMNS["visit"], dtype=float)], axis=1)
    term = RandomTerm(
        name="participant", group=COLUMNS["participant"], slopes=slopes, labels=("intercept", "day")
    )
    d = made(random=[term])
    assert "random intercept and day (correlated) for participant" in describe(d, reml=True)
    assert [name for name, _ in parameter_names(d)] == [
        "participant: intercept",
        "participant: cov(intercept, day)",
        "participant: day",
        "residual",
    ]
    free = made(
        random=[RandomTerm(name="participant", group=COLUMNS["participant"])], bounded=False
    )
    assert describe(free, reml=False).endswith("ML")
    assert "free to be negative" in describe(free, reml=False)


def test_contrasts_read_as_differences():
    names = ("A", "B", "C")
    assert describe_contrast(names, np.array([-1.0, 1.0, 0.0])) == "−A + B"
    assert describe_contrast(names, np.array([0.0, 1.0, -0.5])) == "B − 0.5 × C"
    assert describe_contrast(names, np.zeros(3)) == "0"


def test_the_method_cites_what_ran():
    kr = method_of("a model", True, "kr")
    assert "restricted" in kr.sentence
    assert [r.key for r in kr.references] == ["patterson1971", "kenward1997"]
    assert [r.key for r in method_of("m", True, "satterthwaite").references][1] == "fai1996"
    assert "12 degrees" in method_of("m", False, 12.0).sentence
