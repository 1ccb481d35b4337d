import numpy as np
import pytest

from crossblock.core.errors import CatalogError
from crossblock.domain.scale import Band, Item, RuleKind, Scale, check_scales, combine, leaves

ITEMS = tuple(Item(id=k, number=n, label=k, maximum=4) for n, k in enumerate("abc", 1))


def scale(**changes: object) -> Scale:
    fields = {"id": "s", "name": "S", "minimum": 0, "maximum": 12, "of": ("a", "b", "c")}
    return Scale(**{**fields, **changes})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, 6.0),
        ({"weights": (1.0, 2.0, 3.0)}, 10.0),
        ({"rule": RuleKind.MAX}, 4.0),
        ({"rule": RuleKind.MAX, "weights": (9.0, 1.0, 1.0)}, 18.0),
        ({"rule": RuleKind.COUNT, "at_least": 2.0}, 2.0),
    ],
)
def test_rules(changes, expected):
    columns = [np.array([2.0]), np.array([4.0]), np.array([0.0])]
    assert combine(scale(**changes), columns).tolist() == [expected]


def test_combining_leaves_the_answers_as_they_were():
    column = np.array([2.0, 3.0])
    combine(scale(of=("a", "b")), [column, column])
    combine(scale(of=("a", "b"), rule=RuleKind.MAX), [column, np.array([9.0, 9.0])])
    assert column.tolist() == [2.0, 3.0]


def test_item_answers():
    irregular = Item(id="d", number=1, label="D", values=(0.0, 2.0, 4.0), maximum=4)
    assert [irregular.allows(x) for x in (0, 1, 2, 4, 5)] == [True, False, True, True, False]
    assert irregular.allowed == "one of 0, 2, 4"
    analog = Item(id="v", number=1, label="V", maximum=100, continuous=True, unit="mm")
    assert [analog.allows(x) for x in (0.5, 100, 100.1, -1, float("nan"))] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert analog.allowed == "a number from 0 to 100 mm"
    assert not ITEMS[0].allows(1.5)


def test_leaves_reach_through_lower_scales():
    low = scale(id="low", of=("a", "b"), maximum=8)
    top = scale(id="top", of=("low", "c", "a"))
    assert leaves(top, {"low": low, "top": top}) == ("a", "b", "c")


@pytest.mark.parametrize(
    ("value", "name"), [(0, "low"), (4, "low"), (4.5, "low"), (5, "high"), (12, "high")]
)
def test_bands(value, name):
    bands = (Band(name="low", minimum=0, maximum=4), Band(name="high", minimum=5, maximum=12))
    assert scale(bands=bands).band(value) == name
    check_scales(ITEMS, [scale(bands=bands)], "here")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"of": ("a", "x")}, "neither an item nor an earlier scale"),
        ({"weights": (1.0,)}, "1 weights for 3 operands"),
        ({"maximum": 11}, "not the range that the rule can reach"),
        ({"minimum": 1}, "not the range that the rule can reach"),
        ({"bands": (Band(name="low", minimum=0, maximum=4),)}, "without gap"),
        (
            {
                "bands": (
                    Band(name="low", minimum=0, maximum=4),
                    Band(name="high", minimum=6, maximum=12),
                )
            },
            "without gap",
        ),
    ],
)
def test_contradictions_are_refused(changes, words):
    with pytest.raises(CatalogError, match=words):
        check_scales(ITEMS, [scale(**changes)], "here")


def test_a_scale_may_only_rest_on_scales_above_it():
    top = scale(id="top", of=("low", "c"))
    low = scale(id="low", of=("a", "b"), maximum=8)
    check_scales(ITEMS, [low, top], "here")
    with pytest.raises(CatalogError, match="earlier scale"):
        check_scales(ITEMS, [top, low], "here")


def test_totals_only_scales_take_any_stated_range():
    assert scale(of=(), maximum=63).totals_only
    check_scales((), [scale(of=(), maximum=63)], "here")


def test_reachable_range_of_a_count_and_of_negative_weights():
    assert scale(rule=RuleKind.COUNT, at_least=3.0).attainable([0, 0, 3], [4, 2, 4]) == (1, 2)
    assert scale(of=("a", "b"), weights=(1.0, -1.0)).attainable([0, 0], [4, 4]) == (-4, 4)
