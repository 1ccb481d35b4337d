import pytest

from crossblock.core.errors import InputError
from crossblock.domain.trial_plan import TrialPlan
from crossblock.load.protocol import parse, read
from crossblock.plan import numbers
from crossblock.plan.study import Ask, plan_study

RIVALS = ("h1", "h3a")


@pytest.fixture(scope="module")
def plan() -> TrialPlan:
    ask = Ask(endpoint="hamd17", trials=400, mechanisms=RIVALS)
    return plan_study(read("williams-2018"), ask)


def test_the_plan_holds_every_design_at_one_cost(plan: TrialPlan) -> None:
    assert len(plan.scored) == 11
    most = max(s.budget.total for s in plan.scored)
    assert all(s.budget.total > 0.6 * most for s in plan.scored)
    assert [s.rank for s in plan.scored] == list(range(1, 12))
    assert plan.scored[0].answers >= plan.scored[-1].answers
    assert plan.advised.reasons


def test_yardsticks_are_the_detectable_effects_of_the_published_crossovers(plan: TrialPlan) -> None:
    assert plan.detectable[12] == pytest.approx(0.90, abs=0.005)
    assert plan.detectable[26] == pytest.approx(0.57, abs=0.005)


def test_the_edited_file_reads_and_the_sources_are_listed(plan: TrialPlan) -> None:
    found = parse(plan.edited.encode(), "next.toml")
    planned = found.participants.planned
    assert planned is not None
    assert planned.value == plan.advised.budget.screened
    assert any(v.amber for v in plan.values)
    assert all(v.source for v in plan.values)


def test_simulated_points_stand_on_the_textbook_curve(plan: TrialPlan) -> None:
    points = [p for p in plan.curves["textbook model of the virtual trials"] if p.simulated]
    assert [p.n for p in points] == [12, 26]
    for p in points:
        assert p.simulated is not None
        assert p.power == pytest.approx(p.simulated[0], abs=4 * p.simulated[1] + 0.005)
    assert [t.fraction for t in plan.truths] == [0.0, 0.28, 1.0]
    assert {t.n for t in plan.truths} == {12}


def test_the_same_ask_gives_the_same_plan(plan: TrialPlan) -> None:
    again = plan_study(read("williams-2018"), Ask(endpoint="hamd17", trials=0, mechanisms=RIVALS))
    assert again.scored == plan.scored
    assert again.edited == plan.edited


def test_a_protocol_without_a_blocker_is_refused() -> None:
    with pytest.raises(InputError, match="together with a blocker"):
        plan_study(read("nimh-ketamine-saline"))


def test_bad_targets_are_refused_before_anything_is_computed() -> None:
    williams = read("williams-2018")
    for ask, said in (
        (Ask(fraction=0.0), "share above 0"),
        (Ask(fraction=1.5), "share above 0"),
        (Ask(money=-1.0), "budget is above 0"),
        (Ask(numbers="hearsay"), "planning numbers of this name"),
        (Ask(endpoint="cadss"), "no planning numbers"),
    ):
        with pytest.raises(InputError, match=said):
            plan_study(williams, ask)


def test_zero_variance_and_an_impossible_target_are_refused() -> None:
    williams = read("williams-2018")
    flat = numbers.stated("hamd17", drug=5.0, other=1.0, sd_difference=0.0)
    with pytest.raises(InputError, match="do not vary"):
        plan_study(williams, Ask(numbers=flat, mechanisms=RIVALS, trials=0))
    with pytest.raises(InputError, match="no number of people"):
        plan_study(williams, Ask(power=1.0, mechanisms=RIVALS, trials=0, endpoint="hamd17"))


def test_a_trial_of_another_shape_still_has_its_simulated_points() -> None:
    ask = Ask(trials=250, mechanisms=RIVALS, endpoint="madrs")
    plan = plan_study(read("settling-trial"), ask)
    points = [p for p in plan.curves["textbook model of the virtual trials"] if p.simulated]
    assert [p.n for p in points] == [12, 26]
    assert plan.truths == ()
    found = parse(plan.edited.encode(), "next.toml")
    assert {"open", "blocked"} <= {c.cell for c in found.conditions}
    assert plan.advised.budget.unit == "USD"


def test_a_compound_without_a_model_costs_its_answers_only() -> None:
    plan = plan_study(read("abdallah-2020"), Ask(trials=0, money=300.0))
    assert plan.pharmacy is None
    assert plan.advised.information is None
    assert any("No information about the mechanism" in w for w in plan.warnings)
    assert any("No dose, lead time or washout" in w for w in plan.warnings)
