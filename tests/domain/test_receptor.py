from crossblock.domain.receptor import RECEPTORS, ReceptorId


def test_every_receptor_has_its_words():
    assert set(RECEPTORS) == set(ReceptorId)
    assert all(r.title and r.family for r in RECEPTORS.values())


def test_the_three_opioid_receptors_are_one_family():
    family = {r.id for r in RECEPTORS.values() if r.family == "opioid"}
    assert family == {ReceptorId.MU, ReceptorId.KAPPA, ReceptorId.DELTA}
