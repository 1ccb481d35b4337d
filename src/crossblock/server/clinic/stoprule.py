"""The stop rule of a plan: how much of the score must be lost by when, judged on the course.

It says whether what was agreed has come about, with its numbers. It does not say what follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from crossblock.load import instrument
from crossblock.server.clinic.course import Course
from crossblock.server.clinic.doubts import spelled

WITHIN = timedelta(days=10)
"""A rating within so long after the session that is judged counts for it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """Stop when less than `share` (of 1) of the baseline is lost after so many sessions."""

    form: str
    share: float
    after: int

    @property
    def name(self) -> str:
        return str(instrument.read(self.form).short_name)

    @property
    def sessions(self) -> str:
        return f"{spelled(self.after)} session{'s' if self.after > 1 else ''}"

    def words(self, baseline: float | None) -> str:
        """Return the rule in plain words, with the score that it means for this patient."""
        said = (
            f"after {self.sessions} the {self.name} has fallen by less than "
            f"{100 * self.share:g} % of what it was before the first session"
        )
        if not baseline:
            return said
        most = (1 - self.share) * baseline
        return f"{said}: from {baseline:g} it is still above {most:.3g}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """What the course says about a rule; `met` is None while it cannot be told."""

    words: str
    met: bool | None = None


def of(answers: Mapping[str, Any]) -> Rule | None:
    """Return the rule of a plan's answers, or None when it names none that can be judged."""
    form, share, after = (answers.get(f"stop-{k}") for k in ("form", "share", "after"))
    if form not in instrument.names() or not isinstance(share, float | int) or not after:
        return None
    return Rule(form=str(form), share=float(share) / 100, after=int(float(after)))


def agreed(course: Course) -> str:
    """Return the rule of the plan that stands in plain words, or ""."""
    rule = of(course.plan.answers) if course.plan else None
    return rule.words(course.baseline(rule.form)) if rule else ""


def judge(course: Course) -> Judged | None:
    """Return whether the rule of the plan that stands is met; None without such a rule."""
    rule = of(course.plan.answers) if course.plan else None
    if rule is None:
        return None
    done, base = len(course.sessions), course.baseline(rule.form)
    if done < rule.after:
        times = f"{spelled(done)} session{'' if done == 1 else 's'}"
        return Judged(words=f"The stop rule is judged after {rule.sessions}; so far {times}.")
    if not base:
        return Judged(words=f"The stop rule cannot be judged: no {rule.name} before session one.")
    since = course.sessions[rule.after - 1].at
    rows = course.scores(rule.form)
    found = [f for f in rows if since < f.occurred <= since + WITHIN]
    if not found or found[0].total is None:
        return Judged(
            words=f"The stop rule cannot be judged: no {rule.name} within {WITHIN.days} days after "
            f"session {spelled(rule.after)}."
        )
    lost = (base - found[0].total) / base
    met = lost < rule.share - 1e-9
    now = _since(rows[-1], found[0], base)
    return Judged(
        words=f"After {rule.sessions} the stop rule is {'met' if met else 'not met'}: "
        f"{rule.name} {base:g} before the first session, {found[0].total:g} after, "
        f"{_lost(lost)}; the rule asks for {100 * rule.share:g} %.{now}",
        met=met,
    )


def _lost(share: float) -> str:
    return f"{100 * abs(share):.0f} % {'lost' if share >= 0 else 'gained'}"


def _since(last: Any, judged: Any, base: float) -> str:
    """Return where the score stands now, when it was rated again since."""
    if last is judged or last.total is None:
        return ""
    return f" At the last rating {last.total:g}, {_lost((base - last.total) / base)}."
