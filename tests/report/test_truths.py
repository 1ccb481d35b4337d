from crossblock.report.truths import along_fraction, labels, varied
from tests.report.simulated import found


def test_only_what_differs_is_named() -> None:
    assert varied(found()) == ("fraction",)
    assert [x.replace("\u202f", " ") for x in labels(found())] == [
        "0 % blockable",
        "28 % blockable",
        "100 % blockable",
    ]
    assert along_fraction(found())


def test_other_numbers_keep_their_names() -> None:
    two = found("icc=0.2,0.8", "fraction=0")
    assert varied(two) == ("icc",)
    assert labels(two) == ("icc 0.2", "icc 0.8")
    assert not along_fraction(two)
