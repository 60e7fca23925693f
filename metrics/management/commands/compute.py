"""Work off what waits, or read everything again: without a worker, or to watch."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from metrics import recalculating
from metrics.engine import rebuild
from metrics.measures import AXES


class Command(BaseCommand):
    help = "Compute cells and snapshots from what changed, or everything afresh."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--rebuild", action="store_true", help="read all rows again, change or not"
        )
        parser.add_argument("--axis", choices=sorted(AXES), help="only this axis")

    def handle(self, *args: Any, **options: Any) -> None:
        recalculating.begin(now=timezone.now())
        if options["rebuild"]:
            rebuild.request_rebuild(options["axis"])
        drained = recalculating.drain(clock=timezone.now, progress=self._show)
        if self.stderr.isatty():
            self.stderr.write("")
        self.stdout.write(
            f"{drained.claims} batches of cells and {drained.pairs} pairs of "
            f"snapshots done; {'nothing' if drained.is_empty else 'more'} is waiting."
        )

    def _show(self, what: str, done: int, of: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{what}: {done} of about {of}  ", ending="")
            self.stderr.flush()
