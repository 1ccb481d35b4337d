"""Stopping pictures."""

from crossblock.report import boundary
from crossblock.report.boundary import Look, Step
from crossblock.report.figure import Figure, Words

WORDS = Words(title="Go on", subtitle="read", description="bounds and path", sentence="Go on.")


def picture(*path: Step, lower: float | None = None) -> Figure:
    looks = [Look(n=14, upper=3.08), Look(n=30, upper=1.97, lower=lower)]
    return boundary.figure(id="stop", looks=looks, path=path, words=WORDS)


def test_people_mid_crossover_are_shown_and_counted() -> None:
    figure = picture(Step(n=14, value=2.2, under_way=4))
    assert ">4 under way<" in figure.svg
    assert ">2.20<" in figure.svg
    assert figure.table.rows[0] == ("14", "3.080", "none", "2.20", "4")
    assert figure.table.rows[1][3] == "not looked yet"


def test_regions_are_named_only_where_they_exist() -> None:
    assert ">stop: effect<" in picture().svg
    assert ">stop: no hope<" not in picture().svg
    assert ">stop: no hope<" in picture(lower=0.2).svg
