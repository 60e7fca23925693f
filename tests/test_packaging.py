"""What a stranger clones: lock files of the public indexes, and no code of others."""

import json
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_the_python_lock_names_only_the_public_index():
    packages = tomllib.loads((ROOT / "uv.lock").read_text())["package"]

    registries = {package["source"].get("registry") for package in packages}
    hosts = set(re.findall(r'url = "https?://([^/"]+)', (ROOT / "uv.lock").read_text()))

    assert registries - {None} == {"https://pypi.org/simple"}  # None: the product
    assert hosts == {"files.pythonhosted.org"}


def test_the_npm_lock_names_no_host_and_every_hash():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}

    assert packages
    assert not [name for name, entry in packages.items() if "resolved" in entry]
    assert not [name for name, entry in packages.items() if "integrity" not in entry]


def test_npm_versions_are_exact():
    wanted = json.loads((ROOT / "package.json").read_text())["dependencies"]

    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
