"""Third-party files of the pages, copied from npm's tree: `python -m crmkpi.assets`.

Only named files are delivered: whole packages would be thousands of files to hash,
compress and keep.
"""

import argparse
import re
import shutil
import sys
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent

FILES = {
    "bootstrap/dist/css/bootstrap.min.css": "bootstrap.min.css",
    "chart.js/dist/chart.umd.min.js": "chart.umd.min.js",
    "chartjs-plugin-annotation/dist/chartjs-plugin-annotation.min.js": (
        "chartjs-plugin-annotation.min.js"
    ),
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
}

# Icons that our own set (crmkpi/static/crmkpi/icons.svg) does not draw.
ICONS = (
    "box-arrow-right",
    "circle-half",
    "envelope",
    "key",
    "moon-stars",
    "shield-lock",
    "sun",
)
ICON_SHEET = "bootstrap-icons.svg"


class AssetError(Exception):
    """A file that the pages need is not where npm should have put it."""


def missing_targets(vendor: Path) -> list[str]:
    """Return the names of vendor files that are not there yet, sorted."""
    targets = [*FILES.values(), ICON_SHEET]
    return sorted(name for name in targets if not (vendor / name).is_file())


def copy_assets(*, node_modules: Path, vendor: Path) -> list[Path]:
    """Copy the listed files and build the icon sheet; return what was written.

    Raises: AssetError naming every absent source, before anything is written.
    """
    sources = {node_modules / source: target for source, target in FILES.items()}
    icons = {name: node_modules / f"bootstrap-icons/icons/{name}.svg" for name in ICONS}
    absent = [path for path in [*sources, *icons.values()] if not path.is_file()]
    if absent:
        listed = "\n".join(f"  {path.relative_to(node_modules)}" for path in absent)
        raise AssetError(
            f"Not found in {node_modules} (run `npm ci --ignore-scripts`):\n{listed}"
        )
    vendor.mkdir(parents=True, exist_ok=True)
    written = []
    for source, target in sources.items():
        shutil.copyfile(source, vendor / target)
        written.append(vendor / target)
    sheet = vendor / ICON_SHEET
    sheet.write_text(
        icon_sheet({name: path.read_text() for name, path in icons.items()})
    )
    return [*written, sheet]


def icon_sheet(icons: dict[str, str]) -> str:
    """Return one SVG with a symbol `bi-<name>` for each of the given SVG texts.

    Example: icon_sheet({"key": '<svg viewBox="0 0 16 16"><path d="M1 1"/></svg>'})
    holds '<symbol id="bi-key" viewBox="0 0 16 16"><path d="M1 1"/></symbol>'.
    """
    symbols = []
    for name, text in icons.items():
        body = re.search(r"<svg\b[^>]*>(.*)</svg>", text, re.DOTALL)
        if body is None:
            raise AssetError(f"The icon {name} is not an SVG file.")
        drawing = " ".join(body[1].split())
        symbols.append(f'<symbol id="bi-{name}" viewBox="0 0 16 16">{drawing}</symbol>')
    return (
        '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=copy_assets.__doc__)
    parser.add_argument("--node-modules", type=Path, default=BASE_DIR / "node_modules")
    parser.add_argument("--vendor", type=Path, default=BASE_DIR / "var" / "vendor")
    options = parser.parse_args()
    try:
        written = copy_assets(node_modules=options.node_modules, vendor=options.vendor)
    except AssetError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(written)} third-party files copied to {options.vendor}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
