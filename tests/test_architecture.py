"""Who may import whom, and nothing in the frame forgotten by that rule."""

import tomllib
from pathlib import Path

from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parent.parent


def test_each_app_imports_only_what_stands_below_it(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)

    exit_status = lint_imports(no_cache=True)

    assert exit_status == 0, capsys.readouterr().out


def test_every_module_of_the_frame_has_its_layer():
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    (contract,) = config["tool"]["importlinter"]["contracts"]
    frame = {name.strip() for name in contract["layers"][0].split(":")}
    modules = {
        f"crmkpi.{path.stem}"
        for path in (ROOT / "crmkpi").glob("*.py")
        if path.stem != "__init__"
    }

    assert modules == frame
