"""Methods and bibliography of what ran."""

from crossblock.domain.analysis import StudyAnalysis
from crossblock.domain.protocol import Protocol
from crossblock.domain.result import Method, Reference
from crossblock.report import methods

ONE = Method(name="a", sentence="A ran.", references=(Reference(key="x", text="X.", doi="10.1/x"),))


def test_each_sentence_stands_once() -> None:
    two = Method(name="b", sentence="B ran.")
    assert methods.sentences([ONE, two, ONE]) == "A ran. B ran."


def test_references_of_methods_and_protocols_stand_once(
    analysis: StudyAnalysis, nimh: Protocol
) -> None:
    found = methods.references([ONE, *analysis.methods, ONE], nimh, nimh)
    dois = [r.doi for r in found]
    assert dois == ["10.1/x", "10.1002/0470854596", "10.18112/openneuro.ds005917.v1.0.1"]
