from crossblock.load.protocol import read
from crossblock.report.outcomes import cost, section
from tests.report.simulated import found, study


def test_costs_are_the_protocols() -> None:
    protocol = read("settling-trial")
    whole = cost(protocol, 10, 10.0)
    assert whole == 250_000 + 10 * 2500 + 5 * 10 * (1800 + 5 * 150)
    assert cost(protocol, 10, 0.0) < whole
    assert cost(study(), 10, 10.0) == 0.0


def test_a_protocol_without_costs_has_no_such_section() -> None:
    assert section(study(), found()) is None


def test_what_an_outcome_would_exclude_is_said() -> None:
    protocol = study().model_copy(update={"costs": read("settling-trial").costs})
    made = section(protocol, found())
    assert made is not None
    assert made.table is not None
    assert made.table.rows[-1][3].startswith("excludes 0")
