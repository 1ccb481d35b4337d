"""Rules decide as `stats.sequential` and `stats.harm` do."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr, stdtr, stdtrit

from crossblock.domain.protocol import Protocol
from crossblock.simulate.rules import Rule, decide, one_sided, rules
from crossblock.stats.harm import HarmRule, judge_harm
from crossblock.stats.sequential import bounds
from crossblock.stats.spending import Family, Spending

FIELDS = [
    *((f"all_{x}", "<f8") for x in ("estimate", "se", "df")),
    *((f"all_look_{x}", "<f8", (1,)) for x in ("estimate", "se", "df")),
    *((f"harm_{x}", "<f8", (1,)) for x in ("estimate", "se", "df")),
    ("look_information", "<f8", (1,)),
    ("information", "<f8"),
]


def rows(look_t: list[float], end_t: list[float], information: float = 0.47) -> np.ndarray:
    found = np.zeros(len(look_t), dtype=FIELDS)
    found["all_look_estimate"][:, 0] = look_t
    found["all_look_se"], found["all_look_df"] = 1.0, 12.0
    found["all_estimate"], found["all_se"], found["all_df"] = end_t, 1.0, 28.0
    found["harm_estimate"][:, 0], found["harm_se"], found["harm_df"] = look_t, 1.0, 12.0
    found["look_information"], found["information"] = information, 1.0
    return found


def named(protocol: Protocol) -> dict[str, Rule]:
    return {r.name: r for r in rules(protocol)}


def test_the_usual_rules_are_there_and_say_that_they_are_assumed(williams: Protocol) -> None:
    found = named(williams)
    assert list(found) == ["none", "p<0.05", "O'Brien-Fleming", "Pocock", "harm"]
    assert all(found[r].assumed for r in ("p<0.05", "O'Brien-Fleming", "Pocock", "harm"))


@pytest.mark.parametrize(
    ("name", "family"),
    [("O'Brien-Fleming", Family.OBRIEN_FLEMING_LIKE), ("Pocock", Family.POCOCK_LIKE)],
)
def test_levels_are_those_of_the_spending(name: str, family: Family, williams: Protocol) -> None:
    made = bounds(Spending(family=family, alpha=0.025), [0.47, 1.0])
    look, end = (ndtr(-u) for u in made.efficacy)
    at_look, at_end = -stdtrit(12, look), -stdtrit(28, end)
    found = decide(
        named(williams)[name],
        "all",
        rows([at_look + 0.01, at_look - 0.01, 0.0, 0.0], [0.0, 0.0, at_end + 0.01, at_end - 0.01]),
        1.0,
    )
    assert found.stopped[:, 0].tolist() == [True, False, False, False]
    assert found.claimed.tolist() == [True, False, True, False]


def test_a_naive_rule_claims_at_either_time(williams: Protocol) -> None:
    look, end = -stdtrit(12, 0.025), -stdtrit(28, 0.025)
    found = decide(
        named(williams)["p<0.05"], "all", rows([look + 0.01, 0.0, 0.0], [0.0, end + 0.01, 0.0]), 1.0
    )
    assert found.stopped[:, 0].tolist() == [True, False, False]
    assert found.claimed.tolist() == [True, True, False]


def test_the_direction_of_the_claim_counts(williams: Protocol) -> None:
    found = decide(named(williams)["p<0.05"], "all", rows([-9.0], [-9.0]), 1.0)
    assert not found.stopped.any()
    assert not found.claimed.any()
    assert decide(named(williams)["p<0.05"], "all", rows([-9.0], [-9.0]), -1.0).claimed.all()


def test_harm_is_judged_as_the_committee_would(williams: Protocol) -> None:
    rule = HarmRule(endpoint="hamd17.item3", threshold=0.0)
    for t in (1.6, 1.9, 2.1, 3.0):
        stops = judge_harm(rule, 1, (0.47, 1.0), t, 1.0, 12.0).stop
        found = decide(named(williams)["harm"], "all", rows([t], [9.0]), 1.0)
        assert bool(found.stopped[0, 0]) is stops
        assert bool(found.claimed[0]) is not stops  # a stop for harm is no claim


def test_a_look_without_information_stops_nothing(williams: Protocol) -> None:
    for rule in rules(williams):
        found = decide(rule, "all", rows([9.0], [0.0], information=0.0), 1.0)
        assert not found.stopped.any()


def test_nothing_estimated_is_never_significant() -> None:
    empty = rows([5.0], [5.0])
    empty["all_df"] = 0.0
    assert one_sided(empty, "all_", 1.0).tolist() == [1.0]
    full = rows([5.0], [2.0])
    assert one_sided(full, "all_", 1.0)[0] == pytest.approx(stdtr(28, -2.0))


def test_spending_rules_keep_the_error_over_both_looks(williams: Protocol) -> None:
    """Correlated normal statistics at information 0.5 and 1, 200,000 draws, large df."""
    z = np.random.default_rng(2).standard_normal((200_000, 2))
    look, end = z[:, 0], (z[:, 0] + z[:, 1]) / np.sqrt(2)
    found = rows(list(look), list(end), information=0.5)
    found["all_look_df"] = found["all_df"] = 1e9
    for name in ("O'Brien-Fleming", "Pocock"):
        share = decide(named(williams)[name], "all", found, 1.0).claimed.mean()
        assert abs(share - 0.025) < 4 * np.sqrt(0.025 * 0.975 / 200_000)
    naive = decide(named(williams)["p<0.05"], "all", found, 1.0).claimed.mean()
    assert naive > 0.035
