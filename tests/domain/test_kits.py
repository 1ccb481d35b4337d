"""Kit ids carry no order and betray every slip of the pen."""

from itertools import pairwise

from crossblock.domain.blocks import seeded
from crossblock.domain.kits import ALPHABET, is_kit_id, kit_ids, written

KITS = kit_ids(300, seeded(11))


def test_ids_are_different_valid_and_unordered() -> None:
    assert len(set(KITS)) == 300
    assert all(is_kit_id(kit) for kit in KITS)
    rises = sum(a < b for a, b in pairwise(KITS))
    assert 120 < rises < 180  # 149.5 expected when the order says nothing, SD 5


def test_every_single_slip_is_found() -> None:
    for kit in KITS[:20]:
        letters = kit.replace("-", "")
        for i, was in enumerate(letters):
            for other in ALPHABET:
                if other != was:
                    assert not is_kit_id(letters[:i] + other + letters[i + 1 :])


def test_every_swap_of_two_letters_is_found() -> None:
    for kit in KITS[:50]:
        letters = list(kit.replace("-", ""))
        for i in range(len(letters)):
            for j in range(i):
                swapped = list(letters)
                swapped[i], swapped[j] = swapped[j], swapped[i]
                if swapped != letters:
                    assert not is_kit_id("".join(swapped))


def test_how_it_is_typed_does_not_matter() -> None:
    kit = KITS[0]
    typed = f" {kit.lower().replace('-', '')} "
    assert is_kit_id(typed)
    assert written(typed) == kit
    assert not is_kit_id("")
    assert not is_kit_id("AEIO-UAEI")
