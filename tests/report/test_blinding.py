import crossblock as cb
from crossblock.report import blinding
from tests.stats.blocked import williams


def told(right: float) -> tuple[cb.Protocol, str, str]:
    protocol, ratings, codes = williams(n=60, removed=0.4, right=right, seed=3)
    instruments = {i: cb.read_instrument(i) for i in protocol.instrument_ids}
    found = cb.analyze(protocol, cb.derive_study(protocol, ratings, codes), instruments).blinding
    assert found is not None
    figure = blinding.figure(protocol, found)
    return protocol, figure.title, blinding.words(found)


def test_a_broken_blind_is_said_and_sized() -> None:
    _, title, words = told(0.95)
    assert title == "Guesses were better than chance"
    assert "points of expectancy" in words
    assert "guesses were right" in words


def test_a_coin_is_compatible_with_chance() -> None:
    _, title, _ = told(0.5)
    assert title == "Guesses are compatible with chance"
