"""A whole installation in a scratch folder: its own database, broker and processes."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent.parent


class Installation:
    """Runs commands and workers as an operator would."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("TEST_")},
            "CRMKPI_VAR": str(folder),
            "DATABASE_URL": database_url,
            "DJANGO_SETTINGS_MODULE": "crmkpi.settings",
            "SECRET_KEY": "faults" * 10,
            "PYTHONWARNINGS": "ignore",
        }
        self.processes: list[subprocess.Popen[bytes]] = []

    def run(self, *command: str) -> str:
        """Run a Python command and return what it printed."""
        done = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def ask(
        self, question: str, *arguments: str, of: str = "tests.faults.story"
    ) -> str:
        """Return what a function of a story module prints."""
        return self.run("-m", of, question, *arguments)

    def start_worker(self) -> subprocess.Popen[bytes]:
        """Start a Celery worker in a process group of its own."""
        return self._start("celery", "-A", "crmkpi", "worker", "-c", "1")

    def start_web(self, *options: str) -> str:
        """Start gunicorn and return its address once the pages answer."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            place = f"127.0.0.1:{probe.getsockname()[1]}"
        address = f"http://{place}"
        self.environment |= {"BASE_URL": address, "ALLOWED_HOSTS": "127.0.0.1"}
        self.run("manage.py", "collectstatic", "--no-input", "--verbosity", "0")
        options = options or ("--threads", "4")
        self._start("gunicorn", "crmkpi.wsgi", "--bind", place, *options)
        wait_until(
            lambda: _answers(f"{address}/healthz"), seconds=60, why="no page answers"
        )
        return address

    def _start(self, module: str, *arguments: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env=self.environment,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.processes.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kill a process and its children at once, as a power cut would."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                self.kill(process)


@contextmanager
def migrated(folder: Path) -> Iterator[str]:
    """Give the address of a database with empty tables, for others to be copies of."""
    with _database(folder) as url:
        Installation(folder, url).run("manage.py", "migrate", "--verbosity", "0")
        yield url


@contextmanager
def installed(folder: Path, tables: str) -> Iterator[Installation]:
    """Give an installation whose database is a copy of one that migrated gave."""
    with _database(folder, tables) as url:
        installation = Installation(folder, url)
        try:
            yield installation
        finally:
            installation.stop()


@contextmanager
def _database(folder: Path, copy_of: str = "") -> Iterator[str]:
    if connection.vendor == "sqlite":
        if copy_of:
            shutil.copy(copy_of.removeprefix("sqlite:///"), folder / "db.sqlite3")
        yield f"sqlite:///{folder}/db.sqlite3"
        return
    held = settings.DATABASES["default"]
    name = f"faults_{uuid.uuid4().hex[:12]}"
    access = {
        "host": held["HOST"] or None,
        "port": held["PORT"] or None,
        "user": held["USER"] or None,
        "password": held["PASSWORD"] or None,
    }
    access = {key: value for key, value in access.items() if value}
    with psycopg.connect(dbname="postgres", autocommit=True, **access) as server:
        template = copy_of.rpartition("/")[2] or "template1"
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            user = access.get("user", "")
            password = f":{access['password']}" if "password" in access else ""
            place = f"{access.get('host', '')}:{access.get('port', '')}".rstrip(":")
            login = f"{user}{password}@" if user else ""
            yield f"postgres://{login}{place}/{name}"
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def wait_until(true: Callable[[], bool], *, seconds: float, why: str) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"waited {seconds} s: {why}"
        time.sleep(0.2)
