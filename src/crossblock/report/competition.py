"""What a blocker leaves of an agonist: the shifted curve, and the drug's own hold."""

from __future__ import annotations

from crossblock.domain.blockade_plan import BlockadePlan, Shift
from crossblock.report import number, panels, planwords
from crossblock.report.figure import Figure, Table, Words, draw

SHOWN = (0.1, 1.0, 3.0, 10.0, 100.0)


def figure(plan: BlockadePlan) -> Figure:
    """Return occupancy by an agonist against its level, without and with the blocker."""
    s = plan.shift
    title = planwords.shifted(s)
    panel = panels.Panel(
        title=f"{s.receptor} receptors held by an agonist, %",
        x_title="agonist level, in levels that hold half alone",
        x_range=(float(s.level[0]), float(s.level[-1])),
        traces=(
            panels.Trace(label="no blocker", x=s.level, y=100 * s.alone, cell="open"),
            panels.Trace(
                label=f"with {plan.blocker}",
                x=s.level,
                y=100 * s.blocked,
                low=100 * s.low,
                high=100 * s.high,
            ),
        ),
        log=True,
        ticks=(0.01, 0.1, 1.0, 10.0, 100.0, 1000.0),
    )
    words = Words(
        title=title,
        subtitle=f"Where blockade in the window is lowest. {planwords.reading(plan)} Blocker and "
        "agonist compete, so enough agonist always wins.",
        description="Occupancy by an agonist against its level, shifted to the right by the "
        "blocker.",
        sentence=f"{title}. {planwords.own_words(plan)}".strip(),
    )
    return draw(
        id="competition",
        chart=lambda frame: panels.one(panel, frame),
        words=words,
        table=_table(s),
    )


def _table(s: Shift) -> Table:
    def share(level: float, ratio: float = 1.0) -> str:
        return number.short(100.0 * level / (level + ratio))

    middle, low, high = s.dose_ratio
    rows = [
        (
            f"{number.short(level)} times",
            share(level),
            f"{share(level, middle)} ({share(level, high)} to {share(level, low)})",
        )
        for level in SHOWN
    ]
    rows += [
        (
            f"the drug's own highest hold on {h.receptor}",
            number.short(100 * h.alone),
            number.short(100 * h.blocked),
        )
        for h in s.own
    ]
    return Table(
        caption="Receptors held, in percent; levels count in levels that hold half alone",
        headers=("Agonist", "no blocker", "with the blocker (95 % of people)"),
        rows=tuple(rows),
    )
