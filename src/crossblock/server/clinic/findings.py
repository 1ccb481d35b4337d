"""Findings of the record that a session is not begun over without a word; none is a prohibition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crossblock.server.clinic.course import INTAKE, Course, Filled
from crossblock.server.clinic.due import place

OFTEN = ("", "on some days", "on most days", "daily")
DAILY = 3.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One finding in words, with the form that it stands in. `asked`: again at each session."""

    words: str
    form: str
    visit: str
    period: int
    repeat: int
    asked: bool = True

    def path(self, code: str) -> str:
        return place(code, self.visit, self.period, self.form, self.repeat)


DIAGNOSIS = {
    ("pregnancy", "positive"): "pregnancy test positive",
    ("psychosis", "yes"): "psychosis, now or ever",
    ("mania", "yes"): "mania or hypomania, now or ever",
}
TESTS = {
    ("ecg", "abnormal"): "ECG not normal",
    ("liver", "abnormal"): "liver tests not normal",
}


def findings(course: Course) -> tuple[Finding, ...]:
    """Return what was found in the newest diagnosis, tests, monthly form and urine screen."""
    found = _of(course.last("diagnosis", INTAKE), DIAGNOSIS)
    found += _of(course.last("tests", INTAKE), TESTS)
    found += _of(course.last("urine-screen"), {("found", "positive"): "urine drug screen positive"})
    month = course.last("monthly")
    if month is not None:
        use = month.answers.get("unsanctioned")
        if isinstance(use, float | int) and use > 0:
            words = f"ketamine from elsewhere {OFTEN[int(use)]} in the four weeks before"
            found.append(_finding(month, words, asked=use >= DAILY))
        if month.answers.get("blood") == "yes":
            found.append(_finding(month, "blood in the urine", asked=False))
    return tuple(found)


def _of(filled: Filled | None, table: Mapping[tuple[str, str], str]) -> list[Finding]:
    if filled is None:
        return []
    answers = filled.answers
    return [_finding(filled, words) for (k, v), words in table.items() if answers.get(k) == v]


def _finding(filled: Filled, words: str, *, asked: bool = True) -> Finding:
    return Finding(
        words=words,
        form=filled.form,
        visit=filled.visit,
        period=filled.period,
        repeat=filled.repeat,
        asked=asked,
    )


def at_start(course: Course) -> tuple[str, ...]:
    """Return what the next session would be begun over: findings, a test or a discharge missing."""
    said = [f.words for f in findings(course) if f.asked]
    if not course.sessions and course.last("tests", INTAKE) is None:
        said.append("ECG and liver tests are neither recorded nor said to be not done")
    said += [
        f"session {s.number} has no discharge" for s in course.sessions if s.discharge is None
    ][-3:]
    return tuple(said)
