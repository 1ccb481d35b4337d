import crossblock as cb
from crossblock.stats.comparison import compare
from crossblock.stats.question import questions
from tests.stats.blocked import williams


def test_one_comparison_holds_its_people_cells_and_caveats() -> None:
    protocol, ratings, codes = williams(n=30)
    tables = cb.derive_study(protocol, ratings, codes)
    instruments = {i: cb.read_instrument(i) for i in protocol.instrument_ids}
    found = compare(questions(protocol, tables, instruments, protocol.estimand("blockade"))[0])
    assert found.primary.n == len([p for p in found.pairs if p.difference is not None]) == 30
    assert {(c.sequence, c.period) for c in found.cells} == {
        (s, p) for s in protocol.sequence_ids for p in (1, 2)
    }
    assert found.carryover is not None
    assert found.carryover_detectable is not None
    assert found.carryover_detectable > 0
