import pytest

from crossblock.core.errors import InputError
from crossblock.domain.press import Judged, Standing
from crossblock.load import evidence, press
from crossblock.weigh.press import judge, sentences, with_digits

ROWS = evidence.shipped()
FILES = press.shipped(ROWS)
ABOUT = "A trial of ketamine after naltrexone or placebo. "


def last(sentence: str) -> Judged:
    return judge(ABOUT + sentence, FILES, ROWS)[-1]


@pytest.mark.parametrize(
    ("sentence", "standing", "value"),
    [
        ("Thirty patients took part.", Standing.OVERSTATED, "12"),
        ("The plan was to enroll 30 patients.", Standing.SUPPORTED, "30"),
        ("The study analyzed 12 patients.", Standing.SUPPORTED, "12"),
        ("The study enrolled 40 patients.", Standing.NOT_FOUND, "12"),
        ("All had failed at least four antidepressants.", Standing.OVERSTATED, "at least 2"),
        ("All had failed at least two antidepressants.", Standing.SUPPORTED, "at least 2"),
        ("They were given Vivitrol first.", Standing.OVERSTATED, "tablet of 50 mg"),
        ("They received ketamine injections.", Standing.OVERSTATED, "infusion"),
        ("They received an infusion of ketamine.", Standing.SUPPORTED, "infusion"),
        ("Naltrexone reduced the antidepressant effect.", Standing.SUPPORTED, "smaller"),
        ("With naltrexone, ketamine had no effect on mood.", Standing.OVERSTATED, "smaller"),
        ("Naltrexone abolished the antidepressant effect.", Standing.OVERSTATED, "smaller"),
        ("Ketamine is an opioid.", Standing.OVERSTATED, "cannot"),
        ("Ketamine may act partly as an opioid does.", Standing.SUPPORTED, "cannot"),
        ("The mu opioid receptor is required.", Standing.OVERSTATED, "cannot"),
        ("Dissociation did not differ.", Standing.SUPPORTED, "no difference"),
        ("Patients could become addicted.", Standing.NOT_FOUND, ""),
        ("The weather was fine.", Standing.NOT_FOUND, ""),
    ],
)
def test_a_sentence_and_the_rows_it_stands_against(
    sentence: str, standing: Standing, value: str
) -> None:
    found = last(sentence)
    assert found.standing is standing
    shown = " ".join(f"{r.endpoint} {r.shown}" for f in found.findings for r in f.rows)
    assert value in shown


def test_the_two_news_reports_of_2018() -> None:
    examples = {name: text for f in FILES for name, text in f.examples.items()}
    standing = {
        name: [j.standing for j in judge(examples[name], FILES, ROWS)] for name in sorted(examples)
    }
    over, good, gone = Standing.OVERSTATED, Standing.SUPPORTED, Standing.NOT_FOUND
    assert standing["news-2018-a"] == [over, over, good, good, over, good, good]
    assert standing["news-2018-b"] == [over, over, good, over, good, gone]


def test_numbers_on_a_scale_are_looked_up_in_the_studies_that_a_text_names() -> None:
    text = "Lii and colleagues gave ketamine. MADRS was 12.7 points on day 1."
    found = judge(text, FILES, ROWS)[-1]
    assert found.standing is Standing.SUPPORTED
    assert found.findings[0].rows[0].value == 12.7
    other = judge(text.replace("12.7", "8.1"), FILES, ROWS)[-1]
    assert other.standing is Standing.NOT_FOUND


def test_a_text_about_something_else_finds_nothing() -> None:
    assert all(not j.findings for j in judge("Aspirin helps 12 people.", FILES, ROWS))


def test_sentences_and_numbers_in_words() -> None:
    text = "Dr. Smith gave 0.5 mg/kg. It helped twenty-six people, e.g. Those with pain. Good!"
    assert list(sentences(text)) == [
        "Dr. Smith gave 0.5 mg/kg.",
        "It helped twenty-six people, e.g. Those with pain.",
        "Good!",
    ]
    assert with_digits("Twenty-six people, a dozen, no one, 50-mg") == (
        "26 people, 12, no one, 50 mg"
    )


def test_an_empty_or_endless_text_is_refused() -> None:
    for text in ("  ", "x" * 200_001):
        with pytest.raises(InputError, match="no press report"):
            judge(text, FILES, ROWS)
