"""If this mechanism were true, what would each measurement show?

Each rival is run through the arms that part them: drug with and without the blocker, a second
blocker dose, a placebo infusion with and without the blocker, and a mu agonist in the drug's place.
The band is 95 % of the mechanism's prior (and of the blocker's fit), so it says what is not known;
a mechanism is never called the winner here, only told apart or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from crossblock.core.errors import Problem, ProtocolError
from crossblock.core.streams import Stream
from crossblock.domain.compound import Compound
from crossblock.domain.dose import Dose, Route
from crossblock.domain.mechanism import Mechanism
from crossblock.domain.prediction import Measurement, Predicted, Prediction, Predictions, part
from crossblock.domain.protocol import Protocol
from crossblock.exposure.effect import (
    Effect,
    effect,
    reference_treatment,
    without_blocker,
    without_drug,
)
from crossblock.exposure.prior import believed
from crossblock.exposure.system import People
from crossblock.exposure.treatment import Treatment, Window
from crossblock.kernels.link import fall_exponential, needed_exponential

Array = NDArray[np.float64]
SCANS = 8  # moments of the infusion over which the glutamate surge is averaged
AGONIST_OCCUPANCY, AGONIST_H = 0.30, 4.0
DEFAULT_LEAD_H, DEFAULT_MG = 0.75, 50.0
TOLERANCE = 1e-3  # of the baseline score; bands are far wider


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What the rivals are asked: both arms, the second blocker dose, and when to look.

    Times in h from the protocol's time_zero; `next_h` is the next period's baseline, or None.
    """

    blocked: Treatment
    second: float
    start_h: float
    stop_h: float
    look_h: float
    next_h: float | None
    words: tuple[str, ...]


def predict(
    protocol: Protocol,
    compounds: Mapping[str, Compound],
    mechanisms: Sequence[Mechanism],
    *,
    reference: Compound,
    blocker: Compound,
    stream: Stream,
    draws: int = 100,
    second: float = 2.0,
) -> Predictions:
    """Return the table of `mechanisms` for the drug, blocker and times of `protocol`.

    `blocker` (50 mg by mouth, 45 min before) stands in where the protocol has none; `second` times
    its dose is the second blocker dose; `draws` from each prior make the bands. Raises
    `ProtocolError` where no condition gives the drug alone, `CatalogError` for a drug that the
    family cannot explain.
    """
    asked = ask(protocol, compounds, blocker, second)
    rows = tuple(_row(m, asked, reference, stream, draws) for m in mechanisms)
    return Predictions(
        asked=asked.words,
        rows=rows,
        parted={(a.mechanism, b.mechanism): part(a, b) for a, b in combinations(rows, 2)},
    )


def ask(
    protocol: Protocol, compounds: Mapping[str, Compound], blocker: Compound, second: float
) -> Asked:
    """Return what a protocol asks of the rivals; its primary visit is when mood is looked at."""
    given = [a for c in protocol.conditions if c.cell == "open" for a in protocol.given(c.id)]
    drugs = [a for a in given if a.role == "drug" and a.compound]
    if not drugs:
        raise ProtocolError(
            Problem(
                what="no condition gives the drug without the blocker",
                where=f"protocol {protocol.id}",
                why="every prediction is relative to the drug alone",
                fix='mark that condition with cell = "open"',
            )
        )
    doses = tuple(d for a in drugs for d in a.doses())
    start = min(d.start_h for d in doses)
    found = [a for c in protocol.conditions if c.cell == "blocked" for a in protocol.given(c.id)]
    blockers = [a for a in found if a.role == "blocker" and a.compound]
    if blockers:
        blocker = compounds[blockers[0].compound or ""]
        blocker_doses = tuple(d for a in blockers for d in a.doses())
    else:
        blocker_doses = (Dose(start_h=start - DEFAULT_LEAD_H, amount=DEFAULT_MG, route=Route.ORAL),)
    stop = max(d.start_h + (d.duration_h or 2 / 3) for d in doses)
    look = _look(protocol, stop)
    washout = protocol.design.washout
    blocked = Treatment(
        drug=compounds[drugs[0].compound or ""],
        drug_doses=doses,
        blocker=blocker,
        blocker_doses=blocker_doses,
    )
    return Asked(
        blocked=blocked,
        second=second,
        start_h=start,
        stop_h=stop,
        look_h=look,
        next_h=washout.value.value if washout and washout.value.value > look else None,
        words=_words(blocked, second, look - start, bool(blockers)),
    )


def _look(protocol: Protocol, stop: float) -> float:
    """Return when mood is read: the primary visit after the drug, or a day after its start."""
    primary = [e for e in protocol.endpoints if e.role.value == "primary"]
    found = [h for e in primary if (h := protocol.visit_h(e.visit)) > stop]
    return found[0] if found else stop - 2 / 3 + 24.0


def _words(blocked: Treatment, second: float, after: float, planned: bool) -> tuple[str, ...]:
    assert blocked.drug is not None
    assert blocked.blocker is not None
    drug, blocker = blocked.drug_doses[0], blocked.blocker_doses[0]
    unit = "mg/kg" if drug.per_kg else "mg"
    name = blocked.blocker.title.lower()
    said = [
        f"drug: {blocked.drug.title}, {drug.amount:g} {unit} {drug.route.words}",
        f"blocker: {name} {blocker.amount:g} mg, {drug.start_h - blocker.start_h:g} h before the "
        f"drug; second dose {second * blocker.amount:g} mg",
        f"mood is read {after:g} h after the drug begins, the surge while it is given",
        f"the mu agonist holds {AGONIST_OCCUPANCY:.0%} of receptors for {AGONIST_H:g} h and is "
        "given unannounced",
    ]
    if not planned:
        said.append("the protocol has no blocked condition: this one is assumed")
    return tuple(said)


