"""A study per test, on a real database that really commits.

A template study (folder, people, opened record) is made once a session for each database; a test
gets a copy: SQLite by copying the file, PostgreSQL by CREATE DATABASE … TEMPLATE.
"""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOM = Path(tempfile.mkdtemp(prefix="crossblock-server-"))
os.environ["CROSSBLOCK_STUDY"] = str(ROOM / "settings")
os.environ["DJANGO_SETTINGS_MODULE"] = "crossblock.server.settings"
(ROOM / "settings").mkdir()

import django  # noqa: E402

django.setup()

import psycopg  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.files.base import ContentFile  # noqa: E402, F401
from django.db import connections  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from crossblock.cli.sealing import make_allocation  # noqa: E402
from crossblock.load.catalog import path as catalog_path  # noqa: E402
from crossblock.load.protocol import read as read_protocol  # noqa: E402
from crossblock.load.sealed import new_key  # noqa: E402
from crossblock.server import study as studies  # noqa: E402
from crossblock.server.database import settings_of  # noqa: E402
from crossblock.server.prepare import begin, migrate  # noqa: E402
from tests.server import postgres  # noqa: E402
from tests.server.world import World, settle  # noqa: E402

settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
setup_test_environment()

SLOTS = 60
number = itertools.count()


@dataclass(frozen=True, kw_only=True)
class Template:
    """A study that is opened and has its people, to be copied."""

    folder: Path
    database: str
    cluster: postgres.Cluster | None = None


def connect(address: str, folder: Path) -> None:
    """Point Django at a database and a study folder."""
    connections["default"].close()
    delattr(connections._connections, "default")
    found = settings_of(address, folder)
    if not address:
        found["OPTIONS"]["init_command"] += " PRAGMA temp_store=MEMORY;"
    connections.settings["default"] = connections.configure_settings({"default": found})["default"]
    settings.STUDY_FOLDER = str(folder)
    studies._opened.cache_clear()


def new_folder(parent: Path, own: str = "") -> Path:
    """Make a study folder with protocol, allocation list and the keys beside it.

    `own`: a questionnaire of the participant's own that the first instrument of a visit goes after.
    """
    folder = parent / "study"
    folder.mkdir(parents=True)
    text = catalog_path("protocols", "williams-2018").read_text()
    asked = (
        text.replace('instruments = ["hamd6"', f'instruments = ["{own}", "hamd6"') if own else text
    )
    (folder / "protocol.toml").write_text(asked)
    shutil.copy(Path(__file__).parent / "two-sites.toml", folder / "conduct.toml")
    secret, public = new_key()
    other, other_public = new_key()
    (parent / "statistician.key").write_text(secret)
    (parent / "emergency.key").write_text(other)
    make_allocation(
        read_protocol(folder / "protocol.toml"),
        folder / "allocation",
        recipients=[public, other_public],
        emergency=[other_public],
        slots_per_stratum=SLOTS,
    )
    return folder


@pytest.fixture(scope="session")
def sqlite_template() -> Template:
    return on_sqlite(new_folder(ROOM / "sqlite"))


@pytest.fixture(scope="session")
def own_template() -> Template:
    return on_sqlite(new_folder(ROOM / "own", "qids-sr16"))


def on_sqlite(folder: Path) -> Template:
    connect("", folder)
    migrate()
    begin()
    settle()
    connections["default"].close()
    return Template(folder=folder, database="")


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Cluster]:
    if postgres.programs() is None:
        words = (
            "there is no PostgreSQL, neither Debian's nor the wheel of requirements/test.lock: "
            "half of the server's tests cannot run (WAIVE=postgresql leaves them out)"
        )
        if "postgresql" in os.environ.get("WAIVE", ""):
            pytest.skip(words)
        pytest.fail(words)
    found = postgres.start()
    yield found
    postgres.stop(found)


@pytest.fixture(scope="session")
def postgres_template(cluster: postgres.Cluster) -> Template:
    folder = new_folder(ROOM / "postgres")
    sql(cluster, "CREATE DATABASE template_study")
    connect(cluster.address("template_study"), folder)
    migrate()
    begin()
    settle()
    connections["default"].close()
    return Template(folder=folder, database="template_study", cluster=cluster)


def sql(cluster: postgres.Cluster, statement: str) -> None:
    with psycopg.connect(cluster.address("postgres"), autocommit=True) as link:
        link.execute(statement)  # type: ignore[call-overload]


def copy_of(template: Template) -> World:
    """Copy a template study and point Django at it."""
    parent = ROOM / f"test-{next(number)}"
    shutil.copytree(template.folder.parent, parent)
    folder = parent / template.folder.name
    address = ""
    if template.cluster is not None:
        name = f"study_{next(number)}"
        sql(template.cluster, f"CREATE DATABASE {name} TEMPLATE {template.database}")
        address = template.cluster.address(name)
    connect(address, folder)
    return World(folder=folder, address=address, cluster=template.cluster)


def forget(world: World) -> None:
    for link in connections.all(initialized_only=True):
        link.close()
    if world.cluster is not None:
        sql(world.cluster, f"DROP DATABASE {world.address.rsplit('/', 1)[1]} WITH (FORCE)")
    shutil.rmtree(world.folder.parent, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """A study of one's own, once on each database."""
    name = "sqlite_template" if request.param == "sqlite" else "postgres_template"
    found = copy_of(request.getfixturevalue(name))
    yield found
    forget(found)


@pytest.fixture
def lite(sqlite_template: Template) -> Iterator[World]:
    """A study of one's own on SQLite, where the database does not matter."""
    found = copy_of(sqlite_template)
    yield found
    forget(found)


@pytest.fixture
def own(own_template: Template) -> Iterator[World]:
    """A study that asks participants themselves: QIDS-SR16 at every outcome visit."""
    found = copy_of(own_template)
    yield found
    forget(found)


@pytest.fixture
def pg(postgres_template: Template) -> Iterator[World]:
    """A study of one's own on PostgreSQL."""
    found = copy_of(postgres_template)
    yield found
    forget(found)


def pytest_sessionfinish(session: Any, exitstatus: int) -> None:
    shutil.rmtree(ROOM, ignore_errors=True)
