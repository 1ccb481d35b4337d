"""A small instrument for the tests of the domain: two plain items, two of which one is enough."""

from crossblock.domain.fact import Confidence, Fact
from crossblock.domain.instrument import Alert, Family, Instrument
from crossblock.domain.scale import Band, Item, Missing, RuleKind, Scale


def build(**changes: object) -> Instrument:
    """Return the sample instrument, with some of its fields exchanged."""
    fields: dict[str, object] = {
        "id": "sample",
        "name": "Sample scale",
        "short_name": "SAMPLE",
        "family": Family.EFFICACY,
        "rater": "clinician",
        "recall": "today",
        "items": (
            Item(id="mood", number=1, label="Mood", maximum=4),
            Item(id="risk", number=2, label="Risk", maximum=2, suicide=True),
            Item(id="less", number=3, label="Appetite down", maximum=3),
            Item(id="more", number=4, label="Appetite up", maximum=3),
            Item(id="remark", number=5, label="Remark", text=True),
        ),
        "scales": (
            Scale(
                id="appetite",
                name="Appetite",
                minimum=0,
                maximum=3,
                rule=RuleKind.MAX,
                of=("less", "more"),
            ),
            Scale(
                id="total",
                name="Total",
                minimum=0,
                maximum=9,
                of=("mood", "risk", "appetite"),
                bands=(
                    Band(name="low", minimum=0, maximum=4),
                    Band(name="high", minimum=5, maximum=9),
                ),
            ),
        ),
        "primary": "total",
        "missing": Missing(),
        "license": "none",
        "wording_may_ship": True,
        "alternatives": (("less", "more"),),
        "response": 0.5,
        "remission": 2.0,
        "alerts": (Alert(of="risk", at_least=1, action="screen", message="ask now"),),
        "facts": {"range": Fact(about="range", source="us", confidence=Confidence.ASSUMED)},
        "sources": {"us": "made up for the tests"},
    }
    return Instrument(**{**fields, **changes})  # type: ignore[arg-type]
