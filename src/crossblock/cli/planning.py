"""What `expose` adds to a table: the plan, what is on board, the other planner, the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import crossblock as cb
from crossblock.cli import exposed
from crossblock.cli.output import print_json, say, write
from crossblock.cli.progress import step
from crossblock.core.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crossblock.cli.exposed import Asked
    from crossblock.core.streams import Stream
    from crossblock.domain.blockade_plan import BlockadePlan
    from crossblock.domain.compound import Compound
    from crossblock.domain.onboard import OnBoard
    from crossblock.domain.protocol import Protocol
    from crossblock.exposure.planner import Wish

Wishes = tuple[str | None, str | None, str | None]  # --want, --window, --residual
PLANNERS = ("naltrexone", "naloxone")


@dataclass(frozen=True, kw_only=True)
class Found:
    """Everything that one run of `expose PROTOCOL` found."""

    study: Protocol
    compounds: Mapping[str, Compound]
    asked: Asked
    rows: Sequence[Mapping[str, object]]
    plan: BlockadePlan | None
    boards: Sequence[OnBoard]

    @classmethod
    def of(
        cls, protocol: str, asked: Asked, wishes: Wishes | None, boards: Sequence[OnBoard]
    ) -> Found:
        """Read the protocol and compute; a plan only when `wishes` are given."""
        study = cb.read_protocol(protocol)
        compounds = {name: cb.read_compound(name) for name in study.compound_ids}
        rows = exposed.conditions(study, compounds, asked)
        plan = None if wishes is None else _plan(study, compounds, asked, wishes)
        return cls(
            study=study, compounds=compounds, asked=asked, rows=rows, plan=plan, boards=boards
        )

    def as_json(self) -> dict[str, object]:
        """Return what --json prints; keys of the plan and of what is on board only when asked."""
        out: dict[str, object] = {
            "protocol": self.study.id,
            "weight_kg": self.asked.kg,
            "conditions": self.rows,
        }
        if self.plan is not None:
            out["plan"] = self.plan
        if self.boards:
            out["on_board"] = self.boards
        return out

    def tell(self) -> None:
        """Print for people, on standard error."""
        for row in self.rows:
            exposed.tell(row)
        if self.plan is not None:
            say("Plan")
            for line in cb.plan_lines(self.plan):
                say(f"  {line}")
        tell_boards(self.boards)


def people() -> Stream:
    """Return the stream that draws the people of every band."""
    return cb.Stream(exposed.SEED, "between persons")


def _plan(
    study: Protocol, compounds: Mapping[str, Compound], asked: Asked, wishes: Wishes
) -> BlockadePlan | None:
    """Return the plan, or None where no wish was said and the protocol has nothing to plan."""
    wish = _wish(study, asked, wishes)
    if not cb.can_plan(study, compounds) and not any(wishes):
        return None
    return cb.plan_blockade(
        study, compounds, wish, weight_kg=asked.kg, sets=asked.sets, stream=people()
    )


def _wish(study: Protocol, asked: Asked, wishes: Wishes) -> Wish:
    want, window, residual = wishes
    shift = study.drug_start_h if asked.origin == "drug" else 0.0
    span = None if window is None else _window(window, shift)
    return cb.BlockadeWish(
        wanted=0.9 if want is None else _share(want, "--want"),
        window_h=span,
        residual=0.1 if residual is None else _share(residual, "--residual"),
    )


def _share(text: str, where: str) -> float:
    """Read "90" or "90 %" as 0.9; a bare number is percent."""
    bare = text.strip().replace(".", "", 1).isdigit()
    share = cb.parse_quantity(f"{text} %" if bare else text, dimension="fraction", where=where)
    if not 0.01 <= share.value < 1.0:
        raise InputError(
            Problem(
                what="a percentage that cannot be planned for",
                where=where,
                value=text,
                why="it must be at least 1 and below 100; no dose blocks everything",
                fix="write 90 for 90 %",
            )
        )
    return share.value


def _window(text: str, shift: float) -> tuple[float, float]:
    parts = text.split(",")
    if len(parts) != 2:
        raise InputError(
            Problem(
                what="a window needs two times",
                where="--window",
                value=text,
                fix='write it as "45 min,85 min"',
            )
        )
    a, b = (
        cb.parse_quantity(t.strip(), dimension="time", where="--window").value + shift
        for t in parts
    )
    return a, b


def boards(words: Sequence[str]) -> tuple[OnBoard, ...]:
    """Return what every --on-board line leaves on the session date."""
    if not words:
        return ()
    taken = [cb.read_medication(w) for w in words]
    compounds = {m.compound: cb.read_compound(m.compound) for m in taken}
    return cb.on_boards(taken, compounds, stream=people())


def tell_boards(found: Sequence[OnBoard]) -> None:
    """Print what is on board: held, found in people, not known; no advice."""
    for b in found:
        say(f"On board: {b.said or b.title}")
        say(f"  {b.sentence}")
        for h in b.held:
            band = "" if h.low is None else f" ({100 * h.low:.0f} to {100 * (h.high or 0):.0f} %)"
            say(f"  {h.receptor} held: {100 * h.fraction:.0f} %{band}; {h.band}")
        for kind, texts in (
            ("found", [f"{n.source.text}: {n.text}" for n in b.found]),
            ("not known", b.unknown),
            ("assumed", b.assumed),
            ("note", b.warnings),
        ):
            for text in texts:
                say(f"  {kind}: {text}")


def said(protocol: str, asked: Asked, wishes: Wishes, on_board: Sequence[str]) -> str:
    """Return the command to print at the foot of the page."""
    words = ["crossblock expose", protocol, f"--weight {asked.kg:g}"]
    if asked.origin == "drug":
        words.append("--from drug")
    words += [f"--set {c}={s}" for c, s in asked.sets.items()]
    names = ("--want", "--window", "--residual")
    words += [f'{n} "{w}"' for n, w in zip(names, wishes, strict=True) if w is not None]
    words += [f'--on-board "{w}"' for w in on_board]
    return " ".join(words)


def page(found: Found, command: str) -> str:
    """Return the planner's page as HTML."""
    with step("drawing"):
        picture = cb.exposure_picture(
            found.study,
            found.compounds,
            weight_kg=found.asked.kg,
            sets=dict(found.asked.sets),
            stream=people(),
        )
        provenance = (("crossblock", cb.__version__), ("Command", command))
        story = cb.plan_story(found.study, picture, found.plan, found.boards, provenance)
        return cb.render(story)


def compare(output: str | None, as_json: bool) -> None:
    """Answer --compare-planner."""
    compounds = {name: cb.read_compound(name) for name in PLANNERS}
    found = cb.compare_planners(compounds, stream=people())
    if output is not None:
        story = cb.comparison_story(found, "crossblock expose --compare-planner")
        write(output, cb.render(story))
    if as_json:
        print_json(found)
    elif output != "-":
        for n in (*found.oral_numbers, *found.iv_numbers):
            theirs, ours = ("no number" if x is None else f"{x:.2f}" for x in (n.theirs, n.ours))
            say(f"  {n.what:<52} {theirs:>10} {ours:>10} {n.unit:<4} {n.note}")
        for d in found.defects:
            say(f"  {d.what}: theirs {d.theirs:.1f}, mass action {d.ours:.1f} {d.unit}; {d.why}")
        if output is not None:
            say(f"Written: {output}")
