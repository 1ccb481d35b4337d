"""The quality board: how a clinic does on its own record, beside published figures.

What a patient's tally holds does not depend on the time of saving; what does is compared with the
clock here, so the board is right at any time, for those too who are never saved again.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, Q, Sum

from crossblock.server import clock
from crossblock.server.clinic.models import Acknowledgment, Mark, Override, Page, Tally
from crossblock.server.clinic.published import RESPONSE, STOPPED, Published
from crossblock.stats.shares import wilson

ROWS = (
    ("basis", "Intake", "Diagnosis by structured interview"),
    ("before.whole", "Before the first dose", "Whole baseline, both ratings"),
    ("before.clinician", "Before the first dose", "MADRS or HAM-D"),
    ("before.own", "Before the first dose", "QIDS or PHQ-9"),
    ("before.suicide", "Before the first dose", "C-SSRS screener"),
    ("before.use", "Before the first dose", "DUDIT or ASSIST"),
    ("before.monthly", "Before the first dose", "Use, bladder, memory"),
    ("before.expectation", "Before the first dose", "Expectation"),
    ("session.vitals", "Every session", "Vital signs at every fixed time"),
    ("session.cadss6", "Every session", "CADSS-6"),
    ("after.clinician", "The day after", "MADRS or HAM-D, the day after"),
    ("after.own", "The day after", "QIDS or PHQ-9, the day after"),
    ("after.liking", "The day after", "Drug liking"),
    ("after.craving", "The day after", "Craving"),
    ("next.rating", "Before the next dose", "A depression rating in the week before it"),
    ("month.monthly", "Every four weeks", "Use, bladder, memory, every four weeks"),
    ("plan", "Course", "Plan with a stop rule, review not overdue"),
    ("overrides", "Course", "Sessions by override"),
    ("six.stopped", "Course", "Stopped before the sixth session"),
    ("six.rated", "Course", "Rated within ten days of the sixth session"),
    ("six.responded", "Course", "Response after six sessions, of those rated"),
)
"""What the board shows: the mark, when it is required, and its words."""
BESIDE = {"six.responded": RESPONSE, "six.stopped": STOPPED}


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """One measure: so many of so many, and what others report."""

    what: str
    group: str
    words: str
    part: int
    whole: int
    beside: tuple[Published, ...] = ()
    note: str = ""

    @property
    def percent(self) -> str:
        return f"{100 * self.part / self.whole:.0f}\u00a0%" if self.whole else "–"

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval, None where there is nothing to count."""
        return wilson(self.part, self.whole) if self.whole else None

    @property
    def between(self) -> str:
        if self.interval is None:
            return "–"
        low, high = self.interval
        return f"{100 * low:.0f} to {100 * high:.0f}\u00a0%"


def board() -> tuple[Share, ...]:
    """Return the measures over all patients of the clinic as of now, in two queries."""
    now = clock.now()
    counted = Mark.objects.filter(Q(due__isnull=True) | Q(due__lte=now)).values_list("what")
    found = {w: (k, n) for w, k, n in counted.annotate(k=Sum("kept"), n=Sum("wanted"))}
    started = Q(sessions__gt=0)
    n = Tally.objects.aggregate(
        started=Count("pk", filter=started),
        current=Count("pk", filter=started & Q(planned=True, review__gte=now.date())),
    )
    found["plan"] = (n["current"], n["started"])
    running = n["started"] - found.get("six.stopped", (0, 0))[1]
    notes = {"six.stopped": f"{running} still within their first six sessions are not counted"}
    return tuple(
        Share(
            what=what,
            group=group,
            words=words,
            part=found.get(what, (0, 0))[0],
            whole=found.get(what, (0, 0))[1],
            beside=BESIDE.get(what, ()),
            note=notes.get(what, "") if running else "",
        )
        for what, group, words in ROWS
    )


def groups(shares: tuple[Share, ...]) -> list[tuple[str, list[Share]]]:
    """Return the measures by when they are required."""
    return [(words, list(rows)) for words, rows in groupby(shares, key=lambda s: s.group)]


def finding(shares: tuple[Share, ...]) -> str:
    """Return the board in one sentence: how much of what was required is there, and the least."""
    rated = [s for s in shares if s.whole and not s.what.startswith(("six", "overrides"))]
    if not rated:
        return "Nothing is required yet"
    least = min(rated, key=lambda s: s.part / s.whole)
    if least.part == least.whole:
        return "Everything that was required is there"
    return f"Least often there: {least.words}, {least.part} of {least.whole}"


def overrides(most: int = 50) -> list[Override]:
    """Return the newest overrides with their reasons."""
    return list(Override.objects.select_related("by").order_by("-seq")[:most])


def unanswered() -> int:
    """Return how many pages of risk are past their time without a word."""
    done = Acknowledgment.objects.values("page_id")
    return int(Page.objects.filter(until__lt=clock.now()).exclude(pk__in=done).count())
