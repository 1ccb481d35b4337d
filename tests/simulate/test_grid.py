import pytest

from crossblock.core.errors import InputError
from crossblock.domain.truth import Generator
from crossblock.simulate.grid import truth_grid


def test_every_combination_is_run_the_last_fastest() -> None:
    found = truth_grid(["mechanism=h1,h3a", "icc=0.2,0.8"])
    assert [(t.mechanism, t["icc"]) for t in found] == [
        ("h1", 0.2),
        ("h1", 0.8),
        ("h3a", 0.2),
        ("h3a", 0.8),
    ]
    assert found[0].set == ("icc",)
    assert found[0].generator is Generator.MECHANISTIC


def test_words_are_words() -> None:
    (found,) = truth_grid(["comparator=masked"], "gaussian")
    assert found.masking == "masked"
    assert found.generator is Generator.GAUSSIAN


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fraction", "cannot be read"),
        ("fraction=", "cannot be read"),
        ("fraction=two", "a truth is a number"),
        ("fraction=1.5", "out of range"),
        ("fraction=nan", "out of range"),
        ("fractoin=0.5", "did you mean fraction"),
        ("mechanism=h9", "unknown name"),
        ("comparator=open,shut", "unknown name"),
        ("icc=" + ",".join(f"0.{k:03d}" for k in range(201)), "combinations"),
    ],
)
def test_what_cannot_be_is_said(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        truth_grid([text])
