"""The texts that people read when an instrument, its wording or its answers are wrong.

The golden file is read in review like prose; the test only holds that it is what is said.
"""

from collections.abc import Callable
from pathlib import Path

from crossblock.core.errors import CrossblockError
from crossblock.load import answers, crosswalk, instrument

GOLDEN = Path(__file__).with_name("instrument_errors.txt")
BROKEN = """schema = "crossblock/instrument/1"
id = "mini"
name = "Mini"
short_name = "MINI"
family = "mood"
rater = "self"
recall = "now"
primary = "total"
licence = "ours"
wording_may_ship = true
missing = { rule = "guess" }
sources = { us = "made up" }
facts = { range = { source = "us", confidence = "sure" } }
"""
HOLLOW = """schema = "crossblock/instrument/1"
id = "mini"
name = "Mini"
short_name = "MINI"
family = "safety"
rater = "self"
recall = "now"
primary = "sum"
license = "ours"
wording_may_ship = true
missing = { rule = "refuse" }
item = [{ id = "one", number = 1, label = "One", maximum = 3 }]
scale = [
  { id = "total", name = "Total", minimum = 0, maximum = 4, of = ["one", "two"], bands = [] },
  { id = "half", name = "Half", minimum = 0, maximum = 4, of = "all" },
]
sources = { us = "made up" }

[facts]
items = { source = "us", confidence = "assumed" }
scoring = { source = "us", confidence = "assumed" }
range = { source = "us", confidence = "assumed" }
missing = { source = "us", confidence = "assumed" }
direction = { source = "us", confidence = "assumed" }
license = { source = "us", confidence = "assumed" }
"""
WORDING = """schema = "crossblock/wording/1"
instrument = "madrs"
language = "de"
rights = "public domain"
[item.item4]
text = "Einschlafen"
anchors = { 3 = "nie" }
[item.item99]
text = "?"
"""
FORMS = "participant,item1,item2,item7,item8,item10,item13\np1,5,0,0.5,many,0,0\n"


def said(action: Callable[[], object]) -> str:
    try:
        action()
    except CrossblockError as error:
        return str(error)
    raise AssertionError("nothing was refused")


def listed(path: Path) -> str:
    found = answers.read(path, instrument.read("hamd6"))
    return "\n".join(str(p) for row in found.wrong for p in row.problems)


def texts(folder: Path) -> dict[str, str]:
    """Return every refusal under a heading that says what was done."""
    wording, forms, short = (folder / n for n in ("wording.toml", "forms.csv", "short.csv"))
    wording.write_text(WORDING, encoding="utf-8")
    forms.write_text(FORMS, encoding="utf-8")
    short.write_text("participant,item1\np1,1\n", encoding="utf-8")
    hamd17, walk = instrument.read("hamd17"), crosswalk.read("qids-ids-hamd17")
    worded = said(lambda: instrument.with_overlay(hamd17, wording))
    return {
        "an unknown instrument": said(lambda: instrument.read("hamd71")),
        "a file with misspelled keys": said(
            lambda: instrument.parse(BROKEN.encode(), "mini.toml", id="mini")
        ),
        "a file without sources": said(
            lambda: instrument.parse(
                HOLLOW.split("[facts]")[0].encode() + b"facts = {}\n", "mini.toml", id="maxi"
            )
        ),
        "a file that contradicts itself": said(
            lambda: instrument.parse(HOLLOW.encode(), "mini.toml", id="mini")
        ),
        "wording for other items": worded.replace(f"{folder}/", ""),
        "answers out of range": said(lambda: hamd17.score({"item1": 5, "item4": 3, "item99": 1})),
        "answers that are not allowed": said(lambda: hamd17.score({"item1": 5, "item4": 1.5})),
        "a total out of range": said(lambda: hamd17.score_total(53)),
        "a fall from a baseline of 0": said(lambda: hamd17.responded(0, 0)),
        "a file of answers with wrong cells": listed(forms),
        "a file of answers without its columns": said(
            lambda: answers.read(short, instrument.read("hamd6"))
        ),
        "a score that the crosswalk does not know": said(
            lambda: walk.convert(28, "qids-sr16", "hamd17")
        ),
        "instruments without a crosswalk": said(lambda: crosswalk.between("madrs", "hamd17")),
    }


def test_what_people_read(tmp_path: Path) -> None:
    found = "\n\n".join(f"## {what}\n\n{text}" for what, text in texts(tmp_path).items()) + "\n"
    assert found == GOLDEN.read_text(encoding="utf-8")
