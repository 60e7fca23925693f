import pytest

from crmkpi import assets, checks


def test_the_listed_files_are_copied(tmp_path):
    modules = npm_tree(tmp_path)

    assets.copy_assets(node_modules=modules, vendor=tmp_path / "vendor")

    copied = tmp_path / "vendor" / "htmx.min.js"
    assert copied.read_text() == "htmx.org/dist/htmx.min.js"
    assert assets.missing_targets(tmp_path / "vendor") == []


def test_every_absent_file_is_named_and_nothing_is_copied(tmp_path):
    modules = npm_tree(tmp_path)
    (modules / "htmx.org/dist/htmx.min.js").unlink()
    (modules / "bootstrap-icons/icons/key.svg").unlink()

    with pytest.raises(assets.AssetError) as error:
        assets.copy_assets(node_modules=modules, vendor=tmp_path / "vendor")

    assert "htmx.org/dist/htmx.min.js" in str(error.value)
    assert "bootstrap-icons/icons/key.svg" in str(error.value)
    assert not (tmp_path / "vendor").exists()


def test_icons_become_symbols_of_one_sheet():
    sheet = assets.icon_sheet(
        {"key": '<svg viewBox="0 0 16 16"><path d="M1 1"/></svg>'}
    )

    assert '<symbol id="bi-key" viewBox="0 0 16 16"><path d="M1 1"/></symbol>' in sheet


def test_something_else_than_an_icon_is_refused():
    with pytest.raises(assets.AssetError, match="The icon key is not an SVG file"):
        assets.icon_sheet({"key": "<html>"})


def test_the_check_tells_to_make_the_assets(tmp_path, settings):
    settings.VENDOR_DIR = tmp_path

    (warning,) = checks.vendor_files_present(None)

    assert warning.id == "frame.W001"
    assert warning.hint == "Run `make assets`."


def npm_tree(folder):
    """Make a tree in which each file holds its own name."""
    modules = folder / "node_modules"
    for name in assets.FILES:
        (modules / name).parent.mkdir(parents=True, exist_ok=True)
        (modules / name).write_text(name)
    icons = modules / "bootstrap-icons/icons"
    icons.mkdir(parents=True)
    for name in assets.ICONS:
        (icons / f"{name}.svg").write_text('<svg viewBox="0 0 16 16"><path/></svg>')
    return modules
