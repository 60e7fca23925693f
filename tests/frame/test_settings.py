"""Production refuses to start with an unsafe value; the embedded default needs none."""

import os
import subprocess
import sys

import pytest

GOOD = {
    "DJANGO_ENV": "production",
    "SECRET_KEY": "k3y-of-a-real-installation-" * 3,
    "BASE_URL": "https://crmkpi.example.com",
}


def load(**settings):
    """Import the settings in a process of its own; return its exit status and words."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DATABASE_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE")
    }
    return subprocess.run(
        [sys.executable, "-c", "import crmkpi.settings as s; print(s.ALLOWED_HOSTS)"],
        env={**clean, **settings},
        capture_output=True,
        text=True,
    )


def test_a_complete_production_starts(tmp_path):
    result = load(**GOOD, CRMKPI_VAR=str(tmp_path))

    assert result.returncode == 0, result.stderr
    assert result.stdout.strip() == "['crmkpi.example.com']"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY must be random"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY must be random"),
        ({"SECRET_KEY": "django-insecure-" + "x" * 50}, "SECRET_KEY must be random"),
        ({"DEBUG": "1"}, "DEBUG must be off"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name the hosts"),
        ({"BASE_URL": "http://crmkpi.example.com"}, "BASE_URL must be the https"),
    ],
)
def test_production_refuses_what_is_unsafe(tmp_path, change, words):
    result = load(**{**GOOD, **change, "CRMKPI_VAR": str(tmp_path)})

    assert result.returncode != 0
    assert words in result.stderr


def test_the_embedded_key_is_made_once_and_kept_private(tmp_path):
    first = load(CRMKPI_VAR=str(tmp_path))
    key = (tmp_path / "secret_key").read_text()
    second = load(CRMKPI_VAR=str(tmp_path))

    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    assert len(key) >= 64
    assert (tmp_path / "secret_key").read_text() == key
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_another_database_for_figures_needs_its_address(tmp_path):
    here = {"CRMKPI_VAR": str(tmp_path), "METRICS_DB_ALIAS": "copy"}
    without = load(**here)
    complete = load(**here, METRICS_DB_URL="sqlite:////tmp/copy.sqlite3")

    assert without.returncode != 0
    assert "set METRICS_DB_URL to the address of that database" in without.stderr
    assert complete.returncode == 0, complete.stderr
