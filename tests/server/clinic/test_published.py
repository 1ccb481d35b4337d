"""Published shares: counts that give the percentage of their source, each with its source."""

import re

from crossblock.server.clinic.published import RESPONSE, STOPPED


def test_counts_give_the_percentage_of_the_source() -> None:
    stated = 0
    for p in (*RESPONSE, *STOPPED):
        assert p.source
        assert 0 <= p.part <= p.whole
        found = re.search(r"([\d.]+) %", p.source)
        if found:
            stated += 1
            digits = len(found[1].partition(".")[2])
            assert round(100 * p.part / p.whole, digits) == float(found[1]), p.name
    assert stated == 3


def test_they_carry_their_interval() -> None:
    assert RESPONSE[0].percent == "59\u00a0% (43 to 72)"
    low, high = RESPONSE[0].interval
    assert low < 24 / 41 < high
