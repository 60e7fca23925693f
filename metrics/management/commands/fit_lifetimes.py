"""Predict what customers will do: fit the models now, or as of an earlier day."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crmkpi.accounts.queries import get_organisation, today
from crmkpi.lib.periods import from_day, to_day
from metrics.analytics.models import LifetimeFit
from metrics.analytics.services import NotInstalled, fit_lifetimes


class Command(BaseCommand):
    help = "Fit BG/NBD and Gamma-Gamma to all paid orders and predict each customer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--as-of",
            type=date.fromisoformat,
            help="the last day to look at, YYYY-MM-DD; by default yesterday",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        yesterday = today(now, get_organisation()) - 1
        asked: date | None = options["as_of"]
        as_of = yesterday if asked is None else to_day(asked)
        if as_of > yesterday:
            raise CommandError("That day is not over yet.")
        try:
            fit = fit_lifetimes(as_of=as_of, now=now)
        except NotInstalled as error:
            raise CommandError(str(error)) from error
        self._say(fit)

    def _say(self, fit: LifetimeFit) -> None:
        self.stdout.write(
            f"{from_day(fit.as_of_day)}: {fit.customers} customers over "
            f"{fit.weeks:.0f} weeks."
        )
        if fit.refusal:
            self.stdout.write(str(fit.get_refusal_display()))
            return
        self.stdout.write(
            f"BG/NBD r {fit.r:.4f}, alpha {fit.alpha:.4f}, a {fit.a:.4f}, "
            f"b {fit.b:.4f}; log-likelihood {fit.log_likelihood:.1f}."
        )
        if fit.holdout_error is not None:
            self.stdout.write(
                f"Error over the last 90 days {fit.holdout_error:+.1f} %, "
                f"Brier score {fit.brier:.3f}."
            )
        if fit.value_refusal:
            self.stdout.write(str(fit.get_value_refusal_display()))
            return
        self.stdout.write(
            f"Gamma-Gamma p {fit.p:.4f}, q {fit.q:.4f}, v {fit.v:.1f}; "
            f"correlation {fit.correlation or 0:.3f}."
        )
