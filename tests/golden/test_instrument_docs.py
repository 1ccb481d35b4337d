"""The page on instruments lists what the catalog holds, as it holds it."""

from pathlib import Path

from crossblock.domain.instrument import Instrument
from crossblock.load import crosswalk, instrument

PAGE = Path(__file__).parents[2] / "docs" / "instruments.md"


def line(found: Instrument) -> str:
    """Return the row of the table on the page."""
    score = f"{found.minimum:g} to {found.maximum:g}".replace("-", "−") if found.primary else "none"
    words = "yes" if found.wording_may_ship else "no"
    amber = ", ".join(fact.about.replace("_", " ") for fact in found.amber) or "none"
    items = len(found.items) or "totals"
    return f"| `{found.id}` | {found.name} | {items} | {score} | {words} | {amber} |"


def test_the_table_is_the_catalog() -> None:
    rows = [row for row in PAGE.read_text(encoding="utf-8").splitlines() if row.startswith("| `")]
    listed = [row for row in rows if row.split("`")[1] in instrument.names()]
    assert listed == [line(instrument.read(name)) for name in instrument.names()]


def test_every_crosswalk_is_named() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [name for name in crosswalk.names() if f"`{name}`" not in text] == []
