"""PostgreSQL rights: the serving role adds rows; it cannot change, delete, drop or go past them."""

import psycopg
import pytest
from django.db import connection

from crossblock.core.errors import InputError
from crossblock.server.record import grants
from tests.server.world import World


@pytest.fixture
def web(pg: World) -> psycopg.Connection[tuple[object, ...]]:
    assert pg.cluster is not None
    name = pg.address.rsplit("/", 1)[1]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'web'")
        if cursor.fetchone() is None:
            cursor.execute("CREATE ROLE web LOGIN")
    grants.grant(connection, "web")
    pg.started()
    return psycopg.connect(pg.cluster.address(name, "web"), autocommit=True)


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE record_event SET actor = 'x' WHERE seq = 1",
        "DELETE FROM record_event WHERE seq = 1",
        "TRUNCATE record_event",
        "UPDATE record_version SET content = '{}'",
        "DELETE FROM trial_allocation",
        "DROP TABLE record_event",
        "ALTER TABLE record_event DISABLE TRIGGER ALL",
        "DROP TRIGGER record_event_no_change ON record_event",
        "CREATE OR REPLACE FUNCTION crossblock_only_added() RETURNS trigger LANGUAGE plpgsql "
        "AS $$ BEGIN RETURN NEW; END $$",
        "SET ROLE owner",
        "CREATE TABLE public.mine (x int)",
        "DELETE FROM record_head",
        "DELETE FROM django_migrations",
        "COPY record_event TO PROGRAM 'cat'",
    ],
)
def test_what_the_serving_role_cannot_do(web: psycopg.Connection[object], attack: str) -> None:
    with pytest.raises(psycopg.Error):
        web.execute(attack)  # type: ignore[call-overload]
    web.close()


def test_what_it_can_do(web: psycopg.Connection[object]) -> None:
    assert web.execute("SELECT count(*) FROM record_event").fetchone() is not None
    web.execute("UPDATE record_head SET seq = seq")
    web.execute("DELETE FROM django_session")
    web.close()


@pytest.mark.parametrize("name", ["", "web; DROP TABLE x", 'we"b', "Web"])
def test_names_are_checked(name: str) -> None:
    with pytest.raises(InputError, match="not a name"):
        grants.statements(name)
