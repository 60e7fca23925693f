"""What some tests need beyond Python, and how to find it on this machine.

Tests carry a marker (browser, engines, redis, reference). Where the need is not met
they are skipped, unless CRMKPI_REQUIRE names it: then they fail, so that no machine
that promises it can pass without it.
"""

import importlib.util
import os
import shutil
import socket
from pathlib import Path
from urllib.parse import urlsplit

REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/15")


def required() -> set[str]:
    """Return the needs that must be met here."""
    return {name for name in os.environ.get("CRMKPI_REQUIRE", "").split(",") if name}


def chromium() -> str | None:
    """Return the path of a Chromium, None if there is none."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = (shutil.which(name) for name in names)
    return os.environ.get("CHROMIUM") or next(filter(None, found), None)


def missing(need: str) -> str | None:
    """Return in words why a need is not met, None if it is."""
    found = {
        "browser": _browser,
        "engines": _engines,
        "redis": _redis,
        "reference": _reference,
    }
    return found[need]()


def _browser() -> str | None:
    if importlib.util.find_spec("playwright") is None:
        return "playwright is not installed"
    return None if chromium() else "no Chromium was found"


def _engines() -> str | None:
    for package in ("sqlglot", "duckdb"):
        if importlib.util.find_spec(package) is None:
            return f"{package} is not installed"
    return None


def _redis() -> str | None:
    address = urlsplit(REDIS_URL)
    try:
        with socket.create_connection(
            (address.hostname or "127.0.0.1", address.port or 6379), timeout=1
        ):
            return None
    except OSError:
        return f"no Redis answers at {REDIS_URL}"


def _reference() -> str | None:
    folder = os.environ.get("REFERENCE_DATA", "")
    if folder and Path(folder).is_dir():
        return None
    return "REFERENCE_DATA does not name a folder"
