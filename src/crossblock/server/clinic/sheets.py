"""The clinic's own forms, in its own words: diagnosis, history, medicines, consent, plan, session.

Rating instruments are not here: their forms are made from the catalog (`record.sheet`).
"""

from __future__ import annotations

from dataclasses import replace

from crossblock.load import instrument
from crossblock.server.clinic.alarms import ACTION, VITALS, limits
from crossblock.server.record.sheet import Question, Sheet, of_instrument

YES_NO = (("yes", "yes"), ("no", "no"))
TRIALS, MEDICINES = 6, 8
ROUTES = (
    ("iv", "intravenous"),
    ("im", "intramuscular"),
    ("sc", "subcutaneous"),
    ("nasal", "nasal"),
    ("oral", "oral or under the tongue"),
)
OFTEN = (("0", "never"), ("1", "some days"), ("2", "most days"), ("3", "daily"))
MARK = (("0", "none"), ("1", "a little"), ("2", "clearly"), ("3", "severely"))
OPTIONS = (
    ("continue", "go on as now"),
    ("space", "longer intervals"),
    ("taper", "taper: smaller and rarer doses to an end"),
    ("stop", "stop"),
    ("switch", "switch to another treatment"),
    ("psychotherapy", "psychotherapy, alone or beside it"),
    ("ect", "referral for electroconvulsive therapy"),
)


RATINGS = (("madrs", "MADRS"), ("hamd17", "HAM-D17"), ("qids-sr16", "QIDS-SR16"), ("phq9", "PHQ-9"))


def _choice(
    id: str,
    label: str,
    choices: tuple[tuple[str, str], ...],
    hint: str = "",
    *,
    needed: bool = True,
) -> Question:
    return Question(id=id, label=label, kind="choice", choices=choices, hint=hint, needed=needed)


def _text(id: str, label: str, hint: str = "", *, needed: bool = True) -> Question:
    return Question(id=id, label=label, kind="text", hint=hint, needed=needed)


def _number(
    id: str, label: str, low: float, high: float, unit: str = "", *, needed: bool = True
) -> Question:
    return Question(id=id, label=label, kind="number", low=low, high=high, unit=unit, needed=needed)


DIAGNOSIS = Sheet(
    id="diagnosis",
    title="Diagnosis and its basis",
    note="How the diagnosis was made, what else it could be, and what comes with it.",
    questions=(
        _text(
            "diagnosis", "Diagnosis", "In words, with the code your clinic uses if there is one."
        ),
        _choice(
            "basis",
            "Basis of the diagnosis",
            (
                ("structured", "structured interview by a trained person"),
                ("clinical", "unstructured clinical interview"),
                ("reported", "reported by the patient or a letter only"),
            ),
            "Only the first counts as a diagnosis basis at the gate.",
        ),
        _text("interview", "Which interview, by whom, on which day", needed=False),
        _text("differential", "What else was considered, and why it was set aside"),
        _text("comorbidity", "What else is present (write none if none)"),
        _choice("psychosis", "Psychosis, now or ever", YES_NO),
        _choice("mania", "Mania or hypomania, now or ever", YES_NO),
        _choice("substance", "Substance use disorder, now or ever", YES_NO),
        _choice(
            "pregnancy",
            "Pregnancy test",
            (("negative", "negative"), ("positive", "positive"), ("not needed", "not indicated")),
        ),
        _text("screen", "Urine drug screen: what was found"),
        _number("height", "Height", 100, 230, "cm"),
        _number("weight", "Weight", 25, 300, "kg"),
        _number("systolic", "Systolic blood pressure at rest", 60, 260, "mmHg"),
        _number("diastolic", "Diastolic blood pressure at rest", 30, 160, "mmHg"),
    ),
)


DONE = (("normal", "done, normal"), ("abnormal", "done, not normal"), ("not done", "not done"))
TESTS = Sheet(
    id="tests",
    title="ECG and liver tests before the first dose",
    note="Either what was found, or why it was not done.",
    questions=(
        _choice("ecg", "ECG", DONE),
        _text("ecg-words", "ECG: on which day and what it showed, or why it was not done"),
        _choice("liver", "Liver tests", DONE),
        _text("liver-words", "Liver tests: on which day and what they showed, or why not done"),
    ),
)

