from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CrmConfig(AppConfig):
    name = "crmkpi.crm"
    label = "crm"
    verbose_name = _("Customer relations")

    def ready(self) -> None:
        """Connect the receivers and make our records known."""
        from crmkpi.crm import currency, recalendar, restamp  # noqa: F401
        from crmkpi.crm.ingest.records import register_all

        register_all()
