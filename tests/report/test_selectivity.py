from dataclasses import replace

from crossblock.report import selectivity
from crossblock.report.number import THIN
from tests.report.planned import plan


def test_the_finding_names_the_other_receptors() -> None:
    # pharmacology.md, section 4: 50 mg takes about 82 % of kappa and 10 % of delta
    assert selectivity.finding(plan()) == (
        f"The same dose takes 79–82{THIN}% of kappa and 9–10{THIN}% of delta receptors while "
        "ketamine runs in"
    )
    alone = dict(list(plan().curves.items())[:1])
    assert "No ratio" in selectivity.finding(replace(plan(), curves=alone))


def test_each_receptor_has_a_line_and_a_column() -> None:
    figure = selectivity.figure(plan())
    assert figure.table.headers[1:] == ("mu", "kappa", "delta")
    for receptor in ("mu", "kappa", "delta"):
        assert f">{receptor}<" in figure.svg
        assert f">{receptor}<" in figure.narrow
    assert "opioid receptors (mu, kappa), not one of them" in figure.sentence
