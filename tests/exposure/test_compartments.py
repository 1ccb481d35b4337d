import numpy as np
import pytest

from crossblock.core.errors import InputError
from crossblock.exposure.compartments import build, constants, metabolite_constants
from crossblock.load.compound import compound

ESKETAMINE = compound("esketamine")
KETAMINE = compound("ketamine")


def test_micro_constants_become_volumes_and_clearances():
    c = constants(KETAMINE.kinetic_set("clements-1981"), 70.0, {})
    p = KETAMINE.kinetic_set("clements-1981").parameters
    assert c["CL"] == pytest.approx(p["k10"].value * c["V1"])
    assert c["Q2"] / c["V2"] == pytest.approx(p["k21"].value)
    assert pytest.approx(float(c["CL"]), abs=0.5) == 80  # the printed clearance at 70 kg, L/h


def test_weight_scales_volumes_linearly_and_clearances_by_three_quarters():
    s = ESKETAMINE.kinetic_set("simons-2022")
    light, heavy = constants(s, 70.0, {}), constants(s, 140.0, {})
    assert heavy["V2"] == pytest.approx(2 * light["V2"])
    assert heavy["CL"] == pytest.approx(2**0.75 * light["CL"])


def test_central_scaling_leaves_the_periphery():
    s = ESKETAMINE.kinetic_set("fanta-2015")
    light, heavy = constants(s, 70.0, {}), constants(s, 140.0, {})
    assert heavy["V1"] == pytest.approx(2 * light["V1"])
    assert heavy["V2"] == light["V2"]


def test_a_person_may_differ():
    s = ESKETAMINE.kinetic_set("fanta-2015")
    c = constants(s, 70.0, {"CL": np.array([1.0, 2.0])})
    assert c["CL"][1] == pytest.approx(2 * c["CL"][0])
    m = metabolite_constants(s, s.metabolites[0], 70.0, {"S-norketamine.CL": np.array(3.0)})
    assert m["CL"] == pytest.approx(3 * s.metabolites[0].parameters["CL"].value)


def test_summary_values_have_no_time_course():
    with pytest.raises(InputError, match="no time course"):
        constants(KETAMINE.kinetic_set("hasan-2021-S"), 70.0, {})


@pytest.mark.parametrize("set_id", ["fanta-2015", "simons-2022", "perez-ruixo-2021"])
def test_flows_never_create_mass(set_id):
    system = build(ESKETAMINE.kinetic_set(set_id), np.array([50.0, 110.0]), {}, {})
    assert system.K.shape[0] in (2,) or system.K.ndim == 2
    off = system.K - np.apply_along_axis(np.diag, -1, np.diagonal(system.K, axis1=-2, axis2=-1))
    assert (off >= 0).all()
    assert (system.K.sum(axis=-2) <= 1e-12).all()
