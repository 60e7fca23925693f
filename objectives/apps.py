from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ObjectivesConfig(AppConfig):
    name = "objectives"
    label = "objectives"
    verbose_name = _("Objectives")

    def ready(self) -> None:
        from metrics.alerts.kinds import register
        from objectives import receivers  # noqa: F401
        from objectives.alerts.watching import KINDS, StatusWatch

        register(KINDS, StatusWatch())
