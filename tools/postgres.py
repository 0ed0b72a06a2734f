"""A private PostgreSQL cluster, reached through a Unix socket only, so that no port can clash.

It is started by the first `make` that needs it and stopped by the last one that leaves.
"""

import contextlib
import fcntl
import os
import pwd
import re
import shutil
import signal
import subprocess
from pathlib import Path

from .common import CACHE, Missing, install, locked, run, step

ROLE = "odoo"  # Odoo refuses to work as "postgres", and it needs no superuser


def _binaries():
    """The newest PostgreSQL on this machine; as root, Debian's is installed when there is none."""
    for attempt in range(2):
        found = sorted(
            Path("/usr/lib/postgresql").glob("*/bin/initdb"),
            key=lambda path: int(path.parts[-3]),
        )
        on_path = shutil.which("initdb")
        if found or on_path:
            return found[-1].parent if found else Path(on_path).resolve().parent
        if attempt or os.geteuid():
            break
        before = set(Path("/etc/postgresql").glob("*/*"))
        install("postgresql")
        # The package starts a cluster of its own, which nobody here has asked for.
        for folder in set(Path("/etc/postgresql").glob("*/*")) - before:
            run(
                ["pg_dropcluster", "--stop", folder.parent.name, folder.name],
                "Debian's new PostgreSQL cluster could not be removed: use pg_dropcluster.",
            )
    raise Missing("PostgreSQL is not installed: run `apt-get install postgresql` as root.")


class Cluster:
    """Where the cluster lives and as whom it runs: PostgreSQL refuses to run as root.

    :param str other: tells one that is not the project's own, and so may be ill-treated
    """

    def __init__(self, other=""):
        self.bin = _binaries()
        text = run([self.bin / "postgres", "--version"], "PostgreSQL does not start.")
        self.version = text.split()[2]
        major = int(re.match(r"\d+", self.version)[0])
        if major < 13:
            raise Missing(f"PostgreSQL {self.version} is too old: install 13 or newer.")
        self.user = None
        base = CACHE
        if os.geteuid() == 0:
            names = {entry.pw_name for entry in pwd.getpwall()}
            self.user = "postgres" if "postgres" in names else "nobody"
            if "XDG_CACHE_HOME" not in os.environ:
                base = Path("/var/cache/odoo-bank-feed")  # root's home is closed to other users
        self.folder = base / f"postgresql-{major}{other}"
        self.data = self.folder / "data"
        if len(str(self.folder)) > 85:
            raise Missing(f"The path {self.folder} is too long for a socket: set XDG_CACHE_HOME.")

    @property
    def settings(self):
        """Odoo's settings for this cluster."""
        return {"db_host": self.folder, "db_port": 5432, "db_user": ROLE}

    def call(self, program, *arguments):
        as_user = {}
        if self.user:
            group = pwd.getpwnam(self.user).pw_gid
            as_user = {"user": self.user, "group": group, "extra_groups": []}
        environ = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(self.folder)}
        return run(
            [self.bin / program, *arguments],
            f"PostgreSQL failed, see {self.folder / 'log'} for the cause.",
            cwd=self.folder,
            env=environ,
            **as_user,
        )

    def sql(self, statement, database="postgres", role="owner"):
        """Run a statement and return its rows, each as a list of texts."""
        options = f"-U {role} -d {database} -XAtq -v ON_ERROR_STOP=1 -c"
        text = self.call("psql", "-h", self.folder, *options.split(), statement)
        return [line.split("|") for line in text.splitlines()]

    def databases(self):
        return {name for (name,) in self.sql("SELECT datname FROM pg_database")}

    def drop(self, database):
        self.sql(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def running(self):
        probe = [self.bin / "pg_isready", "-q", "-h", self.folder]
        return not subprocess.run(probe, env={"PATH": os.environ["PATH"]}).returncode

    def start(self):
        if self.running():
            return
        if not (self.data / "PG_VERSION").exists():
            with step(f"creating a private PostgreSQL {self.version} cluster"):
                shutil.rmtree(self.data, ignore_errors=True)
                self.folder.mkdir(parents=True, exist_ok=True)
                if self.user:
                    shutil.chown(self.folder, self.user, pwd.getpwnam(self.user).pw_gid)
                # Whoever gets into this folder is trusted, so only its owner (and root) may.
                self.folder.chmod(0o700)
                options = "-U owner -A trust -E UTF8 --locale=C.UTF-8"
                self.call("initdb", "-D", self.data, *options.split())
                with open(self.data / "postgresql.conf", "a") as conf:
                    conf.write(
                        f"listen_addresses = ''\n"
                        f"unix_socket_directories = '{self.folder}'\n"
                        f"max_connections = 300\n"
                        f"shared_buffers = 256MB\n"
                    )
        self.call("pg_ctl", "start", "-w", "-D", self.data, "-l", self.folder / "log")
        if not self.sql(f"SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}'"):
            self.sql(f"CREATE ROLE {ROLE} LOGIN CREATEDB")

    def kill(self):
        """As a machine that loses its power would."""
        os.kill(int((self.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    def stop(self):
        self.call("pg_ctl", "stop", "-w", "-m", "fast", "-D", self.data)


@contextlib.contextmanager
def cluster():
    """Yield the running cluster. The shared lock counts its users: a killed one counts no more."""
    server = Cluster()
    server_lock = CACHE / "postgresql.lock"
    with locked(CACHE / "postgresql.users", shared=True) as mine:
        try:
            with locked(server_lock):
                server.start()
            yield server
        finally:
            with locked(server_lock), contextlib.suppress(BlockingIOError):
                fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if server.running():
                    server.stop()
