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


# sentences as the press writes them, with negations, plans, hedges and questions
@pytest.mark.parametrize(
    ("sentence", "standing"),
    [
        ("Naltrexone did not abolish the antidepressant effect.", Standing.SUPPORTED),
        ("Blocking opioid receptors reduced the benefit but did not eliminate it.",
         Standing.SUPPORTED),
        ("Ketamine still helped, though not as much, when opioid receptors were blocked.",
         Standing.SUPPORTED),
        ("Naltrexone did not completely block the effect on mood.", Standing.SUPPORTED),
        ("Naltrexone did not blunt the antidepressant effect.", Standing.OVERSTATED),
        ("Naltrexone had no effect on the antidepressant action.", Standing.OVERSTATED),
        ("The antidepressant effect was unaffected by naltrexone.", Standing.OVERSTATED),
        ("Naltrexone increased the antidepressant effect.", Standing.OVERSTATED),
        ("Naltrexone prevented ketamine from working.", Standing.OVERSTATED),
        ("None of the patients responded after naltrexone.", Standing.OVERSTATED),
        ("Ketamine worked no better than placebo after naltrexone.", Standing.OVERSTATED),
        ("Naltrexone cut the antidepressant effect by 80 percent.", Standing.NOT_FOUND),
        ("The effect was half as large with naltrexone.", Standing.NOT_FOUND),
        ("It is unclear whether naltrexone abolishes the effect.", Standing.NOT_FOUND),
        ("Is ketamine an opioid?", Standing.NOT_FOUND),
        ("Ketamine is not an opioid.", Standing.NOT_FOUND),
        ("Ketamine may be an opioid.", Standing.OVERSTATED),
        ("The finding does not prove that ketamine is an opioid.", Standing.SUPPORTED),
        ("Ketamine does not work through opioid receptors.", Standing.OVERSTATED),
        ("The kappa opioid receptor explains the effect.", Standing.OVERSTATED),
        ("The study cannot tell whether mu opioid receptors take part.", Standing.SUPPORTED),
        ("The trial did not enroll 30 patients.", Standing.SUPPORTED),
        ("The planned 30 patients were all treated.", Standing.OVERSTATED),
        ("Five of the 12 patients did not respond to ketamine alone.", Standing.SUPPORTED),
        ("They had failed two antidepressants, not four.", Standing.SUPPORTED),
        ("No patient received Vivitrol.", Standing.SUPPORTED),
        ("They swallowed a 50 mg tablet of naltrexone.", Standing.SUPPORTED),
        ("They were given 100 mg of naltrexone by mouth.", Standing.OVERSTATED),
        ("Ketamine was not injected but infused.", Standing.SUPPORTED),
        ("Ketamine was not infused but injected.", Standing.OVERSTATED),
        ("Ketamine was given as a nasal spray.", Standing.OVERSTATED),
        ("Naltrexone reduced the dissociative effects.", Standing.OVERSTATED),
        ("The dissociation was not the same with naltrexone.", Standing.OVERSTATED),
        ("The out-of-body sensations were just as strong on naltrexone.", Standing.SUPPORTED),
        ("The study was stopped early because ketamine was dangerous.", Standing.OVERSTATED),
        ("The trial ran to its planned end.", Standing.OVERSTATED),
        ("Nobody was given saline without ketamine.", Standing.SUPPORTED),
        ("Some patients were given naltrexone alone.", Standing.OVERSTATED),
    ],
)  # fmt: skip
def test_negations_plans_and_questions(sentence: str, standing: Standing) -> None:
    found = last(sentence)
    assert found.standing is standing
    if standing is not Standing.NOT_FOUND:
        assert all(f.rows for f in found.findings)  # every verdict names its rows
        assert all(r.id and r.confidence.value for f in found.findings for r in f.rows)


SCANNED = "Jelen and colleagues scanned people given ketamine after naltrexone or placebo. "


