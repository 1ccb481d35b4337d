"""No page of the clinic advises, and none names a mechanism as fact."""

import re
from pathlib import Path

import pytest

from crossblock.load import catalog
from crossblock.server.clinic import options, sheets

ROOM = Path(sheets.__file__).parents[1]
TEXTS = sorted((ROOM / "templates" / "clinic").glob("*.html"))
ADVICE = re.compile(
    r"\b(you should|we recommend|is recommended|recommended dose|should (?:take|stop|increase|"
    r"reduce|switch|continue)|increase the dose|reduce the dose|consider (?:increasing|stopping|"
    r"switching)|contraindicated|safe to combine)\b",
    re.I,
)
MECHANISM = re.compile(
    r"\bmu\b(?! receptors)|is an opioid\b|ketamine is addictive|because (?:it|ketamine) (?:acts|"
    r"blocks|binds)|works (?:by|through)|caused by ketamine|tolerance to ketamine|is dependent",
    re.I,
)


def plain(text: str) -> str:
    return re.sub(r"<[^>]+>|{[%{].*?[%}]}", " ", text)


@pytest.mark.parametrize("path", TEXTS, ids=lambda p: p.name)
def test_pages(path: Path) -> None:
    text = plain(path.read_text())
    assert not ADVICE.search(text)
    assert not MECHANISM.search(text)


def test_words_in_code_and_catalog() -> None:
    words = [f"{o.benefit} {o.risk} {o.unknown}" for o in options.ALL]
    words += [f"{q.label} {q.hint}" for s in sheets.OWN_SHEETS.values() for q in s.questions]
    words += [catalog.path("interactions", n).read_text() for n in catalog.names("interactions")]
    words += [(ROOM / "clinic" / "watch.py").read_text()]
    for text in words:
        assert not ADVICE.search(text), text
        assert not MECHANISM.search(text), text


def test_the_rules_catch_what_they_are_for() -> None:
    assert ADVICE.search("You should stop now")
    assert MECHANISM.search("Ketamine is an opioid")
    assert MECHANISM.search("it works through glutamate")


def test_the_frame_says_that_it_is_no_advice() -> None:
    base = (ROOM / "templates" / "clinic" / "base.html").read_text()
    assert "not medical advice" in base
