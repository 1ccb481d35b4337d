"""Only ciphertext is stored; what is readable is refused before it is written."""

import base64

import pytest

from crossblock.load.sealed import new_key, seal, unseal
from crossblock.server.roles import RefusedError, Role
from crossblock.server.trial import sealed
from crossblock.server.trial.models import SealedResult
from tests.server.world import World


def test_a_sealed_result_comes_back_as_it_was(world: World) -> None:
    secret, key = new_key()
    content = seal("stop for efficacy", [key])
    row = sealed.store(world.actor(Role.STATISTICIAN), "look 1", content)
    kept = base64.b64decode(SealedResult.objects.get(pk=row.pk).ciphertext)
    assert kept == content
    assert unseal(kept, [secret], "x") == "stop for efficacy"


@pytest.mark.parametrize("content", [b"", b"open text", b"age-encryption.org/v1"])
def test_readable_is_refused(lite: World, content: bytes) -> None:
    with pytest.raises(RefusedError, match="not a sealed result"):
        sealed.store(lite.actor(Role.STATISTICIAN), "x", content)
    assert SealedResult.objects.count() == 0


def test_only_the_statistician_and_only_with_a_name(lite: World) -> None:
    content = seal("x", [new_key()[1]])
    with pytest.raises(RefusedError, match="needs a name"):
        sealed.store(lite.actor(Role.STATISTICIAN), " ", content)
    with pytest.raises(RefusedError, match="may not write"):
        sealed.store(lite.actor(Role.MONITOR), "x", content)
