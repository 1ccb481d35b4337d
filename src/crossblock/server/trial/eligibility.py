"""Screening, consent and the gate before the blocker: their questions, and what they decide.

Pure functions of the protocol and the conduct file; `procedures` writes what they say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from crossblock.domain.conduct import Conduct
from crossblock.domain.protocol import Protocol
from crossblock.load import instrument
from crossblock.server.record.sheet import Answer, Question, Sheet, of_instrument

YES_NO = (("yes", "yes"), ("no", "no"))
BASIS = (
    ("structured", "structured interview (SCID, MINI)"),
    ("semi-structured", "semi-structured interview"),
    ("clinical", "clinical judgment alone"),
    ("records", "records only"),
)
HISTORY = "athf-sf"
FAILED_BASIS = (
    ("records", "records of clinic or pharmacy"),
    ("letter", "letter of the doctor who treated"),
    ("told", "what the participant tells"),
)
LAST_OPIOID = (
    ("never", "none in the past year"),
    ("short", "short-acting opioid"),
    ("long", "methadone, buprenorphine or another long-acting opioid"),
)
SCREEN = (("negative", "negative"), ("positive", "positive"), ("not done", "not done"))
PREGNANCY = (
    ("negative", "negative"),
    ("positive", "positive"),
    ("not indicated", "not indicated"),
    ("not done", "not done"),
)
Answers = Mapping[str, Answer]


def _yes(id: str, label: str, hint: str = "") -> Question:
    return Question(id=id, label=label, kind="choice", choices=YES_NO, hint=hint)


def screening_sheet(protocol: Protocol) -> Sheet:
    """Return the questions of screening: the population as registered, and the strata."""
    who = protocol.population.registered
    rows = [
        Question(id="age", label="Age", kind="whole", low=0, high=120, unit="years"),
        _yes("diagnosis", "Diagnosis", who.diagnosis.value if who.diagnosis else ""),
        Question(id="basis", label="What the diagnosis rests on", kind="choice", choices=BASIS),
        Question(
            id="failed",
            label="Failed adequate antidepressant treatments, counted by hand",
            kind="whole",
            low=0,
            high=50,
            needed=False,
            hint="Leave empty when the rows of ATHF-SF below are filled: they are counted.",
        ),
        Question(
            id="failed-basis",
            label="What the count by hand rests on",
            kind="choice",
            choices=FAILED_BASIS,
            needed=False,
        ),
        *_history_rows(),
    ]
    for key, claim in (("severity", who.severity), ("medication", who.medication)):
        if claim is not None:
            rows.append(_yes(key, f"{key.capitalize()} as required", claim.value))
    rows += [_yes(f"include{i}", c.value) for i, c in enumerate(who.inclusion, start=1)]
    rows += [_yes(f"exclude{i}", c.value) for i, c in enumerate(who.exclusion, start=1)]
    rows.append(_yes("antagonist", "Takes an opioid antagonist, or opioids that cannot be stopped"))
    for factor in protocol.randomization.strata:
        if factor.id != "site":
            rows.append(
                Question(
                    id=f"stratum-{factor.id}",
                    label=factor.label or factor.id,
                    kind="choice",
                    choices=tuple((level, level) for level in factor.levels),
                )
            )
    return Sheet(id="screening", title="Screening", questions=tuple(rows))


def _history_rows() -> list[Question]:
    """Return the rows of ATHF-SF, one a treatment; none must be filled."""
    found = instrument.read(HISTORY)
    rows = of_instrument(found).questions
    return [
        replace(q, id=f"{HISTORY}-{q.id}", label=f"{found.short_name}, {q.label.lower()}",
                number="", needed=False)
        for q in rows
    ]  # fmt: skip


def failed_treatments(answers: Answers) -> float | None:
    """Return how many adequate treatments failed: by ATHF-SF where it is filled, else by hand."""
    rows = {k.removeprefix(f"{HISTORY}-"): v for k, v in answers.items() if k.startswith(HISTORY)}
    numbers = {k: v for k, v in rows.items() if isinstance(v, float)}
    if numbers:
        return instrument.read(HISTORY).score(dict(numbers)).total
    typed = answers.get("failed")
    return typed if isinstance(typed, float) else None


def _count_stops(answers: Answers) -> list[str]:
    """Return why a count of failed treatments cannot be gone by."""
    counted, typed = failed_treatments(answers), answers.get("failed")
    if counted is None:
        return ["failed treatments are not counted: fill ATHF-SF, or type the count and its basis"]
    if isinstance(typed, float) and typed != counted:
        return [f"{typed:g} failed treatments were typed, ATHF-SF gives {counted:g}"]
    by_hand = not any(k.startswith(HISTORY) for k in answers)
    if by_hand and "failed-basis" not in answers:
        return ["the count of failed treatments rests on nothing: say on what, or fill ATHF-SF"]
    return []


def screening_stops(protocol: Protocol, answers: Answers) -> list[str]:
    """Return in sentences why somebody cannot take part; empty for an eligible person."""
    who = protocol.population.registered
    stops = []
    age, failed = answers.get("age"), failed_treatments(answers)
    if who.age_min and isinstance(age, float) and age < who.age_min.value:
        stops.append(f"younger than {who.age_min.value}")
    if who.age_max and isinstance(age, float) and age > who.age_max.value:
        stops.append(f"older than {who.age_max.value}")
    needed = who.failed_treatments.value if who.failed_treatments else 0
    stops += _count_stops(answers) if needed or failed is not None else []
    if failed is not None and failed < needed:
        stops.append(f"fewer than {needed} failed adequate treatments")
    if answers.get("basis") == "records":
        stops.append("the diagnosis rests on records only: examine the person")
    wanted = ["diagnosis", "severity", "medication"]
    wanted += [f"include{i}" for i in range(1, len(who.inclusion) + 1)]
    stops += [f"not met: {_label(protocol, key)}" for key in wanted if answers.get(key) == "no"]
    unwanted = [f"exclude{i}" for i in range(1, len(who.exclusion) + 1)] + ["antagonist"]
    stops += [f"excluded: {_label(protocol, key)}" for key in unwanted if answers.get(key) == "yes"]
    return stops


def _label(protocol: Protocol, key: str) -> str:
    question = next(q for q in screening_sheet(protocol).questions if q.id == key)
    return question.hint or question.label


def stratum_of(protocol: Protocol, conduct: Conduct, site: str, answers: Answers) -> str:
    """Return the stratum that the screening answers and the site put somebody into."""
    level = conduct.site(site).level or site
    factors = protocol.randomization.strata
    names = [level if f.id == "site" else str(answers[f"stratum-{f.id}"]) for f in factors]
    return "/".join(names) if names else "all"


def consent_sheet() -> Sheet:
    """Return the questions of consent."""
    return Sheet(
        id="consent",
        title="Informed consent",
        questions=(
            Question(
                id="document", label="Version of the consent document", kind="text", needed=True
            ),
            _yes("signed", "Signed and dated by the participant"),
            _yes("copy", "Copy given to the participant"),
            _yes("risks", "Risks of the blocker and of the drug were talked through"),
            _yes("pool", "May data without name be used in later research?"),
        ),
    )


def consent_stops(answers: Answers) -> list[str]:
    """Return why this is no consent."""
    needed = {"signed": "not signed", "copy": "no copy given", "risks": "risks not talked through"}
    return [words for key, words in needed.items() if answers.get(key) != "yes"]


def gate_sheet(conduct: Conduct) -> Sheet:
    """Return the questions of the gate before the blocker."""
    limit = conduct.gate.liver_limit.value
    return Sheet(
        id="gate",
        title="Gate before the blocker",
        note="The same in every period and for everybody, whatever the kit holds.",
        questions=(
            _yes(
                "agonist",
                "Takes an opioid agonist now, or has one on board",
                "Painkillers, cough syrup, loperamide in high doses, methadone, buprenorphine. "
                "A blocker would bring on withdrawal.",
            ),
            Question(
                id="last", label="Last opioid in the past year", kind="choice", choices=LAST_OPIOID
            ),
            Question(
                id="days",
                label="Days since the last opioid",
                kind="number",
                low=0,
                high=366,
                unit="days",
                needed=False,
                hint="Leave empty when there was none in the past year.",
            ),
            Question(id="urine", label="Urine drug screen, opioids", kind="choice", choices=SCREEN),
            Question(
                id="alt",
                label="ALT",
                kind="number",
                low=0,
                high=200,
                unit="× upper limit",
                hint=f"At most {limit:g} times the upper limit of normal.",
            ),
            Question(id="ast", label="AST", kind="number", low=0, high=200, unit="× upper limit"),
            Question(id="pregnancy", label="Pregnancy test", kind="choice", choices=PREGNANCY),
        ),
    )


def gate_stops(conduct: Conduct, answers: Answers) -> list[str]:
    """Return why the blocker must not be handed out; empty when the gate is open."""
    gate = conduct.gate
    stops = []
    if answers.get("agonist") != "no":
        stops.append("an opioid agonist is on board: a blocker would precipitate withdrawal")
    if answers.get("urine") != "negative":
        stops.append("the urine drug screen for opioids is not negative")
    last, days = answers.get("last"), answers.get("days")
    wait = {"short": gate.opioid_free_days.value, "long": gate.long_acting_free_days.value}
    if last in wait and not (isinstance(days, float) and days >= wait[str(last)]):
        stops.append(f"fewer than {wait[str(last)]:g} days since the last opioid")
    for key in ("alt", "ast"):
        value = answers.get(key)
        if not (isinstance(value, float) and value <= gate.liver_limit.value):
            stops.append(f"{key.upper()} above {gate.liver_limit.value:g} times the upper limit")
    if answers.get("pregnancy") not in {"negative", "not indicated"}:
        stops.append("the pregnancy test is not negative")
    return stops
