"""The loaded program is put aside once by the processes that run for long."""

import subprocess
import sys

import pytest

WEB = "import crmkpi.wsgi"
WORKER = (
    "import django; django.setup();"
    "from celery.signals import worker_init; import crmkpi.celery;"
    "worker_init.send(None)"
)
ASK = "import gc, sys; print(gc.get_freeze_count(), 'surveys.urls' in sys.modules)"


@pytest.mark.parametrize("start", [WEB, WORKER], ids=["web", "worker"])
def test_the_loaded_program_is_put_aside(start: str) -> None:
    ask = f"{start}; {ASK}"
    command = [sys.executable, "-W", "ignore", "-c", ask]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    count, has_addresses = said.split()
    assert int(count) > 50_000
    assert has_addresses == "True"
