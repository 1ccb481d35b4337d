"""Health says one word and nothing of the study."""

from django.test import Client

from tests.server.world import World


def test_well(world: World) -> None:
    answer = Client().get("/health/")
    assert (answer.status_code, answer.content) == (200, b"well\n")
