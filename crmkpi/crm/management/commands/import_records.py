"""Import rows of one record from a CSV file."""

import json
import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from crmkpi.crm.ingest.files import Imported, import_file
from crmkpi.crm.ingest.mapping import MappingError, TableMapping, load_mapping
from crmkpi.crm.ingest.registry import (
    RECORDS,
    Field,
    Kind,
    Record,
    UnknownRecord,
    get_record,
)
from crmkpi.crm.ingest.services import slug_of
from crmkpi.lib.tables import TableError

SHOWN = 20  # errors and warnings printed; --json has all of them

ABOUT_MAPPINGS = """
A mapping is a JSON file with any of these keys:
  columns     {"Deal Owner": "owner"}    heading to field; a list for several fields;
              several headings of one field are joined by a blank, so that
              {"date": "started", "time": "started"} reads "2026-02-13 09:12"
  constants   {"channel": "phone"}       the same value for every row
  values      {"product": {"GTXPro": "GTX Pro"}}    their words to ours
  identity    ["date", "agent"]          headings whose values together are the id
  date_order  YMD, DMY or MDY            as dates are written; YMD if not said
  decimal     "." or ","                 the sign before the decimals; "." if not said
  zone        "Europe/Berlin"            of times without one; else the organisation's
Without a mapping, or without columns in it, headings are the names of fields.
"""


class Command(BaseCommand):
    help = "Import rows of one record from a CSV file, packed with gzip or not."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("record", nargs="?", help=", ".join(RECORDS))
        parser.add_argument("file", nargs="?", type=Path)
        parser.add_argument(
            "--source", default="file", help="where the rows come from (file)"
        )
        parser.add_argument("--mapping", type=Path, help="JSON, see --fields")
        parser.add_argument(
            "--dry-run", action="store_true", help="check only, write nothing"
        )
        parser.add_argument(
            "--partial", action="store_true", help="take the good rows, refuse others"
        )
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument(
            "--fields", metavar="RECORD", help="print the fields of a record and stop"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["fields"]:
                self._print_fields(get_record(options["fields"]), options["json"])
                return
            if options["record"] is None or options["file"] is None:
                raise CommandError("Name a record and a file, or --fields RECORD.")
            imported = self._import(options)
        except (UnknownRecord, MappingError, TableError) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(
                f"{error.filename or options['file']}: {error.strerror}"
            ) from error
        self._report(imported, options)
        if imported.outcome.refused:
            sys.exit(1)

    def _import(self, options: dict[str, Any]) -> Imported:
        record = get_record(options["record"])
        try:
            slug_of(options["source"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        mapping, data = TableMapping(), None
        if options["mapping"]:
            text = options["mapping"].read_text(encoding="utf-8-sig")
            mapping = load_mapping(text, record)
            data = json.loads(text)
        return import_file(
            options["file"],
            record=record,
            source=options["source"],
            mapping=mapping,
            mapping_data=data,
            now=timezone.now(),
            clock=timezone.now,
            dry_run=options["dry_run"],
            partial=options["partial"],
            progress=_Progress(self).tell,
        )

    def _report(self, imported: Imported, options: dict[str, Any]) -> None:
        taken = not imported.outcome.refused or options["partial"]
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(imported, options, taken), indent=1))
            return
        outcome = imported.outcome
        for error in outcome.refused[:SHOWN]:
            where = f"row {error.row}" + (f", {error.column}" if error.column else "")
            value = f" “{error.value}”" if error.value else ""
            self.stderr.write(f"{where}:{value} {error.reason}")
        if len(outcome.refused) > SHOWN:
            self.stderr.write(f"… and {len(outcome.refused) - SHOWN:,} more errors")
        for sentence, rows in outcome.warnings.items():
            self.stderr.write(f"{sentence}: {rows:,}")
        if imported.ignored:
            self.stderr.write(f"Columns not read: {', '.join(imported.ignored)}")
        if imported.footers:
            self.stderr.write(
                f"Lines below the table left out: {len(imported.footers)}"
            )
        self.stdout.write(_summary(imported, options["dry_run"], taken))

    def _print_fields(self, record: Record, as_json: bool) -> None:
        if as_json:
            listed = [_field_as_json(field) for field in record.fields]
            self.stdout.write(json.dumps(listed, indent=1))
            return
        self.stdout.write(f"{record.name}: {record.help}\n")
        rows = [("field", "type", "unit", "required", "help")]
        rows += [
            (
                field.name,
                _kind(field),
                str(field.unit),
                "yes" if field.required else "",
                str(field.help),
            )
            for field in record.fields
        ]
        widths = [max(len(row[column]) for row in rows) for column in range(4)]
        for row in rows:
            cells = [
                cell.ljust(width) for cell, width in zip(row, [*widths, 0], strict=True)
            ]
            self.stdout.write("  ".join(cells).rstrip())
        self.stdout.write(ABOUT_MAPPINGS)


class _Progress:
    """Tells on stderr how far a long import is, at most once a second."""

    def __init__(self, command: BaseCommand) -> None:
        self.command = command
        self.told_at = time.monotonic()

    def tell(self, step: str, rows: int) -> None:
        moment = time.monotonic()
        if moment - self.told_at >= 1:
            self.told_at = moment
            self.command.stderr.write(f"{rows:,} rows {step}")


def _summary(imported: Imported, dry_run: bool, taken: bool) -> str:
    outcome = imported.outcome
    read = f"{imported.rows_read:,} rows read"
    refused = f"{outcome.refused_rows:,} refused"
    if not taken:
        return f"{read}, {refused}: nothing was written."
    if dry_run:
        return f"{read}, {outcome.new:,} good, {refused}: nothing was written."
    counts = f"{outcome.new:,} new, {outcome.changed:,} changed, {outcome.same:,} equal"
    if outcome.erased:
        counts += f", {outcome.erased:,} left as erased"
    if not outcome.new and not outcome.changed and not outcome.refused:
        return f"{read}: {counts}. Nothing changed."
    return f"{read}: {counts}, {refused}."


def _as_json(
    imported: Imported, options: dict[str, Any], taken: bool
) -> dict[str, Any]:
    outcome = imported.outcome
    return {
        "record": options["record"],
        "source": slug_of(options["source"]),
        "dry_run": options["dry_run"],
        "written": taken and not options["dry_run"],
        "rows": imported.rows_read,
        "new": outcome.new,
        "changed": outcome.changed,
        "same": outcome.same,
        "erased": outcome.erased,
        "refused": outcome.refused_rows,
        "errors": [error._asdict() for error in outcome.refused],
        "warnings": outcome.warnings,
        "columns_not_read": imported.ignored,
        "import": imported.run.pk if imported.run else None,
    }


def _kind(field: Field) -> str:
    if field.kind is Kind.REFERENCE:
        return field.to
    if field.kind is Kind.CHOICE:
        return " | ".join(field.words)
    if field.kind is Kind.TEXT:
        return f"text ({field.max_length})"
    return str(field.kind)


def _field_as_json(field: Field) -> dict[str, Any]:
    return {
        "name": field.name,
        "type": str(field.kind),
        "refers_to": field.to or None,
        "choices": list(field.words) or None,
        "unit": str(field.unit) or None,
        "required": field.required,
        "help": str(field.help),
    }
