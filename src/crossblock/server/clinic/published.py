"""Published shares that a clinic's own stand beside: counts, whose they were, and the source.

Where the source gives a percentage and the number of people, the count is the nearest whole one.
No source, no number.
"""

from __future__ import annotations

from dataclasses import dataclass

from crossblock.stats.shares import wilson


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """One published share: who reported it, of whom, and where it can be read."""

    name: str
    part: int
    whole: int
    of: str
    source: str

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.part, self.whole)

    @property
    def percent(self) -> str:
        low, high = self.interval
        share = 100 * self.part / self.whole
        return f"{share:.0f}\u00a0% ({100 * low:.0f} to {100 * high:.0f})"


RESPONSE = (
    Published(
        name="Phillips 2019",
        part=24,
        whole=41,
        of="trial, six infusions, MADRS",
        source="10.1176/appi.ajp.2018.18070834, abstract: 59 % of 41",
    ),
    Published(
        name="Murrough 2013",
        part=17,
        whole=24,
        of="trial, up to six infusions, MADRS",
        source="repeated-dose study of 24, abstract: 70.8 %",
    ),
    Published(
        name="McInnes 2022",
        part=288,
        whole=537,
        of="178 clinics, 4 to 8 infusions, PHQ-9 after 14 to 31 days; 537 of 9,016 had the data",
        source="10.1016/j.jad.2021.12.097, abstract: 53.6 % of 537",
    ),
    Published(
        name="One hospital clinic 2020",
        part=15,
        whole=82,
        of="six infusions, QIDS-SR16",
        source="PubMed 32871698, abstract",
    ),
)
STOPPED = (
    Published(
        name="One hospital clinic 2020",
        part=40,
        whole=85,
        of="stopped during or right after six infusions, so a wider count than ours",
        source="PubMed 32871698, abstract",
    ),
)