def _row(m: Mechanism, asked: Asked, reference: Compound, stream: Stream, draws: int) -> Prediction:
    blocker = asked.blocked.blocker
    people = believed(m, blocker, draws, stream)
    seen = _arms(m, asked, reference, people)
    scale = _scale(m, reference, people)

    def fall(arm: str, column: int) -> Array:
        with np.errstate(divide="ignore"):  # a fall of exactly 1 stays 1
            R = needed_exponential(seen[arm].fall["exponential"][:, column])
        return np.asarray(np.maximum(0.0, fall_exponential(R * scale)))

    def capped(arm: str, column: int) -> float | None:
        found = seen[arm].fall.get("capped")
        return None if found is None else float(found[0, column])

    mood = SCANS
    cells = {
        Measurement.RATIO: _over(
            fall("blocked", mood), fall("open", mood), capped("blocked", mood), capped("open", mood)
        ),
        Measurement.GLX: _over(seen["blocked"].glx[:, :SCANS], seen["open"].glx[:, :SCANS]),
        Measurement.PLACEBO: _alone(fall("placebo", 0), capped("placebo", 0)),
        Measurement.ALONE: _alone(fall("alone", 0), capped("alone", 0)),
        Measurement.DISSOCIATION: _over(
            seen["blocked"].dissociation[:, SCANS - 1], seen["open"].dissociation[:, SCANS - 1]
        ),
        Measurement.SECOND: _over(
            fall("second", mood), fall("open", mood), capped("second", mood), capped("open", mood)
        ),
        Measurement.AGONIST: _alone(fall("agonist", 0), capped("agonist", 0)),
    }
    if asked.next_h is not None:
        cells[Measurement.CARRYOVER] = _over(
            fall("open", mood + 1),
            fall("open", mood),
            capped("open", mood + 1),
            capped("open", mood),
        )
    return Prediction(
        mechanism=m.id,
        label=m.label,
        title=m.title,
        claim=m.claim,
        cells=cells,
        error=max(float(x.error.max()) for x in seen.values()),
        assumed=seen["blocked"].assumed,
    )


def _arms(m: Mechanism, asked: Asked, reference: Compound, people: People) -> dict[str, Effect]:
    """Run every arm; the two main ones are also looked at during the drug and a period later."""
    belief = (Window(start_h=asked.start_h, stop_h=asked.start_h + m["belief_h"]),)
    blocked = replace(asked.blocked, belief=belief)
    doses = tuple(replace(d, amount=asked.second * d.amount) for d in blocked.blocker_doses)
    odds = AGONIST_OCCUPANCY / (1.0 - AGONIST_OCCUPANCY) * (1.0 + m["E0"])
    on_board = Window(start_h=asked.start_h, stop_h=asked.start_h + AGONIST_H, level=odds)
    scans = np.linspace(asked.start_h, asked.stop_h, SCANS + 1)[1:].tolist()
    whole = [*scans, asked.look_h, *([] if asked.next_h is None else [asked.next_h])]
    arms: dict[str, tuple[Treatment, list[float]]] = {
        "open": (without_blocker(blocked), whole),
        "blocked": (blocked, whole),
        "second": (replace(blocked, blocker_doses=doses), whole),
        "placebo": (without_drug(without_blocker(blocked)), [asked.look_h]),
        "alone": (without_drug(blocked), [asked.look_h]),
        "agonist": (Treatment(agonist=(on_board,)), [asked.look_h]),
    }
    return {
        name: effect(m, given, times, reference=reference, people=people, tolerance=TOLERANCE)
        for name, (given, times) in arms.items()
    }


def _scale(m: Mechanism, reference: Compound, people: People) -> Array:
    """Return what each draw's plasticity is multiplied by, so that its own `fall` is met."""
    at = m.binding.reference_at_h
    given = reference_treatment(m, reference)
    found = effect(m, given, [at], reference=reference, people=people, tolerance=TOLERANCE)
    fall = people.parameters.get("fall", np.full(people.count, m["fall"]))
    needed = needed_exponential(np.asarray(fall))
    return np.asarray(needed / needed_exponential(found.fall["exponential"][:, 0]))


def _over(
    above: Array, below: Array, capped: float | None = None, capped_below: float | None = None
) -> Predicted:
    """Return a ratio for each draw, averaged over moments first where there are several."""
    if above.ndim == 2:
        above, below = above.mean(axis=1), below.mean(axis=1)
    both = None if not (capped is not None and capped_below) else capped / capped_below
    return _alone(above / below, both)


def _alone(draws: Array, capped: float | None = None) -> Predicted:
    low, high = np.quantile(draws, (0.025, 0.975))
    # A share whose prior peaks at 0 puts the typical person at the edge of its own draws.
    value = float(draws[0])
    return Predicted(
        value=value, low=min(value, float(low)), high=max(value, float(high)), capped=capped
    )
