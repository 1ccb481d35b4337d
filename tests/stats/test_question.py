import crossblock as cb
from crossblock.stats.question import questions
from tests.stats.blocked import williams


def test_questions_follow_the_protocol_and_skip_what_was_not_rated() -> None:
    protocol, ratings, codes = williams()
    tables = cb.derive_study(protocol, ratings, codes)
    instruments = {i: cb.read_instrument(i) for i in protocol.instrument_ids}
    asked = questions(protocol, tables, instruments, protocol.estimand("blockade"))
    assert [q.visit for q in asked][:2] == ["d1", "d3"]
    assert {q.cell(q.estimand.test) for q in asked} == {"blocked"}
    assert asked[0].baseline is not None
    assert asked[0].label == "HAM-D6, blocked − open"
