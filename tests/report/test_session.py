"""One session of every condition."""

import pytest

from crossblock.domain.protocol import Protocol
from crossblock.report import session


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (2 / 3, "40\u202fmin"),
        (6.0, "6\u202fh"),
        (60.0, "2.5 days"),
        (-48.0, "−2 days"),
        (0.0, "0\u202fh"),
    ],
)
def test_times_are_said_in_their_unit(hours: float, words: str) -> None:
    assert session.span(hours) == words


def test_doses_are_said_with_how_they_are_known(nimh: Protocol, williams: Protocol) -> None:
    ketamine = nimh.administration("ketamine")
    assert session.dose_words(ketamine) == "ketamine infusion 0.5 mg/kg over 40\u202fmin"
    assert session.known(ketamine) == "from memory"
    assert session.known(williams.administration("naltrexone")) == ""
