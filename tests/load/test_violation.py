"""Errors of the strict model become problems a person can act on."""

import pytest
from pydantic import ValidationError

from crossblock.core.errors import ProtocolError
from crossblock.domain.contradiction import Contradiction
from crossblock.domain.protocol import Protocol
from crossblock.load import document, violation
from tests.golden.cases import STUDY, changed


def problems(*changes):
    found = document.parse(changed(STUDY, *changes).encode(), "a.toml", ProtocolError)
    with pytest.raises(ValidationError) as caught:
        Protocol.model_validate(found.data)
    return [v.problem for v in violation.of(caught.value, found, Protocol)]


@pytest.mark.parametrize(
    ("change", "what", "fix"),
    [
        (("washout =", "washuot ="), "unknown key washuot", "did you mean washout?"),
        (('id = "small-study"\n', ""), "missing key id", "add id = … here"),
        (("[participants]", "[people]"), "missing key participants", "add participants = … here"),
        (('cell = "open"', 'cell = "opn"'), "not one of the words", "use one of them"),
        (('route = "iv"', 'route = "intravenous"'), "not one of the words", "use one of them"),
        (("planned = 30", "planned = 30.5"), "a value of the wrong kind", ""),
        (("planned = 30", "planned = 0"), "the number is too small", ""),
        (("planned = 30", "planned = true"), "a value of the wrong kind", ""),
        (('endpoints = ["mood"]', "endpoints = []"), "the list is empty", ""),
        (('endpoints = ["mood"]', 'endpoints = "mood"'), "a value of the wrong kind", ""),
        (('title = "A small', 'title = """' + "x" * 4001 + '"""#"'), "the text is too long", ""),
        (("[analysis]", "[analysis]\nlevel = inf"), "not a finite number", "write a plain"),
        (("[population.registered]", "[population.registered]\nage = 3"), "unknown key age", "use"),
        (
            ('time_zero = "blocker intake"', "time_zero = 2026-11-21"),
            "a value of the wrong kind",
            "",
        ),
    ],
)
def test_each_kind_of_error_has_its_sentence(change, what, fix):
    found = [p for p in problems(change) if p.what.startswith(what)]
    assert len(found) == 1
    assert found[0].fix.startswith(fix)
    assert found[0].where.startswith("a.toml")


def test_no_message_of_the_library_reaches_the_reader():
    text = " ".join(str(p) for p in problems(("planned = 30", "planned = []"), ("title", "tytle")))
    assert "Input should" not in text
    assert "https://" not in text


def test_values_are_shown_as_they_are_written():
    assert violation.shown({"value": 18, "source": "x", "on": True, "l": [1, "a"]}) == (
        '{ value = 18, source = "x", on = true, l = [1, "a"] }'
    )
    assert violation.shown("plain") == "plain"
    assert len(violation.shown("x" * 500)) == 80


def test_contradictions_get_their_line():
    found = document.parse(STUDY.encode(), "a.toml", ProtocolError)
    wrong = Contradiction(path=("visits", 1, "time"), what="w", value="v")
    (v,) = violation.from_contradictions([wrong], found)
    assert v.line == STUDY.split("\n").index('time = "1 d"') + 1
    assert v.problem.where == f"a.toml, line {v.line}, visits.d1.time"
