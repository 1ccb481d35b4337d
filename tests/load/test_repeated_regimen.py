"""Regimen and policy files: every shipped one can be given, and mistakes are told."""

import pytest

from crossblock.core.errors import CatalogError
from crossblock.domain.dose import Route
from crossblock.load.repeated_regimen import (
    bent,
    policy,
    policy_names,
    read_policy,
    read_regimen,
    regimen,
    regimen_names,
)

PLAIN = """schema = "crossblock/regimen/1"
id = "x"
title = "x"
summary = "x"
drug = "ketamine"
route = "iv"
dose = "0.5 mg/kg"
duration = "40 min"
[[phase]]
name = "a"
every = "84 h"
"""


def test_every_route_of_the_promise_is_shipped():
    routes = {regimen(name).dose.route for name in regimen_names()}
    assert {Route.IV, Route.IM, Route.NASAL, Route.SUBLINGUAL, Route.ORAL} <= routes


def test_the_catalog_names_each_file_by_its_id():
    for name in regimen_names():
        assert regimen(name).id == name
    for name in policy_names():
        assert policy(name).id == name


def test_units_arrive_in_hours_and_mg():
    found = read_regimen(PLAIN.encode(), "x.toml")
    assert found.dose.per_kg
    assert found.dose.duration_h == pytest.approx(2 / 3)
    assert found.phases[0].every_h == 84.0


def test_a_policy_keeps_what_it_does_not_change():
    found, base = policy("by-symptoms-with-stop"), regimen("ketamine-induction-maintenance")
    assert found.dose == base.dose
    assert found.rules.stop_after == 6
    assert found.rules.ladder_h == (168.0, 336.0, 672.0, 1344.0)


def test_a_policy_bends_any_regimen():
    found = bent("weekly", regimen("esketamine-nasal"))
    assert found.drug == "esketamine"
    assert found.phases[-1].every_h == 168.0


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('drug = "ketamine"', 'drug = "ketamin"', "no such compound"),
        ('dose = "0.5 mg/kg"', 'dose = "0.5"', "without its unit"),
        ('dose = "0.5 mg/kg"', "", "a dose or"),
        ('dose = "0.5 mg/kg"', "odds = 1.5", "made-up mu agonist alone"),
        ('every = "84 h"', 'every = "30 min"', "overlap"),
        ('every = "84 h"', 'every = "-84 h"', "backward"),
        ('every = "84 h"', 'evry = "84 h"', "did you mean every"),
        ('route = "iv"', 'route = "ear"', "allowed words"),
    ],
)
def test_mistakes_are_told(old, new, says):
    with pytest.raises(CatalogError, match=says):
        read_regimen(PLAIN.replace(old, new).encode(), "x.toml")


def test_a_policy_without_its_regimen_is_refused():
    text = (
        'schema = "crossblock/policy/1"\nid = "x"\ntitle = "x"\nsummary = "x"\nregimen = "none"\n'
    )
    with pytest.raises(CatalogError, match="neither a file nor a name"):
        read_policy(text.encode(), "x.toml")
