import pytest

from crossblock.domain.prediction import Measurement, Predicted, Prediction, Predictions, part
from crossblock.domain.protocol import Protocol
from crossblock.report.hypotheses import hypotheses_story
from crossblock.report.page import render

ASSUMED = "sX = 2 1 (assumed)"


def rival(label: str, ratio: Predicted, glx: Predicted, *assumed: str) -> Prediction:
    cells = {Measurement.RATIO: ratio, Measurement.GLX: glx}
    return Prediction(mechanism=label.lower(), label=label, title=f"title of {label}",
                      claim=f"claim of {label}.", cells=cells, error=3e-6,
                      assumed=assumed)  # fmt: skip


@pytest.fixture
def found() -> Predictions:
    whole = Predicted(value=1.0, low=1.0, high=1.0)
    some = Predicted(value=0.5, low=0.3, high=0.98, capped=0.6)
    rows = (
        rival("H1", whole, whole),
        rival("H2", Predicted(value=0.16, low=0.16, high=0.31, capped=0.26), whole, ASSUMED),
        rival("H3a", some, Predicted(value=0.4, low=0.2, high=0.98), ASSUMED),
    )  # fmt: skip
    parted = {(a.mechanism, b.mechanism): part(a, b)
              for i, a in enumerate(rows) for b in rows[i + 1:]}  # fmt: skip
    return Predictions(asked=("drug: K, 0.5 mg/kg into a vein",), rows=rows, parted=parted)


def test_the_answer_names_the_ends_and_what_nothing_separates(
    found: Predictions, williams: Protocol
) -> None:
    story = hypotheses_story(williams, found)
    words = "".join(run.text for p in story.answer for run in p)
    assert "16\u202f% (H2)" in words.replace("\u2009", "\u202f")
    assert "No measurement here separates 2 pairs: H1 v H3a; H2 v H3a." in words
    assert [t.value for t in story.tiles][1] == "1 of 3"
    assert story.tiles[2].value.startswith("< 0.0010")


def test_the_table_lists_every_pair_once(found: Predictions, williams: Protocol) -> None:
    table = hypotheses_story(williams, found).sections[1].table
    assert table is not None
    assert [row[1:] for row in table.rows] == [("1", "H1 v H2"), ("2", "H1 v H3a; H2 v H3a")]
    assert table.rows[1][0] == "none of these"


def test_what_is_assumed_stays_amber_with_who_uses_it(
    found: Predictions, williams: Protocol
) -> None:
    (amber,) = hypotheses_story(williams, found).assumed
    assert (amber.what, amber.value, amber.how) == ("sX", "2 1", "assumed")
    assert "H2 and H3a" in amber.reason


def test_the_page_names_no_winner(found: Predictions, williams: Protocol) -> None:
    html = render(hypotheses_story(williams, found))
    assert "names no winner" in html
    assert "ketamine is an opioid" not in html.lower()
