"""Odoo databases and Odoo processes on the private cluster."""

import contextlib
import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
import zlib
from pathlib import Path

from . import environment, odoo_source
from .common import CACHE, PROJECT, Missing, locked, our_addons, say, step

# The heavy stock modules that tests stand on; installed once into a template database.
STOCK = ("account", "l10n_de", "queue_job", "web", "web_tour")
SERVER_WIDE = "base,web,queue_job"
FETCH = "root.bank_feed.fetch"


class Odoo:
    """One series of Odoo, with its environment and the cluster: what is needed to run anything."""

    def __init__(self, series, cluster):
        self.series = series
        self.cluster = cluster
        self.venv = environment.ensure(series)
        self.python = self.venv / "bin" / "python"
        self.data_dir = CACHE / f"data-{series}"

    @property
    def description(self):
        """What is used, for whoever watches."""
        return (
            f"Odoo {self.series} from {odoo_source.find(self.series)}, "
            f"Python {environment.python_version(self.venv)} in {self.venv}, "
            f"PostgreSQL {self.cluster.version} in {self.cluster.folder}"
        )

    def name(self, purpose):
        return f"bank_feed_{purpose}_{self.series.replace('.', '_')}"

    def config(self, name, queue_job=None, **settings):
        """Write a configuration file of our own, so that no other on this machine is read."""
        settings = {
            "addons_path": environment.addons_path(self.series, self.venv),
            "data_dir": self.data_dir,
            **self.cluster.settings,
            "without_demo": True,
            "log_level": "warn",
            **settings,
        }
        lines = ["[options]", *(f"{key} = {value}" for key, value in settings.items())]
        if queue_job:
            lines += ["", "[queue_job]", *(f"{key} = {value}" for key, value in queue_job.items())]
        path = CACHE / "conf" / f"{name}.conf"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n")
        return path

    def command(self, *arguments):
        """The command line of Odoo; a subcommand such as `shell` comes before our configuration."""
        words = [str(word) for word in arguments]
        sub = [words.pop(0)] if words and not words[0].startswith("-") else []
        if sub and sub[0] not in ("shell", "server"):  # the others know no configuration
            return [self.python, self.venv / "bin" / "odoo", *sub, *words]
        # One for each clone of this project: they share the cache, but not their addons.
        conf = self.config(f"odoo-{self.series}-{zlib.crc32(str(PROJECT).encode()):x}")
        return [self.python, self.venv / "bin" / "odoo", *sub, "-c", conf, *words]

    def call(self, *arguments, complaint, **options):
        """Run Odoo to its end, quietly; its log is shown only when it fails."""
        done = subprocess.run(
            self.command(*arguments),
            env=environment.clean_environ(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            **options,
        )
        bad = re.search(r"^\S+ \S+ \d+ (CRITICAL|ERROR) ", done.stdout, re.MULTILINE)
        if done.returncode or bad:
            say(done.stdout[-6000:])
            raise Missing(f"{complaint}: the log above says why.")
        return done.stdout

    # Databases

    def install(self, database, modules, update=()):
        words = ["-d", database, "--stop-after-init", "--no-http", "--max-cron-threads=0"]
        words += ["-i", ",".join(modules)] if modules else []
        words += ["-u", ",".join(update)] if update else []
        self.call(*words, complaint=f"Odoo {self.series} could not install the addons")

    def drop(self, database):
        self.cluster.drop(database)
        shutil.rmtree(self.data_dir / "filestore" / database, ignore_errors=True)

    def drop_abandoned(self, purpose):
        """Drop what a killed run has left: databases named after a process that is gone."""
        for name in self.cluster.databases():
            match = re.fullmatch(rf"{self.name(purpose)}_(\d+)(_\d+)?", name)
            if match and not Path(f"/proc/{match[1]}").exists():
                self.drop(name)

    def copy(self, template, database):
        """Copy a database with its filestore: without it, its asset bundles would answer 500."""
        self.drop(database)
        self.cluster.sql(f'CREATE DATABASE "{database}" TEMPLATE "{template}" OWNER odoo')
        store = self.data_dir / "filestore"
        if (store / template).is_dir():
            shutil.copytree(store / template, store / database)

    def template(self):
        """The database with the stock modules, rebuilt when they or Odoo's source change."""
        source = odoo_source.find(self.series)
        release = (source / "odoo" / "release.py").stat()
        packages = environment.requirements(self.series, [PROJECT / "requirements.txt"])
        key = repr((str(source), release.st_mtime_ns, STOCK, packages))
        key = hashlib.sha256(key.encode()).hexdigest()[:8]
        name = f"{self.name('template')}_{key}"
        with locked(CACHE / f"template-{self.series}.lock"):
            if name in self.cluster.databases():
                return name
            for old in self.cluster.databases():
                if old.startswith(self.name("template")):
                    self.drop(old)
            with step(f"building the template database of Odoo {self.series} (once)"):
                building = self.name("building")
                self.drop(building)
                self.install(building, STOCK)
                self.copy(building, name)
                self.drop(building)
        return name

    def fresh_database(self, name, modules=None):
        """A new database with the stock modules and our addons (all of them, unless named)."""
        self.copy(self.template(), name)
        modules = our_addons() if modules is None else modules
        if modules:
            self.install(name, modules)
        return name

    def shell(self, database, code):
        """Run Python code in an Odoo shell (`env` is there) and return what it printed."""
        marker = "--- output ---"
        done = subprocess.run(
            self.command("shell", "-d", database, "--no-http", "--max-cron-threads=0"),
            input=f"print({marker!r})\n{code}\n",
            env=environment.clean_environ(),
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"The shell failed:\n{done.stderr}")
        return done.stdout.partition(marker)[2].strip()

    # Processes

    @contextlib.contextmanager
    def running(self, database, workers=2, channels="root:4", port=None, log=None, **settings):
        """Run an Odoo node with its job runner; yield it once it answers; stop it at the end."""
        port = port or free_port()
        conf = self.config(
            f"node-{self.series}-{port}",
            **{
                "http_interface": "127.0.0.1",
                "http_port": port,
                "gevent_port": free_port(),
                "workers": workers,
                "db_name": database,
                "dbfilter": f"^{database}$",
                "list_db": False,
                "server_wide_modules": SERVER_WIDE,
                # The defaults (60 s and 120 s) kill a worker in the middle of a big batch.
                "limit_time_cpu": 1800,
                "limit_time_real": 3600,
                "limit_time_real_cron": 3600,
                "limit_memory_soft": 4 << 30,
                "limit_memory_hard": 6 << 30,
                "max_cron_threads": 1,
                "log_level": "info",
                "admin_passwd": os.urandom(16).hex(),
                **settings,
            },
            queue_job={
                "channels": f"{channels},{FETCH}:{fetching(capacity(channels))}",
                "max_capacity": capacity(channels),
                "scheme": "http",
                "host": "127.0.0.1",
                "port": port,
            },
        )
        log = Path(log or CACHE / "log" / f"{database}-{port}.log")
        log.parent.mkdir(parents=True, exist_ok=True)
        with open(log, "wb") as output:
            process = subprocess.Popen(
                [self.python, self.venv / "bin" / "odoo", "-c", conf],
                env=environment.clean_environ(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        node = Node(process, f"http://127.0.0.1:{port}", log, database)
        try:
            node.wait_until_ready()
            yield node
        finally:
            node.stop()
            conf.unlink(missing_ok=True)


class Node:
    """A running Odoo."""

    def __init__(self, process, url, log, database):
        self.process = process
        self.url = url
        self.log = log
        self.database = database

    def wait_until_ready(self, timeout=120):
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/web/login", timeout=30):
                    return
            except (OSError, urllib.error.URLError):
                time.sleep(0.2)
        raise Missing(f"Odoo did not start: see {self.log} for the cause.")

    def kill(self):
        """Kill -9 the node with all its workers, as a machine that loses its power would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """Stop it gently, and whatever is left of it for certain."""
        if self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(15)
        self.kill()


def process_stat(pid):
    """The fields of /proc/PID/stat from the third on; None when it has ended."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def capacity(channels):
    """How many jobs run at once: queue_job 18.0.4 runs one only, unless told so a second time."""
    return int(re.match(r"root:(\d+)", channels)[1])


def fetching(jobs):
    """How many of so many jobs may fetch from banks: half, but a slow bank must leave one free."""
    return max(2, jobs // 2)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# For tests/system: the same, by series, on the cluster that `make test` has started.


def running_odoo(series, database, workers=2, channels="root:4", port=None, **settings):
    return _odoo(series).running(database, workers, channels, port, **settings)


def fresh_database(series, name, modules=None):
    return _odoo(series).fresh_database(name, modules)


def shell(series, database, code):
    return _odoo(series).shell(database, code)


def drop_database(series, name):
    _odoo(series).drop(name)


def _odoo(series):
    from .postgres import Cluster

    server = Cluster()
    if not server.running():
        raise Missing("No PostgreSQL is running: run system tests with `make test GROUP=system`.")
    return Odoo(series, server)
