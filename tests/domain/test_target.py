"""Targets: nothing serves both the fit and its test, and what was held out is what was promised."""

from crossblock.domain.target import Use
from crossblock.load.target import targets


def test_a_figure_is_fitted_or_held_out():
    found = targets()
    held = {t.id for t in found if t.use is Use.HELD_OUT}
    fitted = {t.id for t in found if t.use is Use.FIT}
    assert held.isdisjoint(fitted)
    assert len(held) + len(fitted) == len(found)


def test_the_promised_studies_are_held_out():
    used = {
        t.source.key: {x.use for x in targets() if x.source.key == t.source.key} for t in targets()
    }
    for study in ("sustain-1", "sustain-2", "sustain-3", "phillips-2019"):
        assert used[study] == {Use.HELD_OUT}
    for study in ("singh-2016", "murrough-2013", "meta-2016"):
        assert used[study] == {Use.FIT}
