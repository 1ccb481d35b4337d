"""The schedule grid: windows, procedures and footnotes, from protocol and conduct."""

from crossblock.core.quantity import parse
from crossblock.load.protocol import read as read_protocol
from crossblock.server import study
from crossblock.server.pages import grid
from crossblock.server.roles import Role
from tests.server.web import client, text_of
from tests.server.world import World


def test_procedures_stand_where_they_are_done(lite: World) -> None:
    found = grid.grid(study.current())
    columns = [c.id for c in found["columns"]]
    at = {line.label: [c for c, there in zip(columns, line.at, strict=True) if there]
          for line in found["done"]}  # fmt: skip
    assert at["Gate before the blocker"] == [grid.BEFORE]
    assert at["Kit handed out"] == [grid.START]
    assert at["Naltrexone capsule or Placebo capsule"] == [grid.START]
    assert at["Ketamine infusion"] == [grid.DRUG]
    assert at["Discharge"] == ["infusion"]
    assert columns.index("baseline") < columns.index(grid.START) < columns.index("infusion")
    asked = {line.label: line for line in found["asked"]}
    assert not any(asked["Adverse event"].at)
    assert grid.EVENTS in [found["notes"][n - 1] for n in asked["Adverse event"].marks]


def test_windows_and_footnotes_are_on_the_page(lite: World) -> None:
    text = text_of(client(lite, Role.OUTCOME_RATER).get("/schedule/"))
    for words in ("Gate before the blocker", "at least 10 days since the last opioid", "Discharge",
                  "When all hold: Systolic pressure at most 160 mmHg; CADSS at most 8.",
                  "The protocol sets no window"):  # fmt: skip
        assert words in text, words


def test_a_window_of_the_protocol_is_a_range() -> None:
    nimh = read_protocol("nimh-ketamine-saline")
    found = grid._column(nimh.visit("d2"), grid.Notes())
    assert found.window == "2 d to 3 d"
    assert found.amber == nimh.visit("d2").window.amber


def test_the_same_footnote_is_one() -> None:
    notes = grid.Notes()
    assert notes.mark("a", "", "b") == (1, 2)
    assert notes.mark("b", "c", "b") == (2, 3, 2)
    assert notes.texts == ["a", "b", "c"]


def test_times_in_words() -> None:
    for text, words in (("-1 d", "−1 d"), ("40 min", "40 min"), ("14 d", "14 d"), ("5 h", "5 h")):
        assert grid.when_words(parse(text, dimension="time")) == words
