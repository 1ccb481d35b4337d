"""References that lead nowhere, in protocols that may be incomplete."""

from crossblock.domain.condition import Condition
from crossblock.domain.contradiction import Parts, missing_id, unknown_ids

ROW = {"id": "open", "label": "Open", "cell": "open", "administrations": []}
PARTS = Parts(
    conditions={0: Condition.model_validate(ROW)},
    unread={"conditions": frozenset({"blocked"})},
)


def test_an_element_that_could_not_be_read_is_still_known():
    assert PARTS.ids("conditions") == {"open", "blocked"}
    references = [(("a",), "open"), (("b",), "blocked"), (("c",), "opne")]
    (found,) = unknown_ids(PARTS, "conditions", "condition", references)
    assert found.path == ("c",)
    assert found.value == "opne"
    assert found.fix == "did you mean open?"


def test_a_look_alike_is_never_the_advice():
    assert missing_id((), "visit", "d7", ["d\u04307"]).fix.startswith("use one of")
