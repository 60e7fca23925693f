"""Answer for any metric, scope and range, through the engine that pages use."""

import json
import re
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crmkpi.accounts.queries import get_organisation, today
from crmkpi.lib.numbers import figure
from crmkpi.lib.periods import FIRST_DAY, LAST_DAY, Period, to_day
from metrics import queries, results
from metrics.metric import Metric
from metrics.scopes import ScopeError, parse_scope
from metrics.splits import readings_of


class Command(BaseCommand):
    help = "Print the value of a metric. Without dates all rows count."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", help="the metric, for example win_rate")
        parser.add_argument(
            "--scope",
            default="company",
            help="company, team:SLUG, agent:EXTERNAL-ID-OR-EMAIL or DIMENSION:MEMBER",
        )
        parser.add_argument("--from", dest="first", metavar="DATE", help="first day")
        parser.add_argument("--to", dest="last", metavar="DATE", help="last day")
        parser.add_argument("--stat", help="another reading: median, p90, of_all, …")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        organisation = get_organisation()
        day = today(now, organisation)
        try:
            metric = queries.get_metric(options["key"])
            stat = _stat(metric, options["stat"])
            scope = parse_scope(options["scope"])
            period = _period(options["first"], options["last"])
        except (queries.UnknownMetric, ScopeError, ValueError) as error:
            raise CommandError(str(error)) from error
        value = queries.read_value(metric.key, scope, period, today=day, now=now)
        left_out = queries.exclusions(metric.key, scope.key, period, today=day)
        answer = results.as_json(value, scope, period, left_out, stat=stat)
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
            return
        self._print(answer, value, organisation.currency)

    def _print(self, answer: results.Json, value: queries.Value, currency: str) -> None:
        shown = answer["value"]
        if shown is None:
            self.stdout.write(f"{value.key}: no value ({value.reason})")
            return
        text = figure(_printable(shown, value, currency), value.unit, currency=currency)
        self.stdout.write(f"{value.key}: {text.text} {text.unit}".rstrip())
        if answer["denominator"] is not None:
            self.stdout.write(f"  {answer['numerator']} of {answer['denominator']}")
        for each in answer["exclusions"]:
            self.stdout.write(f"  left out: {each['count']} {each['name']}")


def _printable(shown: float, value: queries.Value, currency: str) -> float:
    """Return money in minor units, as figures are printed from."""
    if value.unit not in queries.MONEY:
        return shown
    return float(queries.minor(shown, currency))


def _stat(metric: Metric, text: str | None) -> str | None:
    """Return the reading asked for. Raises: ValueError naming all there are."""
    known = ["value", *readings_of(metric)]
    if text is not None and text not in known:
        raise ValueError(
            f"{metric.key} has no reading “{text}”; it has: {', '.join(known)}."
        )
    return text


def _period(first: str | None, last: str | None) -> Period | None:
    """Return the period of two inclusive dates; None for no dates at all.

    Raises: ValueError for one date without the other, or an unreadable one.
    """
    if first is None and last is None:
        return None
    if first is None or last is None:
        raise ValueError("Give both --from and --to, or neither.")
    start, end = _day("--from", first), _day("--to", last)
    if end < start:
        raise ValueError("--to is before --from.")
    return Period(start, end + 1)


def _day(option: str, text: str) -> int:
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError(text)
        day = to_day(date.fromisoformat(text))
    except ValueError as error:
        raise ValueError(
            f"{option}: “{text}” is no date; write it as 2026-01-31."
        ) from error
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"{option}: choose days between 1990 and 2059.")
    return day