URINE = Sheet(
    id="urine-screen",
    title="Urine drug screen of the month",
    questions=(
        _choice(
            "found",
            "Urine drug screen",
            (("negative", "negative"), ("positive", "positive"), ("not done", "not done")),
        ),
        _text("words", "What was found (prescribed or not), or why it was not done"),
    ),
)


def _trial(n: int) -> tuple[Question, ...]:
    kinds = (
        ("antidepressant", "antidepressant"),
        ("augmentation", "augmentation (lithium, antipsychotic, thyroid)"),
        ("ect", "electroconvulsive therapy"),
        ("other", "other"),
    )
    ends = (("failed", "no response"), ("responded", "response"), ("stopped", "not tolerated"))
    return (
        _text(f"trial{n}-name", f"Treatment {n}: name and highest dose", needed=False),
        _choice(f"trial{n}-kind", f"Treatment {n}: kind", kinds, needed=False),
        _choice(f"trial{n}-dose", f"Treatment {n}: dose reached an adequate one", YES_NO,
                needed=False),
        _number(f"trial{n}-weeks", f"Treatment {n}: weeks at that dose", 0, 520, "weeks",
                needed=False),
        _choice(f"trial{n}-end", f"Treatment {n}: how it went", ends, needed=False),
    )  # fmt: skip


HISTORY = Sheet(
    id="history",
    title="Treatment history of this episode (after the ATHF-SF)",
    note="One block a treatment; leave the rest empty. Failed trials and the Maudsley stage are "
    "computed when you save.",
    questions=(
        _number("months", "Months since this episode began", 0, 600, "months"),
        _choice("severity", "Severity now", (("1", "below threshold"), ("2", "mild"),
                ("3", "moderate"), ("4", "severe, no psychosis"), ("5", "severe with psychosis"))),
        *(q for n in range(1, TRIALS + 1) for q in _trial(n)),
    ),
)  # fmt: skip

MEDICINES_SHEET = Sheet(
    id="medicines",
    title="Everything taken now",
    note="One line a medicine, with dose and when it was last taken. Write none in the first line "
    "if there is none. Interactions are shown after saving.",
    questions=(
        _text("medicine1", "Medicine 1", "For example: naltrexone 50 mg daily, last dose 24 h ago"),
        *(_text(f"medicine{n}", f"Medicine {n}", needed=False) for n in range(2, MEDICINES + 1)),
    ),
)

CONSENT = Sheet(
    id="consent",
    title="Consent",
    questions=(
        _choice("told-use", "Told that this use is off label (not approved for it)", YES_NO),
        _choice("told-risk", "Told that long-term benefit and risk are not known", YES_NO),
        _choice("told-dependence", "Told about craving, loss of effect and the bladder", YES_NO),
        _choice("told-options", "Told about the other options", YES_NO),
        _choice("driver", "Told not to drive until the next day; who takes them home", YES_NO),
        _choice("signed", "Signed, and a copy handed over", YES_NO),
        _choice("shares", "Agrees to de-identified use of the course for research", YES_NO,
                "Separate from treatment; no changes nothing."),
    ),
)  # fmt: skip

PLAN = Sheet(
    id="plan",
    title="Long-term plan",
    note="Decided with the patient. It needs a review date and a stop rule.",
    questions=(
        _choice("option", "What is planned now", OPTIONS),
        _text("goal", "What it is for, in the patient's words"),
        _text("schedule", "Doses and intervals, and how they change"),
        _choice("stop-form", "Stop rule: judged by", RATINGS),
        _number("stop-share", "Stop rule: it ends when the score has fallen by less than", 5, 100,
                "% of what it was before the first session"),
        Question(id="stop-after", label="Stop rule: judged after so many sessions", kind="whole",
                 low=1, high=60),
        _text("stop", "Stop rule in words, and what else ends it",
              "For example: less than half the baseline score lost after six sessions; or a "
              "finding of the bladder."),
        _text("relapse", "What happens if it comes back"),
        _text("support", "What goes with it (psychotherapy, other treatment, people)"),
        Question(id="review", label="Next review", kind="date"),
        _choice("together", "Read together with the patient", YES_NO),
    ),
)  # fmt: skip

