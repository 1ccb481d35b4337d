"""Courses as the rest of crossblock reads them: people for `forecast`, a study for `weigh`.

A clinic's courses are single-arm and everybody knows what was given, so the study says "saline"
(told apart) and nothing stronger. Only the response on the day after the first infusion is stated:
it is the one figure that needs no assumption about who came back.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from crossblock.server.clinic.aboard import NONE, Aboard, at_sessions
from crossblock.server.clinic.course import AFTER, Course, Session
from crossblock.server.clinic.forecasts import RATED_BY, ROUTES
from crossblock.server.clinic.series import day

PERSON = ("day", "score", "dose", "route", "duration", "drug", "onboard")
EVIDENCE = ("study", "population", "n", "drug", "dose", "endpoint", "time_h", "statistic", "value",
            "units", "source_location", "confidence")  # fmt: skip
STUDY, ENDPOINT = "Clinic courses", "response (MADRS >=50% fall)"
USUAL = (0.4, 0.6)
"""mg/kg of a first infusion that counts as the reference dose of 0.5."""
STUDIES = """# A clinic's own courses for `crossblock weigh evidence.csv --studies studies.toml`:
# single arm, nobody masked, no control. Read docs/clinic.md before weighing it.
schema = "crossblock/weighing/1"
{study}"""
ONE = """
[[study]]
id = "clinic-courses"
title = "One clinic, day after the first infusion"
evidence = "{study}"
kind = "responses"
role = "fit"
endpoint = "{endpoint}"
statistic = "response_rate"
times_h = [24.0]
arm = [{{ label = "ketamine", regimen = "ketamine", setting = "saline", n = {n} }}]
notes = ["Single arm: everybody knew what was given, and those who were not rated are left out."]
"""


def person(course: Course) -> str:
    """Return one course as a table that `crossblock forecast --person` reads."""
    beside = at_sessions(course)
    rows = [(day(course, s.filled), _given(s, b)) for s, b in zip(course.sessions, beside)]
    rows += [
        (day(course, f), (f"{f.total:g}", "", "", "", "", ""))
        for f in course.scores(RATED_BY)
        if f.total is not None
    ]
    lines = [(f"{at:.1f}", *cells) for at, cells in sorted(rows)]
    return _table(PERSON, lines)


def _given(s: Session, beside: Aboard | None) -> tuple[str, str, str, str, str, str]:
    minutes = s.filled.answers.get("minutes", 0.0)
    classes = ";".join(beside.ids) or NONE if beside else ""
    dose = " ".join(dose_of(s))
    return ("", dose, str(ROUTES[s.route]), f"{minutes:g} min", s.drug, classes)


def dose_of(s: Session) -> tuple[str, str]:
    """Return amount and unit of a dose as it leaves: sprays in mg, every other dose a kg.

    A spray holds a fixed amount, and its kinetics are known for that alone. One dose never leaves
    in both units: they would give the weight.
    """
    return (f"{s.dose_mg:g}", "mg") if s.route == "nasal" else (f"{s.mg_per_kg:.3f}", "mg/kg")


def evidence(courses: Iterable[Course]) -> str:
    """Return the response on the day after a first infusion, as rows that `weigh` reads."""
    seen = [r for r in map(_responded, courses) if r is not None]
    if not seen:
        return _table(EVIDENCE, [])
    k, n = sum(seen), len(seen)
    same = (STUDY, "patients of one clinic who agreed; single arm, unmasked", str(n), "ketamine",
            "0.5 mg/kg IV", ENDPOINT, "24")  # fmt: skip
    source = (f"export of the clinic's record ({k}/{n})", "computed from own record")
    rows = [
        (*same, "responders", str(k), "participants", *source),
        (*same, "response_rate", f"{k / n:.4f}", "fraction", *source),
    ]
    return _table(EVIDENCE, rows)


def studies(courses: Iterable[Course]) -> str:
    """Return the study of these courses as `weigh --studies` reads it; none without a rating."""
    n = sum(_responded(c) is not None for c in courses)
    one = ONE.format(study=STUDY, endpoint=ENDPOINT, n=n) if n else "study = []\n"
    return STUDIES.format(study=one)


def _responded(course: Course) -> bool | None:
    """Tell whether the first reference infusion was answered by half the score on the day after.

    None for another drug, route or dose, and for a course without both ratings.
    """
    base, first = course.baseline(RATED_BY), course.sessions[0]
    low, high = USUAL
    reference = (first.drug, first.route) == ("ketamine", "iv") and low <= first.mg_per_kg <= high
    found = course.at(RATED_BY, AFTER, first.number)
    if not reference or not base or found is None or found.total is None:
        return None
    return found.total <= 0.5 * base


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()
