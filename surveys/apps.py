from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SurveysConfig(AppConfig):
    name = "surveys"
    label = "surveys"
    verbose_name = _("Surveys")

    def ready(self) -> None:
        from crmkpi.crm.ingest.registry import register, reserve_source
        from surveys import receivers  # noqa: F401 (listens from here on)
        from surveys.records import RESPONSE
        from surveys.segments import register_scores
        from surveys.sending import receivers as sending_receivers  # noqa: F401
        from surveys.services.storing import LIVE_SOURCE

        register(RESPONSE)
        reserve_source(LIVE_SOURCE, _("our own survey pages"))
        register_scores()
