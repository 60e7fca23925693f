from django.apps import AppConfig


class FrameConfig(AppConfig):
    """The frame: settings, shell of the pages, vendor files, health."""

    name = "crmkpi"
    label = "frame"

    def ready(self) -> None:
        from crmkpi import checks  # noqa: F401  (registers the system checks)
