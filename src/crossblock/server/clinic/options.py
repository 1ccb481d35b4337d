"""The long-term options side by side: what was found for each, and what is not known.

Figures come from `docs/clinic.md`'s sources; nothing here says which option to take.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """One option: what studies found, what they leave open, and where the figures come from."""

    id: str
    name: str
    benefit: str
    risk: str
    unknown: str
    source: str
    amber: bool = False


SUSTAIN1 = "SUSTAIN-1, 10.1001/jamapsychiatry.2019.1189, esketamine spray (abstract and secondary)"
ALL = (
    Option(
        id="continue",
        name="Go on as now",
        benefit="Stable remitters who went on relapsed in 27 of 100, those switched to placebo in "
        "45 of 100 (hazard ratio 0.49, 95 % interval 0.29 to 0.84).",
        risk="Cumulative dose grows; bladder complaints in recreational users relate to dose and "
        "frequency (26.6 % of 1,285).",
        unknown="Benefit and risk beyond a few years; loss of effect over time.",
        source=f"{SUSTAIN1}; Winstock 2012 (abstract)",
    ),
    Option(
        id="space",
        name="Longer intervals",
        benefit="In a trial extension most people stayed on weekly or every-second-week doses.",
        risk="The score may rise before the next session.",
        unknown="How long an interval this patient keeps the effect: the course picture shows it.",
        source="assumed from the design of SUSTAIN-1; no figures were read",
        amber=True,
    ),
    Option(
        id="taper",
        name="Taper to an end",
        benefit="No withdrawal signal at clinic spacing: PWC-20 7.2 at the last dose, 7.5, 7.4 and "
        "7.2 in weeks 1, 2 and 4 (357 people).",
        risk="Relapse, as after stopping.",
        unknown="Whether tapering is better than stopping at once.",
        source="SUSTAIN-2 poster (abstract)",
    ),
    Option(
        id="stop",
        name="Stop",
        benefit="No further sessions, cost or drug risk; half of bladder complaints improve after "
        "stopping (51 % of users; 3.8 % worsen).",
        risk="Relapse: a median of 18 days after the last of six infusions, without maintenance "
        "(24 people).",
        unknown="What another treatment alongside would change.",
        source="Murrough 2013 repeated (abstract); Winstock 2012 (abstract)",
    ),
    Option(
        id="switch",
        name="Switch to another treatment",
        benefit="Depends on what was tried; the treatment history shows it.",
        risk="Relapse while the next treatment begins to work.",
        unknown="No comparison after ketamine was read.",
        source="none read",
        amber=True,
    ),
    Option(
        id="psychotherapy",
        name="Psychotherapy, alone or beside it",
        benefit="Trials are few; no pooled figure was read.",
        risk="None known from the drug's side.",
        unknown="Whether it lengthens the effect.",
        source="none read",
        amber=True,
    ),
    Option(
        id="ect",
        name="Referral for electroconvulsive therapy",
        benefit="An established treatment of severe depression.",
        risk="Anesthesia; trouble remembering for a time.",
        unknown="How it does in people whose effect of ketamine has faded.",
        source="general knowledge, from memory",
        amber=True,
    ),
)
