"""Export or erase what is held about one person, or erase all of a list again."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from surveys.queries.person import person_as_json
from surveys.services.erased_list import read_erased
from surveys.services.erasure import erase_again, erase_person, held_by_address
from surveys.services.errors import BadSurvey


class Command(BaseCommand):
    help = (
        "Print all that is held about the person with an e-mail address, or erase "
        "name, address and words of that person everywhere. Scores and counts stay. "
        "After a backup was restored: person erase --from FILE, with the list that "
        "every erasing adds to (SURVEYS_ERASED_LIST), or one address in each line."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["export", "erase"])
        parser.add_argument(
            "address", nargs="?", help="the e-mail address of the person"
        )
        parser.add_argument(
            "--from", dest="listed", type=Path, help="erase all of a list again"
        )

    def handle(self, *args: Any, act: str, address: str | None, **options: Any) -> None:
        listed: Path | None = options["listed"]
        if (address is None) == (listed is None):
            raise CommandError("Name an address, or with --from a list.")
        try:
            if listed is not None:
                self.stdout.write(self._again(act, listed))
            elif act == "export":
                found = person_as_json(held_by_address(address or ""))
                self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
            else:
                erased = erase_person(address or "", actor=None, now=timezone.now())
                self.stdout.write(erased.sentence)
        except BadSurvey as error:
            raise CommandError(str(error)) from error

    def _again(self, act: str, listed: Path) -> str:
        if act != "erase":
            raise CommandError("--from is for erase.")
        try:
            found = read_erased(listed)
        except OSError as error:
            raise CommandError(f"{listed}: {error}") from error
        people = erase_again(found, now=timezone.now())
        total = len(found.address_hashes) + len(found.answer_ids)
        return f"Of {total} on the list, {people} were here again and are erased."
