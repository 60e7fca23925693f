"""Answer for any metric, scope and range, through the engine that pages use."""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crmkpi.accounts.queries import get_organisation, today
from crmkpi.lib.numbers import figure
from crmkpi.lib.periods import Period, to_day
from metrics import queries, results
from metrics.scopes import ScopeError, parse_scope


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
            scope = parse_scope(options["scope"])
            period = _period(options["first"], options["last"])
            value = queries.read_value(
                options["key"], scope, period, today=day, now=now
            )
            left_out = queries.exclusions(options["key"], scope.key, period, today=day)
            answer = results.as_json(
                value, scope, period, left_out, stat=options["stat"]
            )
        except KeyError as error:
            if isinstance(error, queries.UnknownMetric):
                raise CommandError(str(error.args[0])) from error
            readings = ", ".join(sorted(value.stats)) or "none"
            raise CommandError(
                f"{options['key']} has no reading {error}; it has: {readings}."
            ) from error
        except (LookupError, ScopeError, ValueError) as error:
            raise CommandError(str(error)) from error
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


def _period(first: str | None, last: str | None) -> Period | None:
    """Return the period of two inclusive dates; None for no dates at all.

    Raises: ValueError for one date without the other, or an unreadable one.
    """
    if first is None and last is None:
        return None
    if first is None or last is None:
        raise ValueError("Give both --from and --to, or neither.")
    try:
        start, end = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError as error:
        raise ValueError(f"Write dates as YYYY-MM-DD: {error}.") from error
    if end < start:
        raise ValueError("--to is before --from.")
    return Period(to_day(start), to_day(end) + 1)
