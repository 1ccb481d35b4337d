import dataclasses

from crossblock.domain import allocation


def test_the_sealed_form_has_no_field_that_could_tell_an_arm() -> None:
    names = {f.name for f in dataclasses.fields(allocation.SealedAllocation)}
    assert names == {"protocol_hash", "ciphertext", "commitment", "slots", "kits"}
    assert "codelist" not in vars(allocation)
