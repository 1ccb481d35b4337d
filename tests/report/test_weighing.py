"""The page of the weighing: its sections, its words, and how it looks in a real browser."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from crossblock.core.errors import Problem
from crossblock.domain.odds import ShareShift
from crossblock.report import figure
from crossblock.report.page import render
from crossblock.report.story import Assumed, Story
from crossblock.report.weighing import SECONDARY_RUN, weighing_story
from tests.report.accounted import STUDIES, account, odds
from tests.server.clinic.browser import overflow, violations, window

CLIPPED_OR_CROSSED = (Path(__file__).parent / "words_in_pictures.js").read_text()
BAD = Problem(
    what="this row was left out: value",
    where="mine.csv, line 3",
    value="A 2020, MADRS: value = 75",
    why="75 is outside the scale, 0 to 60",
    fix="compare with the source",
)
PRIOR = Assumed(
    key="weigh.sigma",
    what="SD of a rating",
    value="0.2",
    how="assumed",
    reason="order of magnitude",
)


def told(**fields: object) -> Story:
    return weighing_story(
        account(**fields),
        published={"j": (0.28, "no interval, secondary source")},
        unknowns=(PRIOR,),
        refused=(BAD,),
    )


@pytest.fixture(scope="module")
def drawn() -> Story:
    return told()


@pytest.fixture(scope="module")
def html(drawn: Story) -> str:
    return render(drawn)


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the pictures undrawn: words, tables and sentences are what is looked at."""
    monkeypatch.setattr(figure, "_render", lambda *given: "")


def test_every_part_of_the_question_has_its_section(drawn: Story) -> None:
    assert [s.heading for s in drawn.sections] == [
        "How likely is each account",
        "Which accounts the data tell apart",
        "How much of the effect was removed",
        "What the odds depend on",
        "Does the model expect what it was fitted to",
        "What was held out",
        "What would settle it",
        "How well it was computed",
        "Evidence that was left out",
    ]
    assert [f.id for f in drawn.figures] == [
        "odds", "apart", "by-study", "fractions", "depends", "checks", "check-events", "held-out",
        "held-out-events", "settle",
    ]  # fmt: skip


def test_every_picture_has_a_finding_a_way_to_read_it_a_table_and_a_sentence(
    drawn: Story,
) -> None:
    for f in drawn.figures:
        assert f.title
        assert f.subtitle.endswith(".")
        assert f.table.rows
        assert f.sentence.endswith(".")


def test_hold_out_says_what_the_authors_knew_and_keeps_its_failures(html: str) -> None:
    assert "The authors of this software knew the published results" in html
    assert "1 of 2 predictions with a published outcome failed, and stay" in html
    assert "K 2024 was read in a secondary source only" in html
    assert "abababababababab…" in html


def test_left_out_rows_are_listed_with_what_to_do(html: str) -> None:
    for words in (BAD.what, BAD.where, BAD.why, BAD.fix):
        assert words in html


@pytest.mark.usefixtures("undrawn")
def test_a_sensitivity_run_with_secondary_rows_says_so_first() -> None:
    plain = weighing_story(account(), published={}, unknowns=())
    marked = weighing_story(account(), published={}, unknowns=(), secondary=True)
    assert marked.kicker.startswith(SECONDARY_RUN)
    assert SECONDARY_RUN in marked.answer[0][0].text
    assert SECONDARY_RUN not in plain.kicker
    assert "Evidence that was left out" not in [s.heading for s in plain.sections]


OUTCOMES = [
    {},
    {"odds": odds(H1=0.97, H3a=0.02, H5=0.01)},
    {"odds": odds(H1=0.01, H3a=0.98, H5=0.01), "pairs": ()},
    {"odds": odds(H1=0.3, H3a=0.3, H5=0.4), "fractions": (), "separations": ()},
    {"studies": STUDIES[:1], "held_out": (), "checks": ()},
]


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("fields", OUTCOMES)
def test_no_outcome_makes_the_page_say_what_the_rows_do_not(fields: dict[str, object]) -> None:
    text = re.sub(r"<[^>]+>", " ", re.sub(r"<style.*?</style>", "", render(told(**fields))))
    plain = " ".join(text.split())
    assert not re.search(r"ketamine (?:is|acts as|works as|behaves as) an? opioid", plain, re.I)
    assert not re.search(r"is an? opioid\b(?! receptor)", plain, re.I)
    # one kind of receptor is named only where all are named as not told apart
    for match in re.finditer(r"\bmu\b", plain):
        assert plain[match.start() - 1 : match.end() + 17] == "(mu, kappa or delta)"
    for word in ("proves", "proven", "you should", "we recommend"):
        assert word not in plain.lower()


@pytest.mark.usefixtures("undrawn")
def test_kinds_of_receptor_may_be_named_once_their_shares_moved() -> None:
    moved = ShareShift(mechanism="H3a", symbol="kappa_share", prior_mean=0.2, prior_sd=0.16,
                       mean=0.6, sd=0.05, distinguished=True)  # fmt: skip
    text = render(told(receptors=(moved,)))
    assert "moved from their prior under H3a" in text
    assert "do not distinguish them" in text  # of the pairs, which stand as before


@pytest.mark.parametrize("width", [1280, 900, 400])
def test_the_page_in_a_real_browser(
    chromium: Browser, html: str, tmp_path: Path, width: int
) -> None:
    path = tmp_path / "page.html"
    path.write_text(html, encoding="utf-8")
    with window(chromium, width=width) as page:
        page.goto(path.as_uri())
        assert overflow(page) <= 0
        assert page.evaluate(CLIPPED_OR_CROSSED) == []
        assert violations(page) == []
