"""The quality board: how a clinic does on its own record, beside published figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum

from crossblock.server import clock
from crossblock.server.clinic.models import Acknowledgment, Override, Page, Tally


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """One measure: so many of so many, and what others report."""

    words: str
    part: int
    whole: int
    beside: str = ""

    @property
    def percent(self) -> str:
        return f"{100 * self.part / self.whole:.0f}\u00a0%" if self.whole else "–"


def board() -> tuple[Share, ...]:
    """Return the measures over all patients of the clinic, in one query."""
    today = clock.now().date()
    started = Q(sessions__gt=0)
    n = Tally.objects.aggregate(
        everyone=Count("pk"),
        basis=Count("pk", filter=Q(basis=True)),
        started=Count("pk", filter=started),
        baseline=Count("pk", filter=started & Q(baseline=True)),
        current=Count("pk", filter=started & Q(planned=True, review__gte=today)),
        vitals=Sum("vitals_kept"),
        vitals_of=Sum("vitals_wanted"),
        ratings=Sum("ratings_kept"),
        ratings_of=Sum("ratings_wanted"),
        six=Count("pk", filter=Q(responded_after_six__isnull=False)),
        responded=Count("pk", filter=Q(responded_after_six=True)),
        early=Count("pk", filter=Q(stopped_before_six=True)),
        overrides=Sum("overrides"),
        sessions=Sum("sessions"),
    )
    return _shares({k: int(v or 0) for k, v in n.items()})


def _shares(n: dict[str, Any]) -> tuple[Share, ...]:
    return (
        Share(words="Diagnosis by structured interview", part=n["basis"], whole=n["everyone"]),
        Share(words="Whole baseline before the first dose", part=n["baseline"], whole=n["started"]),
        Share(words="Vital signs at every fixed time", part=n["vitals"], whole=n["vitals_of"]),
        Share(words="A rating the day after", part=n["ratings"], whole=n["ratings_of"]),
        Share(
            words="Plan with a stop rule, review not overdue", part=n["current"], whole=n["started"]
        ),
        Share(
            words="Response after six sessions",
            part=n["responded"],
            whole=n["six"],
            beside="59 % of 41 after six infusions (Phillips 2019, abstract); 71 % of "
            "24 (Murrough 2013, abstract)",
        ),
        Share(
            words="Stopped before the sixth session",
            part=n["early"],
            whole=n["started"],
            beside="about half at infusion clinics (a vendor's figure, second hand)",
        ),
        Share(words="Sessions by override", part=n["overrides"], whole=n["sessions"]),
    )


def overrides(most: int = 50) -> list[Override]:
    """Return the newest overrides with their reasons."""
    return list(Override.objects.select_related("by").order_by("-seq")[:most])


def unanswered() -> int:
    """Return how many pages of risk are past their time without a word."""
    done = Acknowledgment.objects.values("page_id")
    return int(Page.objects.filter(until__lt=clock.now()).exclude(pk__in=done).count())
