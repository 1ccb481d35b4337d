import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossblock.core.errors import QuantityError
from crossblock.core.quantity import DIMENSIONS, parse


@pytest.mark.parametrize(
    ("text", "dimension", "value", "unit"),
    [
        ("0.5 mg/kg", "dose", 0.5, "mg/kg"),
        ("50mg", "dose", 50.0, "mg"),
        ("380000 ug", "dose", 380.0, "mg"),
        ("45 min", "time", 0.75, "h"),
        ("−2 days", "time", -48.0, "h"),
        ("3 wk", "time", 504.0, "h"),
        ("5 %", "fraction", 0.05, "fraction"),
        ("0.05", "fraction", 0.05, "fraction"),
        ("185 ng/mL", "concentration", 0.185, "mg/L"),
        ("0.78 µM", "concentration", 780.0, "nmol/L"),
        ("10 uL", None, None, None),
        ("1620 mL/min", "clearance", 97.2, "L/h"),
        ("2 1/h", "rate", 2.0, "1/h"),
        ("100 lb", "body mass", 45.359237, "kg"),
    ],
)
def test_reads_and_converts(
    text: str, dimension: str | None, value: float | None, unit: str | None
) -> None:
    if dimension is None:
        with pytest.raises(QuantityError, match="unknown unit uL"):
            parse(text, dimension="volume")
        return
    q = parse(text, dimension=dimension)
    assert q.unit == unit
    assert q.value == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize(
    ("text", "dimension", "says"),
    [
        ("1e400 mg", "dose", "too large"),
        ("nan h", "time", "not a finite number"),
        ("5 mgs", "dose", "did you mean mg"),
        ("-5 mg", "dose", "negative"),
        ("5 mg", "time", "not a unit of time"),
        ("70 mg", "body mass", "not a unit of body mass"),
        ("５ mg", "dose", "U\\+FF15"),
        ("0.5 mɡ", "dose", "U\\+0261"),
        (5, "dose", "without its unit"),
        ("5", "time", "without its unit"),
        (True, "dose", "not a number with a unit"),
        ("5 mg\x00", "dose", "not a number"),
        ("__import__('os')", "dose", "not a number"),
        ("5 mg" + " " * 80, "dose", "longer than"),
    ],
)
def test_refuses_in_a_sentence(text: object, dimension: str, says: str) -> None:
    with pytest.raises(QuantityError, match=says) as caught:
        parse(text, dimension=dimension, where="study.toml line 3")
    problem = caught.value.problems[0]
    assert problem.where == "study.toml line 3"
    assert problem.fix
    assert problem.value.isprintable()


@given(st.text(max_size=70), st.sampled_from(sorted(DIMENSIONS)))
def test_any_text_is_read_or_refused(text: str, dimension: str) -> None:
    try:
        q = parse(text, dimension=dimension)
    except QuantityError:
        return
    assert math.isfinite(q.value)
    assert q.unit == DIMENSIONS[dimension][0]
