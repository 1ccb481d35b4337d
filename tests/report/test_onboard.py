from crossblock.report import onboard
from crossblock.report.page import render
from tests.report.planned import boards

DAILY = "naltrexone 50 mg daily, last dose 24 h ago"


def test_a_blocker_has_a_course_and_the_studies_in_people() -> None:
    (board,) = boards(DAILY)
    found = onboard.sections(board)
    assert [s.heading for s in found] == [
        "Naltrexone: what is held",
        "Naltrexone: what studies in people found",
        "Naltrexone: what nobody has shown",
    ]
    (figure,) = found[0].figures
    assert "on the session date" in figure.title
    assert ">session<" in figure.svg
    studies = " ".join(run.text for p in found[1].paragraphs for run in p)
    for study in ("Williams NR et al. 2018", "Jelen LA et al. 2025", "Yoon G et al. 2025"):
        assert study in studies


def test_an_agonist_without_numbers_has_no_picture_and_says_so() -> None:
    (board,) = boards("methadone")
    assert onboard.figure(board) is None
    assert onboard.sentence(board).startswith("Methadone: the share of receptors held is unknown")
    assert onboard.sections(board)[0].figures == ()


def test_what_was_filled_in_is_amber() -> None:
    listed = onboard.assumed(boards("naltrexone"))
    assert listed[0].value == "dose 50 mg"
    assert {a.how for a in listed} == {"assumed"}


def test_the_page_gives_no_advice() -> None:
    page = render(onboard.onboard_story(boards(DAILY, "depot", "methadone"), "crossblock expose"))
    assert "It is not advice to take, change or stop anything." in page
    assert "overlap" in page  # a tablet over a depot is allowed, and said
    for word in ("should", "must ", "recommend", "is an opioid"):
        assert word not in page.lower()
