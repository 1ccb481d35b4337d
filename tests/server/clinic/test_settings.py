"""A clinic's settings are the server's but for pages and templates."""

from crossblock.server import settings as server
from crossblock.server.clinic import settings


def test_only_pages_and_templates_differ() -> None:
    names = {n for n in dir(server) if n.isupper()}
    differ = {n for n in names if getattr(settings, n) != getattr(server, n)}
    assert differ == {"ROOT_URLCONF", "TEMPLATES"}