DOSE = Sheet(
    id="dose",
    title="Dose",
    questions=(
        _number("weight", "Weight today", 25, 300, "kg"),
        _number("dose", "Dose given", 0.1, 2000, "mg"),
        _choice("drug", "Drug", (("ketamine", "racemic ketamine"), ("esketamine", "esketamine"))),
        _choice("route", "Route", ROUTES),
        _text("lot", "Lot number"),
        _number("minutes", "Given over", 0, 240, "min"),
        _choice("medicines", "Medicines changed since last time", YES_NO,
                "If yes, enter them anew before the dose."),
        _choice("sedative", "Taken today: a benzodiazepine, an opioid, alcohol or another sedative",
                YES_NO),
        _choice("stimulant", "Taken today: a stimulant", YES_NO),
        _choice("maoi", "Taken today: a monoamine oxidase inhibitor", YES_NO),
        _text("taken", "Taken today: which, how much, when", needed=False),
    ),
)  # fmt: skip

DISCHARGE = Sheet(
    id="discharge",
    title="End of the session and discharge",
    questions=(
        _number("ready", "Ready to go, time after the dose began", 0, 1440, "min"),
        _number("stayed", "Stayed after the dose began", 0, 1440, "min"),
        _choice("oriented", "Fully oriented, walks safely", YES_NO),
        _choice("pressure", "Blood pressure back to a safe level for this patient", YES_NO),
        _choice("sickness", "No vomiting, can drink", YES_NO),
        _choice("company", "Goes home with somebody; does not drive", YES_NO),
        _choice("safe", "Asked about thoughts of self-harm; safe to go", YES_NO),
        _text("events", "Adverse events (write none if none)"),
        _text("why", "If any answer is no: what was done", needed=False),
    ),
)

MONTHLY = Sheet(
    id="monthly",
    title="Every month: use, bladder, memory",
    note="Our own short questions, not a validated scale.",
    recall="the past four weeks",
    questions=(
        _choice("craving", "Wanting ketamine between sessions", OFTEN),
        _choice("unsanctioned", "Any ketamine from elsewhere", OFTEN),
        _choice("more", "Wanting more or earlier sessions than planned", OFTEN),
        _choice("missed", "Feeling unwell when a session was missed or late", MARK),
        _choice("frequency", "Passing water more often than before", MARK),
        _choice("urgency", "Having to go at once", MARK),
        _choice("pain", "Pain in the bladder or when passing water", MARK),
        _choice("blood", "Blood in the urine", YES_NO),
        _choice("memory", "Trouble remembering or thinking", MARK),
    ),
)

OWN_SHEETS = {
    s.id: s
    for s in (DIAGNOSIS, TESTS, HISTORY, MEDICINES_SHEET, CONSENT, PLAN, DOSE, DISCHARGE, MONTHLY,
              URINE)
}  # fmt: skip
ACTION_QUESTION = _text(
    ACTION,
    "If a value is in alarm: what was done",
    "The values are kept at once; the session is in order when this is noted.",
    needed=False,
)


def sheet(form: str) -> Sheet | None:
    """Return the form of a name: the clinic's own, or an instrument's; None when unknown."""
    if form in OWN_SHEETS:
        return OWN_SHEETS[form]
    if form not in instrument.names():
        return None
    found = of_instrument(instrument.read(form))
    if form == VITALS:
        return replace(found, note=limits(), questions=(*found.questions, ACTION_QUESTION))
    return found


def title(form: str) -> str:
    """Return the short name of a form."""
    if form in OWN_SHEETS:
        return OWN_SHEETS[form].title
    return str(instrument.read(form).short_name)