@pytest.mark.parametrize(
    ("sentence", "standing", "tag"),
    [
        ("In the trial 26 people took part.", Standing.SUPPORTED, "abstract"),
        ("The trial enrolled 50 participants.", Standing.NOT_FOUND, "abstract"),
        ("The antidepressant effect was smaller with naltrexone.", Standing.SUPPORTED, "abstract"),
        ("The antidepressant effect fell by 28 percent.", Standing.SUPPORTED, "secondary"),
        ("The antidepressant effect was halved by naltrexone.", Standing.NOT_FOUND, "secondary"),
        ("Naltrexone dampened the glutamate response.", Standing.SUPPORTED, "abstract"),
        ("Naltrexone abolished the glutamate response.", Standing.OVERSTATED, "abstract"),
        ("Naltrexone did not affect the glutamate response.", Standing.OVERSTATED, "abstract"),
        ("Glutamate does not prove how mood was lifted.", Standing.SUPPORTED, "abstract"),
        ("Self-reported depression was significantly lower.", Standing.OVERSTATED, "secondary"),
        ("Self-reports showed a trend.", Standing.SUPPORTED, "secondary"),
    ],
)
def test_the_second_crossover_and_how_its_rows_were_met(
    sentence: str, standing: Standing, tag: str
) -> None:
    found = judge(SCANNED + sentence, FILES, ROWS)[-1]
    assert found.standing is standing
    assert tag in {r.confidence.value for f in found.findings for r in f.rows}


# written after the rules had been settled; of the first dozen, the first and the last stood as not
# found at first run
@pytest.mark.parametrize(
    ("sentence", "standing"),
    [
        ("The anesthetic lost some of its power when the opioid system was blocked.",
         Standing.SUPPORTED),
        ("Naltrexone wiped out the benefit entirely.", Standing.OVERSTATED),
        ("The researchers set out to study 30 people.", Standing.SUPPORTED),
        ("Only 12 of the planned 30 participants were analyzed.", Standing.SUPPORTED),
        ("Each volunteer got a monthly shot of naltrexone.", Standing.OVERSTATED),
        ("The hallucinations disappeared on naltrexone.", Standing.OVERSTATED),
        ("Ketamine works by activating opioid receptors.", Standing.OVERSTATED),
        ("The benefit was weaker, but it did not disappear, after naltrexone.",
         Standing.SUPPORTED),
        ("Naltrexone does not seem to change the antidepressant effect.", Standing.OVERSTATED),
        ("The patients also received talk therapy.", Standing.NOT_FOUND),
        ("The study lasted for three years.", Standing.NOT_FOUND),
        ("Ketamine tablets were used.", Standing.OVERSTATED),
        # a second dozen: five of them stood as something else at first run
        ("Fourteen people had been studied when the trial was stopped.", Standing.SUPPORTED),
        ("Ketamine's mood-lifting power was cut to nothing by naltrexone.", Standing.OVERSTATED),
        ("Opioid receptors are involved in how ketamine lifts mood, the study suggests.",
         Standing.SUPPORTED),
        ("Naltrexone, a pill used against addiction, was given 45 minutes before.",
         Standing.SUPPORTED),
        ("The authors cannot say whether ketamine binds opioid receptors directly.",
         Standing.SUPPORTED),
        ("Without naltrexone, seven of 12 patients got better.", Standing.SUPPORTED),
        ("Nobody experienced dissociation on naltrexone.", Standing.OVERSTATED),
        ("Their depression had resisted at least five drugs.", Standing.OVERSTATED),
        ("Ketamine turned out to be just another opioid.", Standing.OVERSTATED),
        ("Naltrexone blocked the antidepressant effect but not the dissociation.",
         Standing.OVERSTATED),
        ("The study was small: only 12 people finished it.", Standing.SUPPORTED),
        ("Ketamine lowered suicidal thoughts within hours.", Standing.NOT_FOUND),
    ],
)  # fmt: skip
def test_sentences_that_the_rules_had_not_seen(sentence: str, standing: Standing) -> None:
    assert last(sentence).standing is standing


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
