from dataclasses import replace

import numpy as np
import pytest

from crossblock.domain.weighed import Kind
from crossblock.weigh.account import Settings, tables_for
from crossblock.weigh.posterior import Posterior
from crossblock.weigh.predict import predict, predicted, samples
from crossblock.weigh.tables import SMALL
from tests.weigh.small import rival, study

STUDIES = [study(n) for n in ("williams-2018", "jelen-2025-mood", "jelen-2025-glx")]
TABLES = tables_for(STUDIES, Settings(axes=SMALL, trials=300))


def flat(name: str) -> Posterior:
    """Return the prior as a posterior: every particle alike."""
    r = rival(name)
    n = r.particles.count
    return Posterior(
        rival=r,
        weight=np.full(n, 1 / n),
        log_marginal=0.0,
        error=0.0,
        effective=float(n),
        tempered=False,
        each={},
    )


FOUND = {name: flat(name) for name in ("h1", "h3a")}


def drawn(name: str, share: float, of: str, draws: int = 400):  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(1)
    parts = samples(FOUND, {"h1": 1 - share, "h3a": share}, rng, draws)
    return predict(study(of), parts, TABLES, rng)


def test_every_kind_of_study_is_predicted_without_its_outcome() -> None:
    for of in ("nimh-day-2", "lii-2023", "wilkinson-2019", "murrough-2013", *map(str, ())):
        for unit, x in drawn("h1", 0.5, of).values():
            assert x.shape == (400,)
            assert np.all(np.isfinite(x))
            assert unit


def test_without_blockade_nothing_is_lost_and_the_test_is_centered() -> None:
    told = rival("h1").particles["told"].mean()
    t = drawn("h1", 0.0, "jelen-2025-mood")
    loss = t["loss of effect"][1]
    assert abs(np.median(loss)) < 0.2 + told
    signal = drawn("h1", 0.0, "jelen-2025-glx")["signed root of F"][1]
    assert abs(signal.mean()) < 0.2
    assert abs(signal.std() - 1.0) < 0.15


def test_a_gate_moves_both_predictions() -> None:
    none, gate = (drawn("", s, "jelen-2025-mood")["loss of effect"][1] for s in (0.0, 1.0))
    assert np.median(gate) > np.median(none) + 0.1
    glx = drawn("", 1.0, "jelen-2025-glx")["signed root of F"][1]
    assert glx.mean() > 0.5


def test_an_event_is_predicted_as_counts_and_chances() -> None:
    series = drawn("", 0.5, "williams-2018")
    count = series["responders"][1]
    assert set(np.unique(count)) <= set(range(13))
    chance = series["significant among responders"][1]
    assert np.all((chance >= 0) & (chance <= 1))
    figures = {f.label: f for f in predicted(study("williams-2018"), series)}
    assert figures["responders"].low <= figures["responders"].middle <= figures["responders"].high
    assert figures["significant among responders"].middle == pytest.approx(chance.mean())
    assert all(f.observed is None for f in figures.values())


def test_three_arms_say_whether_the_drug_beats_its_control_at_all() -> None:
    weekly = study("yoon-2025")
    once = replace(
        weekly,
        times_h=(24.0,),
        arms=tuple(
            replace(a, regimen=r)
            for a, r in zip(
                weekly.arms, ("ketamine-naltrexone", "ketamine", "placebo"), strict=True
            )
        ),
    )
    assert once.kind is Kind.ASSAY
    rng = np.random.default_rng(1)
    parts = samples(FOUND, {"h1": 1.0, "h3a": 0.0}, rng, 300)
    series = predict(once, parts, TABLES, rng)
    assert series["ketamine beats midazolam"][1].mean() > 0.3
    assert set(np.unique(series["ketamine beats midazolam"][1])) <= {0.0, 1.0}


def test_a_difference_of_arms_is_negative_where_the_first_falls_more() -> None:
    karma = study("karma-dep-2")
    once = replace(
        karma,
        times_h=(24.0,),
        arms=tuple(
            replace(a, regimen=r) for a, r in zip(karma.arms, ("ketamine", "placebo"), strict=True)
        ),
    )
    rng = np.random.default_rng(1)
    parts = samples(FOUND, {"h1": 1.0, "h3a": 0.0}, rng, 300)
    x = predict(once, parts, TABLES, rng)["difference of arms"][1]
    assert np.median(x) < -3.0


def test_mechanisms_are_drawn_by_their_probability() -> None:
    rng = np.random.default_rng(1)
    parts = samples(FOUND, {"h1": 0.25, "h3a": 0.75}, rng, 2000)
    share = {p.rival.mechanism.id: p.rival.particles.count / 2000 for p in parts}
    assert abs(share["h3a"] - 0.75) < 0.04
