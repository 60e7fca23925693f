from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _

from crmkpi.lib.numbers import Unit

# In what competitors' figures are entered.
UNITS = {
    Unit.PERCENT: _("per cent, 0 to 100"),
    Unit.POINTS: _("points, −100 to 100"),
    Unit.SECONDS: _("seconds"),
    Unit.DAYS: _("days"),
    Unit.MONEY: _("the organisation's currency"),
}


class MetricsConfig(AppConfig):
    name = "metrics"
    verbose_name = _("Metrics")

    def ready(self) -> None:
        """Connect checks and receivers, and say what competitors may publish."""
        from crmkpi.crm.figures import COMPARABLE
        from metrics import checks, receivers  # noqa: F401
        from metrics.alerts import follow_ups
        from metrics.alerts.kinds import register
        from metrics.alerts.watching import KINDS, MetricWatch
        from metrics.catalog import METRICS
        from metrics.engine.planning import never_compile

        connection_created.connect(never_compile)
        register(KINDS, MetricWatch())
        register(follow_ups.KINDS, follow_ups.FollowUpWatch())
        COMPARABLE.update(
            (key, (metric.title, UNITS.get(metric.unit, "")))
            for key, metric in METRICS.items()
            if metric.family != "market"
        )
