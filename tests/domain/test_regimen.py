import pytest

from crossblock.domain.regimen import Regimen

PLACEBO = Regimen(id="placebo", words="an infusion without drug", looks_h=(24.0, 60.0))


def test_a_look_is_one_of_its_own() -> None:
    assert PLACEBO.look(24.0) == 0
    assert PLACEBO.look(60.0 + 1e-9) == 1
    with pytest.raises(ValueError, match="not looked at after 48 h"):
        PLACEBO.look(48.0)


def test_a_regimen_without_drug_gives_nothing() -> None:
    assert PLACEBO.drug_doses == PLACEBO.blocker_doses == ()
    assert not PLACEBO.drug
