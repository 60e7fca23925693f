"""Run everything on one machine with one command: `python -m crmkpi.demo`.

Prepares the database, loads or tops up the demo organisation, then runs web, worker and
beat side by side until Ctrl-C. Nothing else has to be installed or started, and the
made-up organisation writes to nobody: its mails are files in var/mail.
"""

import argparse
import io
import os
import shlex
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import django
from django.core.management import call_command
from honcho.manager import Manager
from honcho.printer import Printer

BIN = Path(sys.executable).parent
INSIDE = {"EMAIL_URL": "filemail:///", "SMS_HOOK_URL": ""}
START_SECONDS = 60  # a slow machine needs ten


def main() -> int:
    options = parse_arguments()
    if port_is_taken(options.port):
        print(
            f"Port {options.port} is in use. Choose another one, for example: "
            f"make demo PORT={options.port + 1}",
            file=sys.stderr,
        )
        return 1
    address = f"http://127.0.0.1:{options.port}"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crmkpi.settings")
    os.environ.setdefault("BASE_URL", address)
    if options.develop:
        os.environ["DEBUG"] = "1"
    else:
        stay_inside()
    sign_ins = prepare(load_demo=not options.develop)
    return run(options, address=address, sign_ins=sign_ins)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument(
        "--develop",
        action="store_true",
        help="reload code as it changes, show errors, load no demo data",
    )
    return parser.parse_args()


def port_is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def stay_inside() -> None:
    """Let no mail or text message leave this machine, whatever is configured."""
    for name, value in INSIDE.items():
        if os.environ.get(name, value) != value:
            say(f"{name} is left aside: the demonstration writes to nobody")
        os.environ[name] = value


def prepare(*, load_demo: bool) -> str:
    """Bring the database up to date; return the text that names the sign-ins."""
    django.setup()
    from django.db import connections

    say("Preparing the database")
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    sign_ins = io.StringIO()
    if load_demo:
        say("Loading the demo organisation")
        call_command("seed_demo", if_empty=True, top_up=True)
        call_command("seed_demo", sign_ins=True, stdout=sign_ins)
    connections.close_all()  # the processes below open their own
    return sign_ins.getvalue()


def run(options: argparse.Namespace, *, address: str, sign_ins: str) -> int:
    """Run web, worker and beat until one of them ends or Ctrl-C ends them all."""
    say("Starting web, worker and beat")
    manager = Manager(Printer(sys.stdout))
    # Ctrl-C reaches the worker's children at the same time as the worker, so it has
    # nothing to wait for; what it was doing is due again at the next start.
    environment = {
        "PYTHONWARNINGS": "ignore:You're running the worker",  # as root, in a container
        **os.environ,
        "REMAP_SIGTERM": "SIGQUIT",
    }
    for name, command in commands(options).items():
        manager.add_process(name, "exec " + shlex.join(command), env=environment)
    threading.Thread(target=announce, args=(address, sign_ins), daemon=True).start()
    manager.loop()
    return 0 if manager.returncode in (130, 143) else int(manager.returncode or 0)


def commands(options: argparse.Namespace) -> dict[str, list[str]]:
    """Return what each process executes."""
    bind = f"127.0.0.1:{options.port}"
    celery = [str(BIN / "celery"), "--app", "crmkpi", "--quiet"]
    if options.develop:
        web = [sys.executable, "manage.py", "runserver", bind]
    else:
        web = [
            str(BIN / "gunicorn"), "crmkpi.wsgi", "--bind", bind, "--threads", "4",
            "--log-level", "warning", "--no-control-socket",
        ]  # fmt: skip
    return {
        "web": web,
        "worker": [
            *celery, "worker", "--concurrency", "2", "--loglevel", "warning",
            "--without-gossip", "--without-mingle", "--without-heartbeat",
        ],
        "beat": [*celery, "beat", "--loglevel", "warning", "--pidfile="],
    }  # fmt: skip


def announce(address: str, sign_ins: str) -> None:
    """Print address and sign-ins once the pages answer."""
    for _ in range(START_SECONDS * 4):
        if answers(f"{address}/healthz"):
            print(f"\ncrmkpi is ready: {address}\n\n{sign_ins}\nCtrl-C stops it.\n")
            sys.stdout.flush()
            return
        time.sleep(0.25)
    print(f"The pages do not answer at {address}; see the lines above.")


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def say(text: str) -> None:
    print(f"== {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
