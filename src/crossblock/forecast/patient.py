"""The page for a patient: plain words, counts of a hundred people, one picture, a box of limits."""

from __future__ import annotations

from crossblock.forecast import pictures
from crossblock.forecast.forecast import Forecast
from crossblock.report import number
from crossblock.report.story import Paragraph, Section, Story, paragraph, strong

CAN = (
    "what happened to imaginary people in a computer, if what researchers believe is right",
    "how much people differ from each other: a lot",
)
CANNOT = (
    "how you yourself would fare",
    "whether anybody becomes dependent on the drug: nobody has measured that in clinics for long",
    "whether to have this treatment: that it does not answer",
)


def patient_story(forecast: Forecast, provenance: tuple[tuple[str, str], ...] = ()) -> Story:
    """Return one page in plain words for those whom a course would concern; it prints on one."""
    f = forecast
    return Story(
        kicker="A computer model's picture, not advice",
        question=f"What might happen over {_time(f.setup.days)} of these sessions?",
        answer=_answer(f),
        sections=(_hundred(f), _course(f), _wanting(f)),
        can=CAN,
        cannot=(*CANNOT, _unmeasured(f)),
        limits="What this page can and cannot say",
        one_page=True,
        provenance=(("Regimen", f.regimen.title), *provenance),
    )


def _time(days: float) -> str:
    weeks = days / 7.0
    return "a year" if 51.0 <= weeks <= 53.0 else f"{weeks:.0f} weeks"


def _of_100(f: Forecast, outcome: str) -> str:
    return f"{number.fixed(100 * f.outcomes[outcome].mean, 0)} of 100"


def _answer(f: Forecast) -> tuple[Paragraph, ...]:
    response = f.outcomes["response"]
    low, high = (number.fixed(100 * x, 0) for x in response.constants)
    again = f.outcomes["relapsed"].mean
    return (
        paragraph(
            f"{f.regimen.summary} A model made from published studies followed imaginary people "
            "with depression that other medicines had not helped. At the end, about ",
            strong(_of_100(f, "response")),
            f" felt at most half as bad as before. It could also be as few as {low} or as many as "
            f"{high}, because some numbers in the model are not known well.",
        ),
        paragraph(
            "Feeling better did not always last: of those who got better, about "
            f"{number.fixed(100 * again, 0)} of 100 felt worse again at some time. Others were "
            "hardly helped. Nobody can tell beforehand who will be who.",
        ),
    )


def _hundred(f: Forecast) -> Section:
    visits = number.fixed(f.outcomes["sessions"].mean, 0)
    return Section(
        heading="Of a hundred people",
        paragraphs=(paragraph(f"Each of them went to a clinic {visits} times, on average."),),
        figures=(pictures.of_a_hundred(f),),
    )


def _course(f: Forecast) -> Section:
    first, last = f.outcomes["dissociation-first"].mean, f.outcomes["dissociation-last"].mean
    pressure = f.outcomes["pressure"].mean
    fades = "became weaker with more sessions" if last < 0.9 * first else "stayed about the same"
    return Section(
        heading="Over time, and during a session",
        paragraphs=(
            paragraph(
                "For an hour or two many people feel far away from themselves or from the world "
                f"around them; in the model that {fades}. Blood pressure rose for a while, by "
                f"about {number.fixed(pressure, 0)} points (an assumed number)."
            ),
        ),
        figures=(pictures.everyone(f),),
    )


def _wanting(f: Forecast) -> Section:
    index = f.outcomes["dependence"]
    low, high = index.between_mechanisms
    same = (
        "It came out about the same whichever explanation of the drug is true."
        if high < 1.25 * low
        else "How strong it came out depends on how the drug works in the brain, and that is not "
        "settled."
    )
    return Section(
        heading="Wanting more",
        paragraphs=(
            paragraph(
                "Many people who take this drug outside clinics like it, and some of them cannot "
                "stop. The model carries such a pull whichever way the drug works. At these "
                "sessions it was about "
                f"{number.percent(index.mean, 1)} of the pull of a strong opioid taken every day. "
                f"{same} That is a comparison, not a chance of addiction."
            ),
        ),
    )


def _unmeasured(f: Forecast) -> str:
    return (
        f"how sure to be: nobody has measured {len(f.assumed)} of the numbers in the model; the "
        "full page of this forecast lists every one of them"
    )
