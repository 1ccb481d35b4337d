"""Hands on the pages: what they expect, and that a refusal is never passed over."""

import pytest

from crossblock.core.errors import CrossblockError
from crossblock.server.roles import Role
from crossblock.server.stage import Stage, address
from tests.server.world import World


def test_addresses_tell_roles_and_sites_apart() -> None:
    every = {address(r, s) for r in Role for s in ("", "a", "b")}
    assert len(every) == 3 * len(Role)


def test_a_wrong_password_stops_the_play(lite: World) -> None:
    with pytest.raises(CrossblockError, match="a page answered 200 where the script went on"):
        Stage(password="wrong").get(Role.MONITOR, "", "/audit/")
