"""System checks of the frame."""

from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

from crmkpi import assets


@register()
def vendor_files_present(
    app_configs: Sequence[AppConfig] | None, **kwargs: object
) -> list[CheckMessage]:
    """Return a warning when third-party files of the pages have not been fetched."""
    missing = assets.missing_targets(settings.VENDOR_DIR)
    if not missing:
        return []
    return [
        Warning(
            f"{len(missing)} third-party files are missing, {missing[0]} among them.",
            hint="Run `make assets`.",
            id="frame.W001",
        )
    ]
