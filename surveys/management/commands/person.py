"""Export or erase what is held about one person."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from surveys.queries.person import person_as_json
from surveys.services.erasure import erase_person, held_by_address
from surveys.services.errors import BadSurvey


class Command(BaseCommand):
    help = (
        "Print all that is held about the person with an e-mail address, or erase "
        "name, address and words of that person everywhere. Scores and counts stay."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["export", "erase"])
        parser.add_argument("address", help="the e-mail address of the person")

    def handle(self, *args: Any, act: str, address: str, **options: Any) -> None:
        try:
            if act == "export":
                found = person_as_json(held_by_address(address))
                self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
                return
            erased = erase_person(address, actor=None, now=timezone.now())
        except BadSurvey as error:
            raise CommandError(str(error)) from error
        self.stdout.write(erased.sentence)
