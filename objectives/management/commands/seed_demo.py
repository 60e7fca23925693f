"""Load the made-up company Fjordlight, tell it on, or say who can sign in."""

import os
from argparse import ArgumentParser
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from crmkpi.lib.periods import to_day
from objectives.demo import asking, seeding
from objectives.demo.founding import SIGN_INS, person
from objectives.demo.story import day_of, evening_of
from surveys.links import shared_address

PASSWORD = "fjordlight-demo"  # noqa: S105  (no secret: it is printed)


class Command(BaseCommand):
    help = (
        "Load two years of a made-up company, or add the days since. "
        "DEMO_PASSWORD in the environment sets the password of its people."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="load it only into an empty database, or complete a broken-off load",
        )
        parser.add_argument(
            "--top-up",
            action="store_true",
            help="add the days since to a demonstration that is loaded",
        )
        parser.add_argument(
            "--scale",
            type=float,
            default=1,
            help="so many times the customers and contacts, by the same people",
        )
        parser.add_argument(
            "--date",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="the day that counts as today",
        )
        parser.add_argument(
            "--sign-ins", action="store_true", help="only print who can sign in"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["sign_ins"]:
            if seeding.told():
                self._print_sign_ins()
            return
        now = _now(options["date"])
        only = options["if_empty"] or options["top_up"]
        known = seeding.told()
        if known is None and not seeding.is_empty():
            if only:
                self._say("There is data already; the demonstration was not loaded.")
                return
            raise CommandError("There is data already; the demonstration needs none.")
        if known is None or known.until is None:
            if only and not options["if_empty"]:
                self._say("The demonstration is not loaded: nothing to add.")
                return
            self._load(now, options["scale"])
        elif only and not options["top_up"]:
            self._say("The demonstration is loaded.")
        elif now < known.until + seeding.PAUSE:
            self._say(f"The demonstration is complete up to {known.until:%d %b %Y}.")
        else:
            seeding.top_up(known, now=now, say=self._say)
        if not only:
            self._print_sign_ins()

    def _load(self, now: datetime, scale: float) -> None:
        if scale <= 0:
            raise CommandError("--scale is a number above 0.")
        password = os.environ.get("DEMO_PASSWORD", "")
        if settings.PRODUCTION and not password:
            raise CommandError("Set DEMO_PASSWORD: everybody knows the usual one.")
        seeding.load(now=now, scale=scale, password=password or PASSWORD, say=self._say)

    def _say(self, text: str) -> None:
        self.stdout.write(f"   {text}")
        self.stdout.flush()

    def _print_sign_ins(self) -> None:
        width = max(len(each.role) for each in SIGN_INS)
        self.stdout.write("Sign in as")
        for each in SIGN_INS:
            self.stdout.write(f"  {each.role:{width}}  {each.email}")
        is_usual = person(SIGN_INS[0].name).check_password(PASSWORD)
        password = PASSWORD if is_usual else "as DEMO_PASSWORD was when it was loaded"
        self.stdout.write(f"  {'Password':{width}}  {password}")
        shared = asking.shared_survey()
        if shared is not None:
            path = reverse("surveys:shared", args=[shared_address(shared)])
            self.stdout.write(f"Answer as a customer: {settings.BASE_URL}{path}")


def _now(day: date | None) -> datetime:
    """Return the instant up to which is told: now, or the evening of another day.

    Raises: CommandError for a day to come.
    """
    now = timezone.now()
    if day is None or to_day(day) == day_of(now):
        return now
    if to_day(day) > day_of(now):
        raise CommandError("Choose a day that has begun.")
    return evening_of(to_day(day))
