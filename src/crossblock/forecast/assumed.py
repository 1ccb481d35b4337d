"""What a forecast rests on that nobody read in a text, each number named in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crossblock.domain.adaptation import Adaptation
from crossblock.domain.mechanism import Mechanism, MechanismParameter
from crossblock.report.story import Assumed

LONG_H = 48.0
# what a mechanism's numbers are, where their own note does not say it
WORDS = {
    "aG": "weight of the path through glutamate",
    "aK": "weight of the path through opioid receptors",
    "aR": "weight of the path through released opioids",
    "belief_h": "how long belief holds after a session",
    "eps": "intrinsic efficacy of the drug at opioid receptors",
    "E0": "resting opioid tone: 17 % of receptors active",
    "half_life_E": "half-life of released opioids",
    "T50": "tolerance at which the opioid effect is halved",
    "half_life_O": "half-life of the opponent",
    "w": "weight of the opponent",
    "kd": "CADSS points for odds 1 at NMDA receptors",
    "phi": "share of the glutamate surge that needs opioid tone",
    "sN": "how much opioid the drug releases",
    "sX": "how much opioid belief releases",
}
# a forecast scales by the day-1 fall of its own, uses no other link and no prolonging drug
UNUSED = frozenset({"fall", "Imax", "slowing"})


def of_adaptation(adaptation: Adaptation) -> tuple[Assumed, ...]:
    """Return the assumed and remembered numbers of the slow system."""
    return tuple(_one(p, p.note or p.symbol) for p in _amber(adaptation.parameters.values()))


def of_mechanisms(mechanisms: Sequence[Mechanism]) -> tuple[Assumed, ...]:
    """Return the assumed and remembered numbers of the mechanisms that are used, each once."""
    found: dict[str, Assumed] = {}
    for m in mechanisms:
        for p in _amber(m.parameters.values()):
            if p.symbol in UNUSED:
                continue
            found.setdefault(p.symbol, _one(p, WORDS.get(p.symbol, p.note or p.symbol)))
    return tuple(found.values())


def of_sessions(lines: Sequence[str], known: Iterable[str]) -> tuple[Assumed, ...]:
    """Return what was assumed of the sessions themselves: `lines` that no number above covers."""
    seen = set(known)
    return tuple(
        Assumed(
            key=f"session-{k}",
            what=line,
            value="as written",
            how="assumed",
            reason="how the drug arrives, or what is on board",
        )
        for k, line in enumerate(lines, start=1)
        if line.partition(" = ")[0] not in seen
    )


def _amber(parameters: Iterable[MechanismParameter]) -> list[MechanismParameter]:
    return [p for p in parameters if p.confidence.amber and p.value != 0.0]


def _one(p: MechanismParameter, words: str) -> Assumed:
    return Assumed(
        key=p.symbol,
        what=f"{words[:1].upper()}{words[1:]}",
        value=_value(p.value, p.unit),
        how=str(p.confidence),
        reason=f"{p.symbol}; {p.source.text}",
    )


def _value(x: float, unit: str) -> str:
    """Return a number with its unit; long times in days, and no unit where there is none."""
    if unit == "h" and x >= LONG_H:
        return f"{x / 24.0:g} d"
    return f"{x:g}" if unit in {"1", "relative", "fraction"} else f"{x:g} {unit}"
